package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.KEY;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.onlyProblem;
import static sluice.config.Configuration.problems;
import static sluice.config.Configuration.upstream;
import static sluice.config.Configuration.warnings;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.sv2.noise.AuthorityKey;

/** Pools written as {@code [[upstream]]}, and the short form beside them. */
class UpstreamTablesTest {
    private static final AuthorityKey POOL_KEY = AuthorityKey.parse(KEY);
    private static final String SV1 =
            "[[upstream]]\nname = \"a\"\nurl = \"stratum+ssl://a.example.com\"\nuser = \"f\"\n";

    @Test
    void everyKeyOfAnUpstreamIsRead() {
        RoutingConfig routing = load("""
                [[upstream]]
                name = "main-1.eu_x"
                url = "stratum+tcp://main.example.com"
                authority_key = "%s"
                user = "farm.gw1"
                identity = "per-share"
                aggregation = 50
                standby = "warm"

                [[upstream]]
                name = "old"
                url = "stratum+ssl://old.example.com:443"
                user = "farm"
                password = "secret"
                identity = "per-channel"
                standby = "cold"
                """.formatted(KEY)).routing();

        assertThat(routing.upstream("main-1.eu_x"))
                .isEqualTo(new UpstreamConfig(
                        "main-1.eu_x",
                        new PoolConfig(new Sv2PoolAddress("main.example.com", 3333, Optional.of(POOL_KEY)), "farm.gw1"),
                        IdentityMode.PER_SHARE,
                        50,
                        true));
        assertThat(routing.upstream("old"))
                .isEqualTo(new UpstreamConfig(
                        "old",
                        new PoolConfig(new Sv1PoolAddress("old.example.com", 443, true), "farm", "secret"),
                        IdentityMode.PER_CHANNEL,
                        0,
                        false));
        assertThat(routing.toString()).doesNotContain("secret");
    }

    @Test
    void whatIsNotWrittenHasItsDefault() {
        UpstreamConfig upstream =
                load("[[upstream]]\nname = \"a\"\nurl = \"stratum2+tcp://h\"\nallow_unverified = true\n")
                        .routing()
                        .upstream("a");

        assertThat(upstream)
                .isEqualTo(new UpstreamConfig(
                        "a",
                        new PoolConfig(new Sv2PoolAddress("h", 3333, Optional.empty()), "sluice", "x"),
                        IdentityMode.GATEWAY,
                        0,
                        false));
    }

    @Test
    void thePoolUrlIsOneUpstreamNamedByItself() {
        String url = "stratum2+tcp://pool.example.com:3333/" + KEY;

        assertThat(load("[stratum_v2]\npool_url = \"" + url + "\"\n").routing())
                .isEqualTo(new RoutingConfig(
                        List.of(new UpstreamConfig(
                                url,
                                new PoolConfig(
                                        new Sv2PoolAddress("pool.example.com", 3333, Optional.of(POOL_KEY)), "sluice"),
                                IdentityMode.GATEWAY,
                                0,
                                false)),
                        List.of(new GoalConfig("default", 100, List.of(url))),
                        List.of()));
    }

    @Test
    void tablesOfOneLineAreUpstreamsAsWell() {
        assertThat(load("upstream = [{name = \"a\", url = \"stratum2+tcp://h/" + KEY + "\"}]\n")
                        .routing()
                        .upstreams())
                .hasSize(1);
        assertThat(onlyProblem("upstream = [{name = \"a\", url = \"stratum2+tcp://h/" + KEY + "\", usr = \"u\"}]\n"))
                .startsWith("f:1:")
                .endsWith("upstream.a.usr is no key of Sluice; did you mean user?");
    }

    @Test
    void everyMistakeIsListedAtItsPlaceUnderTheNameOfItsUpstream() {
        assertThat(problems("""
                [[upstream]]
                name = "main"
                url = "stratum2+tcp://main.example.com"

                [[upstream]]
                name = "back up"
                url = "stratum2+tcp://u@h/%s"
                  aggregation = 65536

                [[upstream]]
                name = "third"
                url = "stratum2+tcp://h/%s"
                password = "x"
                identity = "per_share"
                standby = true
                colour = 1
                """.formatted(KEY, KEY)))
                .containsExactly(
                        "f:3:1: upstream.main.url has no authority key, so anyone between here and the pool could take"
                                + " the work; write stratum2+tcp://host:port/AUTHORITY_KEY, or add authority_key or"
                                + " allow_unverified = true",
                        "f:6:1: upstream[2].name has a character that names do not have;"
                                + " use letters, digits, '-', '_' and '.'",
                        "f:7:1: upstream[2].url has a user in front of the host; put the user into user",
                        "f:8:3: upstream[2].aggregation is 65536, out of range; write a value from 0 to 65535",
                        "f:13:1: upstream.third.password stands beside an SV2 pool, and SV2 has no password; remove it",
                        "f:14:1: upstream.third.identity is no way to name miners;"
                                + " write \"gateway\", \"per-share\" or \"per-channel\"",
                        "f:15:1: upstream.third.standby is true or false; write \"cold\" or \"warm\"",
                        "f:16:1: upstream.third.colour is no key of Sluice; known here: name, url, identity,"
                                + " authority_key, allow_unverified, user, password, aggregation, standby, payout,"
                                + " payout_percent, payout_mismatch, job_declaration");
    }

