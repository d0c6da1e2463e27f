package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static sluice.config.Configuration.KEY;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.onlyProblem;
import static sluice.config.Configuration.problems;
import static sluice.config.Configuration.upstream;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.protocol.sv2.noise.AuthorityKey;

class JobDeclarationKeyTest {
    private static final String SOURCE = "[[template_source]]\nname = \"n\"\nurl = \"http://h\"\ncookie_file = \"c\"\n";
    private static final String OTHER_KEY = "9auqWEzQDVyd2oe1JVGFLMLHZtCo2FFqZwtKA5gd9xbuEu7PH72";
    private static final String DECLARED = "job_declaration = { url = \"stratum2+tcp://jds:3334\" }\n";

    private static Optional<JobDeclarationConfig> declaration(String keys) {
        return load(upstream("main") + keys + SOURCE).routing().upstream("main").declaration();
    }

    @Test
    void withoutItThePoolMakesTheJobs() {
        assertThat(declaration("")).isEmpty();
    }

    @Test
    void aServerWithoutAKeyMustProveThePoolsAndIsToldTheWholeTemplate() {
        assertThat(declaration(DECLARED))
                .contains(new JobDeclarationConfig(
                        new Sv2PoolAddress("jds", 3334, Optional.of(AuthorityKey.parse(KEY))),
                        DeclarationMode.FULL_TEMPLATE));
    }

    @Test
    void aServerMayHaveAKeyOfItsOwnAndSeeTheCoinbaseOnly() {
        assertThat(declaration("job_declaration = { url = \"stratum2+tcp://jds:3334/" + OTHER_KEY
                        + "\", mode = \"coinbase-only\" }\n"))
                .contains(new JobDeclarationConfig(
                        new Sv2PoolAddress("jds", 3334, Optional.of(AuthorityKey.parse(OTHER_KEY))),
                        DeclarationMode.COINBASE_ONLY));
    }

    @Test
    void aCoinbaseProviderIsPaidOnlyWhereTheOperatorSaysSo() {
        assertThat(declaration(DECLARED).orElseThrow().paysProvider()).isFalse();
        assertThat(declaration(
                                "[upstream.job_declaration]\nurl = \"stratum2+tcp://jds:3334\"\ncoinbase_provider = true\n")
                        .orElseThrow()
                        .paysProvider())
                .isTrue();
    }

    @Test
    void aTableBelowTheUpstreamIsTheSame() {
        assertThat(declaration("[upstream.job_declaration]\nurl = \"stratum2+tcp://jds:3334\"\n"))
                .isEqualTo(declaration(DECLARED));
    }

