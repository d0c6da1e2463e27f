package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.KEY;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.upstream;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

class ConfigChangeTest {
    private static final ConfigChange NOTHING =
            new ConfigChange(false, false, false, false, false, false, false, List.of());
    private static final String POOLS = upstream("main") + upstream("backup");

    @Test
    void theSameFileChangesNothing() {
        String text = POOLS + "[stratum_v2]\nauthority_secret_key = \"" + secret(1) + "\"\n"
                + "[[pin]]\ngoal = \"default\"\nusers = [\"a*\"]\naddresses = [\"10.0.0.0/8\"]\n";

        assertThat(between(text, text)).isEqualTo(NOTHING).returns(true, ConfigChange::isEmpty);
        assertThat(between(text, text + "# a remark\n[limits]\nmax_connections = 16384\n"))
                .isEqualTo(NOTHING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[[goal]]\nname = \"default\"\nupstreams = [\"backup\", \"main\"]\n",
                "[[goal]]\nname = \"default\"\nweight = 5\nupstreams = [\"main\", \"backup\"]\n",
                "[[pin]]\ngoal = \"default\"\nusers = [\"a\"]\n",
                "[[upstream]]\nname = \"third\"\nurl = \"stratum+ssl://h\"\n",
            })
    void upstreamsGoalsAndPinsAreTheRouting(String added) {
        assertThat(between(POOLS, POOLS + added))
                .isEqualTo(new ConfigChange(true, false, false, false, false, false, false, List.of()));
    }

    @Test
    void aPoolUrlIsRoutingAsWell() {
        String text = "[stratum_v2]\npool_url = \"stratum2+tcp://a.example.com/" + KEY + "\"\n";

        assertThat(between(text, text.replace("a.example", "b.example")).routing())
                .isTrue();
        assertThat(between(text, text + "pool_user = \"other\"\n").routing()).isTrue();
    }

    @Test
    void failoverDifficultyAndLogLevelAreAppliedAsWell() {
        assertThat(between(POOLS, POOLS + "[failover]\nhold = \"5s\"\n"))
                .isEqualTo(new ConfigChange(false, true, false, false, false, false, false, List.of()));
        assertThat(between(POOLS, POOLS + "[vardiff]\nshares_per_minute = 5\n"))
                .isEqualTo(new ConfigChange(false, false, true, false, false, false, false, List.of()));
        assertThat(between(POOLS, POOLS + "[[profile]]\nname = \"big\"\nusers = [\"*\"]\nmin_difficulty = 4096\n"))
                .isEqualTo(new ConfigChange(false, false, false, true, false, false, false, List.of()))
                .returns(false, ConfigChange::appliesNothing);
        assertThat(between(POOLS, POOLS + ApiTablesTest.TOKEN))
                .isEqualTo(new ConfigChange(false, false, false, false, false, true, false, List.of()))
                .returns(false, ConfigChange::appliesNothing);
        assertThat(between(POOLS, POOLS + "[log]\nlevel = \"debug\"\n"))
                .isEqualTo(new ConfigChange(false, false, false, false, false, false, true, List.of()))
                .returns(false, ConfigChange::isEmpty);
    }

    @Test
    void fromWhereListenersTakeConnectionsIsAppliedAsWell() {
        String two = POOLS + "[[listener]]\nname = \"lan2\"\nlisten_addr = \"0.0.0.0:3334\"\n";
        GatewayConfig before = load(two);
        GatewayConfig after =
                load(two + "deny = [\"10.0.0.7\"]\n[[listener]]\nname = \"default\"\nallow = [\"10.0.0.0/8\"]\n");

        assertThat(ConfigChange.between(before, after))
                .isEqualTo(new ConfigChange(false, false, false, false, true, false, false, List.of()))
                .returns(false, ConfigChange::isEmpty);
        assertThat(ConfigChange.filtersInForce(before, after)).isEqualTo(after.listeners());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stratum_v2.enabled = false                                        | stratum_v2.enabled",
                "stratum_v2.listen_addr = '0.0.0.0:4444'                           | stratum_v2.listen_addr",
                "listener = [{name = 'a', listen_addr = '0.0.0.0:4444'}]           | listener",
                "data_dir = 'elsewhere'                                            | data_dir",
                "limits = {max_connections = 5}                                    | limits.max_connections",
                "limits = {idle_timeout = '5s', handshake_timeout = '5s'} | limits.handshake_timeout limits.idle_timeout",
                "listener = [{name = 'default', tls_key = 'k', tls_certificate = 'c'}] | listener",
                "limits = {ban_time = '1h', accept_rate = 5}                       | limits.accept_rate limits.ban_time",
                "api = {listen_addr = '127.0.0.1:7150'}                            | api",
                "miningos = {listen_addr = '127.0.0.1:7152'}                       | miningos",
                "webhook = [{name = 'w', url = 'https://h', secret = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}] | webhook",
                "sv1 = {version_mask = '00ffe000', keepalive = '5s'}               | sv1.version_mask sv1.keepalive",
            })
    void whatOnlyARestartAppliesIsNamed(String added, String keys) {
        assertThat(between(POOLS, added + "\n" + POOLS))
                .isEqualTo(new ConfigChange(
                        false, false, false, false, false, false, false, Arrays.asList(keys.split(" "))))
                .returns(false, ConfigChange::isEmpty);
    }

    @Test
    void anotherPayoutIsRoutingAndAnotherTemplateSourceNeedsARestart() {
        String text = SoloTablesTest.SOLO + POOLS;
        assertThat(between(text, text.replace("[solo]\n", "[solo]\ntag = \"/other/\"\n")))
                .isEqualTo(new ConfigChange(true, false, false, false, false, false, false, List.of()));
        ConfigChange password = between(text, text.replace("hunter2", "hunter3"));
        assertThat(password)
                .isEqualTo(
                        new ConfigChange(false, false, false, false, false, false, false, List.of("template_source")));
        assertThat(password.toString()).doesNotContain("hunter");
    }

    @Test
    void anotherAuthorityKeyIsNamedAndNotShown() {
        String first = POOLS + "[stratum_v2]\nauthority_secret_key = \"" + secret(1) + "\"\n";
        String second = POOLS + "[stratum_v2]\nauthority_secret_key = \"" + secret(2) + "\"\n";

        assertThat(between(first, second).restartKeys()).containsExactly("stratum_v2.authority_secret_key");
        assertThat(between(POOLS, second).restartKeys()).containsExactly("stratum_v2.authority_secret_key");
        assertThat(between(first, second).toString()).doesNotContain(secret(1), secret(2));
    }

    @Test
    void severalChangesAreListedInTheOrderOfTheGuide() {
        assertThat(between(POOLS, "data_dir = \"x\"\nsv1.keepalive = \"5s\"\nlog.level = \"warn\"\n" + POOLS))
                .isEqualTo(new ConfigChange(
                        false, false, false, false, false, false, true, List.of("data_dir", "sv1.keepalive")));
    }

    private static ConfigChange between(String before, String after) {
        return ConfigChange.between(load(before), load(after));
    }

    private static String secret(int seed) {
        byte[] bytes = new byte[AuthoritySecretKey.LENGTH];
        Arrays.fill(bytes, (byte) seed);
        return AuthoritySecretKey.of(bytes).text();
    }
}