    @Test
    void anUpstreamNeedsANameAndAUrl() {
        assertThat(problems("\n[[upstream]]\n"))
                .containsExactly(
                        "f:2:1: upstream[1].name is missing; write name = \"...\", unique among all [[upstream]]",
                        "f:2:1: upstream[1].url is missing;"
                                + " write url = \"stratum2+tcp://host:port/AUTHORITY_KEY\"");
    }

    @Test
    void aMisspeltKeyIsOneMistakeAlsoWhereItIsRequiredOrReferredTo() {
        assertThat(onlyProblem("[[upstream]]\nnmae = \"a\"\nurl = \"stratum2+tcp://h/" + KEY
                        + "\"\n[[goal]]\nname = \"g\"\nupstreams = [\"a\"]\n"))
                .isEqualTo("f:2:1: upstream[1].nmae is no key of Sluice; did you mean name?");
        assertThat(onlyProblem("[[upstreem]]\nname = \"a\"\n"))
                .isEqualTo("f:1:1: upstreem is no table of Sluice; did you mean upstream?");
        assertThat(onlyProblem("[[upstreem]]\nname = \"a\"\n[[goal]]\nname = \"g\"\nupstreams = [\"a\"]\n"))
                .startsWith("f:1:1: upstreem is no table");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pool_url = 'x'              | did you mean url?",
                "pool_user = 'x'             | did you mean user?",
                "pool_password = 'x'         | did you mean password?",
                "pool_names_per_share = true | did you mean identity?",
                "max_connections = 5         | move it below [limits]",
                "weight = 5                  | move it below [[goal]]",
            })
    void aKeyOfAnotherTableNamesTheOneThatWasMeant(String line, String right) {
        String goal = "[[goal]]\nname = \"g\"\nupstreams = [\"a\"]\n";

        assertThat(onlyProblem(goal + SV1 + line + "\n"))
                .startsWith("f:8:1: upstream.a.")
                .endsWith("; " + right);
    }

    @Test
    void theShortFormNamesItsOwnKeysForThoseOfAnUpstream() {
        assertThat(onlyProblem("[stratum_v2]\npool_url = \"stratum2+tcp://h/" + KEY + "\"\nuser = \"u\"\n"))
                .isEqualTo("f:3:1: stratum_v2.user is no key of Sluice; did you mean pool_user?");
        assertThat(onlyProblem("[stratum_v2]\nurl = \"stratum2+tcp://h/" + KEY + "\"\n"))
                .isEqualTo("f:2:1: stratum_v2.url is no key of Sluice; did you mean pool_url?");
    }

    @Test
    void aNameIsUsedOnce() {
        assertThat(onlyProblem(upstream("a") + upstream("a")))
                .isEqualTo("f:8:1: upstream.a.name is the name of an earlier [[upstream]];"
                        + " give this one a name of its own");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "A-z_0.9", "abcdefghijklmnopqrstuvwxyz012345"})
    void aNameHas1To32OfItsCharacters(String name) {
        assertThat(load(upstream(name)).routing().upstream(name)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                 | is empty",
                "abcdefghijklmnopqrstuvwxyz0123456  | is too long",
                "a b                                | has a character that names do not have",
                "é                                  | has a character that names do not have",
                "a/b                                | has a character that names do not have",
            })
    void anotherNameIsRefused(String name, String wrong) {
        assertThat(onlyProblem("[[upstream]]\nname = \"" + name + "\"\nurl = \"stratum2+tcp://h/" + KEY + "\"\n"))
                .startsWith("f:2:1: upstream[1].name " + wrong + "; ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "aggregation = 65535       | aggregation = 65536",
                "aggregation = 0           | aggregation = -1",
                "identity = 'per-channel'  | identity = 'PER-CHANNEL'",
                "standby = 'warm'          | standby = 'hot'",
                "password = ''             | password = 5",
            })
    void eachLimitHoldsAtItsEdge(String allowed, String refused) {
        assertThat(load(SV1 + allowed + "\n")).isNotNull();
        assertThat(onlyProblem(SV1 + refused + "\n"))
                .startsWith("f:5:1: upstream.a." + refused.substring(0, refused.indexOf(' ')) + " is ");
    }

    @Test
    void thereAreAtMost64Upstreams() {
        String goal = "[[goal]]\nname = \"g\"\nupstreams = [\"u1\", \"u65\"]\n";
        String most = many(RoutingConfig.MAX_UPSTREAMS);

        assertThat(load("[[goal]]\nname = \"g\"\nupstreams = [\"u1\"]\n" + most)
                        .routing()
                        .upstreams())
                .hasSize(64);
        assertThat(onlyProblem(goal + most + upstream("u65")))
                .isEqualTo("f:325:1: upstream stands here for the 65th time; write at most 64");
    }

    @Test
    void aTableWithOneBracketAndAnotherThingAreNamed() {
        String table = "[upstream]\nname = \"a\"\nurl = \"stratum2+tcp://h/" + KEY + "\"\n";

        assertThat(onlyProblem(table))
                .isEqualTo("f:1:1: upstream is one table, not a list of them; write [[upstream]], with two brackets");
        assertThat(onlyProblem("upstream = \"a\"\n"))
                .isEqualTo("f:1:1: upstream is a text in quotes, not a table;"
                        + " write [[upstream]] for each, keys below it");
        assertThat(onlyProblem("upstream = [\"a\"]\n"))
                .isEqualTo("f:1:13: upstream has a text in quotes in place of a table;"
                        + " write [[upstream]] for each, keys below it");
        assertThat(onlyProblem("upstream = []\n")).contains("stratum_v2.pool_url is missing");
    }

    @Test
    void eachUpstreamIsWarnedOfAsThePoolIs() {
        assertThat(warnings("""
                [[upstream]]
                name = "a"
                url = "stratum+tcp://h"

                [[upstream]]
                name = "b"
                url = "stratum2+tcp://h"
                user = "u"
                allow_unverified = true
                """))
                .satisfiesExactly(
                        plain -> assertThat(plain).startsWith("f:3:1: upstream.a.url means an SV1 pool in plain text"),
                        user -> assertThat(user)
                                .isEqualTo("f:3:1: upstream.a.user is missing, so the pool credits the user \"sluice\";"
                                        + " write the user name that the pool gave you"),
                        trust -> assertThat(trust)
                                .startsWith("f:9:1: upstream.b.allow_unverified leaves open who answers")
                                .endsWith("write it into url"));
    }

    @Test
    void minersThatMineUnderTheirOwnNamesNeedNoUser() {
        assertThat(warnings("[[upstream]]\nname = \"a\"\nurl = \"stratum+ssl://h\"\nidentity = \"per-channel\"\n"))
                .isEmpty();
    }

    @Test
    void theShortFormBesideUpstreamsIsToldHowToBecomeOne() {
        String url = "stratum2+tcp://pool.example.com/" + KEY;

        assertThat(problems("""
                [stratum_v2]
                pool_url = "%s"
                authority_key = "%s"
                pool_user = "farm"
                pool_names_per_share = true
                """.formatted(url, KEY) + upstream("a")))
                .containsExactly(
                        "f:2:1: stratum_v2.pool_url stands beside [[upstream]]; write it as an upstream of its own:"
                                + " [[upstream]], and below it name = \"pool\" and url = \"" + url + "\"",
                        "f:3:1: stratum_v2.authority_key stands beside [[upstream]];"
                                + " move it below the [[upstream]] it is for",
                        "f:4:1: stratum_v2.pool_user stands beside [[upstream]];"
                                + " write it as user below the [[upstream]] it is for",
                        "f:5:1: stratum_v2.pool_names_per_share stands beside [[upstream]];"
                                + " write identity = \"per-share\" below the [[upstream]] it is for");
    }

    @Test
    void soIsTheVariableOfThePoolUrl() {
        assertThat(problems(upstream("a"), Map.of("MODULE_CONFIG_POOL_URL", "no\nsense")))
                .containsExactly("environment variable MODULE_CONFIG_POOL_URL: stratum_v2.pool_url stands beside"
                        + " [[upstream]]; write it as an upstream of its own: [[upstream]], and below it name = \"pool\""
                        + " and url = \"stratum2+tcp://host:port/AUTHORITY_KEY\"");
    }

    @Test
    void aGatewayThatIsOffMayHaveUpstreams() {
        assertThat(load("stratum_v2.enabled = false\n" + upstream("a"))
                        .routing()
                        .upstreams())
                .hasSize(1);
    }

    private static String many(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> upstream("u" + i)).collect(Collectors.joining());
    }
}