    @Test
    void wherePoolsAreNotVerifiedNoOtherServerIsEither() {
        String text = upstream("main").replace("/" + KEY, "") + "allow_unverified = true\n" + DECLARED + SOURCE;

        assertThat(load(text)
                        .routing()
                        .upstream("main")
                        .declaration()
                        .orElseThrow()
                        .server()
                        .authorityKey())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "true | job_declaration is true or false; write job_declaration = { url = \"",
                "{ } | job_declaration.url is missing; write url = \"stratum2+tcp://host:port/AUTHORITY_KEY\"",
                "{ url = 1 } | job_declaration.url is a whole number",
                "{ url = \"stratum+tcp://h:1\" } | job_declaration.url is an SV1 pool's, and jobs are declared in SV2",
                "{ url = \"stratum2+tcp://h:1\", mode = \"full\" } | job_declaration.mode is no way to declare jobs;",
                "{ url = \"stratum2+tcp://h:1\", modus = \"x\" } | modus is no key of Sluice; did you mean mode?",
                "{ uri = \"stratum2+tcp://h:1\" } | job_declaration.uri is no key of Sluice; did you mean url?",
                "{ url = \"stratum2+tcp://h:1\", user = \"x\" } | user is no key of Sluice; move it below [[upstream]]",
            })
    void whatCannotBeReadIsNamed(String value, String problem) {
        assertThat(onlyProblem(upstream("main") + "job_declaration = " + value + "\n" + SOURCE))
                .startsWith("f:6:")
                .contains(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "identity = \"per-channel\" | stands beside identity = \"per-channel\", and each connection would",
                "aggregation = 100 | stands beside aggregation, and each connection would declare jobs of its own;",
            })
    void itNeedsOneConnectionForAllMiners(String beside, String problem) {
        assertThat(onlyProblem(upstream("main") + DECLARED + beside + "\n" + SOURCE))
                .startsWith("f:6:1: upstream.main.job_declaration")
                .contains(problem);
        assertThat(declaration(DECLARED + "identity = \"per-share\"\n")).isPresent();
    }

    @Test
    void anSv1PoolHasNoSuchThing() {
        assertThat(onlyProblem(
                        "[[upstream]]\nname = \"a\"\nurl = \"stratum+ssl://h:1\"\nuser = \"u\"\n" + DECLARED + SOURCE))
                .contains("f:5:1: upstream.a.job_declaration stands beside an SV1 pool, which makes all jobs itself;");
    }

    @Test
    void jobsAreMadeOnTemplates() {
        assertThat(onlyProblem(upstream("main") + DECLARED))
                .contains("upstream.main.job_declaration needs a [[template_source]], and there is none;");
        assertThat(problems(upstream("main") + DECLARED + SOURCE.replace("template_source", "template_sorce")))
                .hasSize(1);
    }

    @Test
    void suchAnUpstreamTakesTwoOfAGoalsSixteenPlaces() {
        String upstreams =
                IntStream.range(0, 15).mapToObj(i -> upstream("u" + i)).collect(Collectors.joining());
        String names = IntStream.range(0, 15).mapToObj(i -> "\"u" + i + "\"").collect(Collectors.joining(", "));
        String goal = "[[goal]]\nname = \"g\"\nupstreams = [" + names + "]\n";

        assertThat(load(upstreams + DECLARED + SOURCE).routing().goals()).hasSize(1);
        assertThat(load(upstreams + DECLARED + goal + SOURCE).routing().goals()).hasSize(1);
        String more = upstreams.replace("name = \"u3\"\n", "name = \"u3\"\n" + DECLARED) + DECLARED;
        assertThat(onlyProblem(more + goal + SOURCE))
                .contains("goal.g.upstreams has more than 16 entries, where one with job_declaration counts for two");
        assertThat(onlyProblem(more + SOURCE))
                .contains("upstream.u14.name ends a list of upstreams that has more than 16 entries");
    }

    @Test
    void anUpstreamThatCannotDeclareIsNoUpstream() {
        PoolConfig sv1 = new PoolConfig(new Sv1PoolAddress("h", 1, true), "farm");
        JobDeclarationConfig declaration = new JobDeclarationConfig(
                new Sv2PoolAddress("jds", 3334, Optional.empty()), DeclarationMode.FULL_TEMPLATE);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new UpstreamConfig(
                        "a", sv1, IdentityMode.GATEWAY, 0, false, PayoutConfig.NONE, Optional.of(declaration)))
                .withMessageContaining("stands beside an SV1 pool");
        List<UpstreamConfig> declaring = IntStream.range(0, 9)
                .mapToObj(i -> new UpstreamConfig(
                        "u" + i,
                        new PoolConfig(new Sv2PoolAddress("h", 1, Optional.empty()), "farm"),
                        IdentityMode.GATEWAY,
                        0,
                        false,
                        PayoutConfig.NONE,
                        Optional.of(declaration)))
                .toList();
        GoalConfig goal = new GoalConfig(
                "g", 1, declaring.stream().map(UpstreamConfig::name).toList());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoutingConfig(declaring, List.of(goal), List.of()))
                .withMessage("goal g has more than 16 upstreams, those with declared jobs counted twice");
    }
}
