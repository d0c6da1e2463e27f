package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.KEY;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.upstream;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PoolsReaderTest {
    private static final GatewayConfig BESIDE = load(upstream("main") + """
            [[listener]]
            name = "lan2"
            listen_addr = "127.0.0.1:3334"
            """);

    private static final String ALL_THERE_IS = """
            [[upstream]]
            name = "main"
            url = "stratum2+tcp://main.example.com:3333/%1$s"
            user = "farm.{worker}"
            identity = "per-share"
            aggregation = 500
            standby = "warm"
            payout = ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"]
            payout_percent = 98
            payout_mismatch = "failover"

            [[upstream]]
            name = "open"
            url = "stratum2+tcp://[2001:db8::1]:3333"
            allow_unverified = true
            user = "farm"

            [[upstream]]
            name = "old"
            url = "stratum+tcp://old.example.com:3333"
            user = "farm \\"the \\\\ one\\" \u00e4"
            password = "geheim"

            [[goal]]
            name = "a"
            weight = 70
            upstreams = ["main", "open"]

            [[goal]]
            name = "b"
            weight = 30
            upstreams = ["old"]

            [[pin]]
            goal = "b"
            users = ["farm.s19-*"]
            addresses = ["10.0.1.0/24", "10.0.2.7", "2001:db8::/32"]
            listeners = ["lan2"]
            """.formatted(KEY);

    @Test
    void whatIsWrittenOfPoolsIsReadAsTheSamePools() {
        RoutingConfig routing = valid(ALL_THERE_IS).routing();

        assertThat(valid(PoolsText.of(routing)).routing()).isEqualTo(routing);
        assertThat(routing.pins()).hasSize(1);
        assertThat(routing.upstreams().get(2).pool().user()).isEqualTo("farm \"the \\ one\" ä");
        assertThat(routing.upstreams().get(2).pool().password()).isEqualTo("geheim");
    }

    @Test
    void jobsOfOurOwnAreDeclaredAsIsWrittenWhereThereAreTemplates() {
        GatewayConfig operators = load("""
                [[template_source]]
                name = "node"
                url = "http://127.0.0.1:8332"
                cookie_file = "cookie"

                [[upstream]]
                name = "main"
                url = "stratum2+tcp://pool.example.com:3333/%s"
                user = "farm"
                job_declaration = { url = "stratum2+tcp://jds.example.com:3334", mode = "coinbase-only" }
                """.formatted(KEY));
        RoutingConfig routing = operators.routing();
        assertThat(routing.upstreams().getFirst().declaration()).isPresent();

        assertThat(PoolsReader.read(PoolsText.of(routing), operators))
                .isInstanceOfSatisfying(
                        PoolsResult.Valid.class,
                        valid -> assertThat(valid.routing()).isEqualTo(routing));
        assertThat(PoolsReader.read(PoolsText.of(routing), load("[stratum_v2]\npool_url = \"stratum+tcp://a:1\"\n")))
                .isInstanceOfSatisfying(
                        PoolsResult.Invalid.class,
                        invalid -> assertThat(invalid.problems())
                                .extracting(ConfigProblem::wrong)
                                .contains("needs a [[template_source]], and there is none"));
    }

    @Test
    void aPoolOfThePoolUrlKeyIsCalledByItsUrlThereAndBack() {
        RoutingConfig shorthand =
                load("[stratum_v2]\npool_url = \"stratum+ssl://a.example.com:443\"\npool_user = \"me\"\n")
                        .routing();

        assertThat(valid(PoolsText.of(shorthand)).routing()).isEqualTo(shorthand);
    }

    @Test
    void anUpstreamWithoutANameIsCalledByItsUrlAlsoInGoals() {
        RoutingConfig routing = valid("""
                [[upstream]]
                url = "stratum+ssl://a.example.com"
                user = "me"

                [[goal]]
                name = "all"
                upstreams = ["stratum+ssl://a.example.com:3333"]
                """).routing();

        assertThat(routing.upstreams().getFirst().name()).isEqualTo("stratum+ssl://a.example.com:3333");
        assertThat(routing.goals())
                .containsExactly(new GoalConfig("all", 100, List.of("stratum+ssl://a.example.com:3333")));
    }

    @Test
    void mistakesAreThoseOfTheFile() {
        assertThat(problems("""
                [[upstream]]
                name = "a"
                url = "stratum2+tcp://a.example.com"
                stnadby = "warm"

                [[upstream]]
                url = "stratum+ssl://b.example.com"

                [[upstream]]
                url = "stratum+ssl://b.example.com:3333"

                [[upstream]]
                name = 5
                url = 6

                [[goal]]
                name = "g"
                weight = 0
                upstreams = ["a", "c"]

                [[pin]]
                goal = "g"
                listeners = ["lan3"]
                """))
                .containsExactly(
                        "upstream.a.url has no authority key, so anyone between here and the pool could take the work;"
                                + " write stratum2+tcp://host:port/AUTHORITY_KEY, or add authority_key or"
                                + " allow_unverified = true",
                        "upstream.a.stnadby is no key of Sluice; did you mean standby?",
                        "upstream[3].name is the name of an earlier [[upstream]]; give this one a name of its own",
                        "upstream[4].name is a whole number; write a text in quotes",
                        "upstream[4].url is a whole number; write a text in quotes",
                        "goal.g.weight is 0, out of range; write a value from 1 to 1000000",
                        "pin[1].listeners names the listener \"lan3\", which does not exist; did you mean lan2?");
    }

    @Test
    void noPoolsAreAMistakeUnlessTheGatewayMinesSolo() {
        assertThat(problems("")).containsExactly("upstream is missing; list at least one pool");
    }

    @Test
    void onlyPoolsAreReadHere() {
        assertThat(problems(ALL_THERE_IS + "[limits]\nmax_connections = 1\n"))
                .containsExactly("limits is no table of Sluice; known here: stratum_v2, upstream, goal, pin");
    }

    @Test
    void halfACharacterIsReadAsWhatWillBeOnTheDisk() {
        String text = new ConfigText()
                .table("upstream")
                .key("url", "stratum+ssl://a.example.com")
                .text("user", Optional.of("me\ud800"))
                .toString();

        assertThat(valid(text).routing().upstreams().getFirst().pool().user()).isEqualTo("me\ufffd");
    }

    @Test
    void noTextBreaksOutOfItsQuotes() {
        String hostile = "x\"\nurl = \"y";
        String text = new ConfigText().table("upstream").key("user", hostile).toString();

        assertThat(problems(text))
                .containsExactly(
                        "upstream[1].url is missing; write url = \"stratum2+tcp://host:port/AUTHORITY_KEY\"",
                        "upstream[1].user has a control character; write printable characters only");
    }

    private static PoolsResult.Valid valid(String text) {
        PoolsResult result = PoolsReader.read(text, BESIDE);
        assertThat(result).as(text).isInstanceOf(PoolsResult.Valid.class);
        return (PoolsResult.Valid) result;
    }

    private static List<String> problems(String text) {
        PoolsResult result = PoolsReader.read(text, BESIDE);
        assertThat(result).as(text).isInstanceOf(PoolsResult.Invalid.class);
        return ((PoolsResult.Invalid) result)
                .problems().stream().map(ConfigProblem::describeAlone).toList();
    }
}
