package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.ConfigProblem.Line;
import sluice.config.ConfigResult.Invalid;
import sluice.config.ConfigResult.Loaded;

/** What a pool_url of SV1 means, and the keys that go with it. */
class Sv1PoolConfigTest {
    private static final String KEY = "9bXiEd8boQVhq7WddEcERUL5tyyJVFYdU8th3HfbNXK3Yw6GRXh";
    private static final String POOL =
            "[stratum_v2]\npool_url = \"stratum2+tcp://pool.example.com:3333/" + KEY + "\"\n";

    @TempDir
    private Path directory;

    @Test
    void theOlderSchemeAloneMeansAnSv1PoolAndWarnsOfPlainText() {
        Loaded loaded = (Loaded)
                parse("[stratum_v2]\npool_url = \"stratum+tcp://pool.example.com:3334\"\npool_user = \"farm\"\n");

        assertThat(loaded.config().routing())
                .isEqualTo(RoutingConfig.single(new UpstreamConfig(
                        new PoolConfig(new Sv1PoolAddress("pool.example.com", 3334, false), "farm", "x"),
                        IdentityMode.GATEWAY)));
        assertThat(loaded.warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning.describe("f"))
                        .isEqualTo("f:2:1: stratum_v2.pool_url means an SV1 pool in plain text: anyone on the way could"
                                + " read and take the work; write stratum+ssl://host:port if the pool has it; for an SV2"
                                + " pool write stratum2+tcp://host:port/AUTHORITY_KEY or add authority_key"));
    }

    @Test
    void anSv1PoolOverTlsTakesAPasswordAndNamesPerShare() {
        Loaded loaded =
                (Loaded) parse("[stratum_v2]\npool_url = \"stratum+ssl://[2001:db8::1]:443\"\npool_user = \"farm\"\n"
                        + "pool_password = \"\"\npool_names_per_share = true\n");

        UpstreamConfig upstream = loaded.config().routing().upstreams().getFirst();
        assertThat(upstream)
                .isEqualTo(new UpstreamConfig(
                        new PoolConfig(new Sv1PoolAddress("2001:db8::1", 443, true), "farm", ""),
                        IdentityMode.PER_SHARE));
        assertThat(upstream.name()).isEqualTo("stratum+ssl://[2001:db8::1]:443");
        assertThat(upstream.pool().address()).hasToString("stratum+ssl://[2001:db8::1]:443");
        assertThat(loaded.warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"authority_key = \"" + KEY + "\"", "allow_unverified = true"})
    void anSv1PoolOverTlsHasNoTrustSettings(String setting) {
        ConfigProblem problem =
                onlyProblem("[stratum_v2]\npool_url = \"stratum+ssl://pool.example.com\"\n" + setting + "\n");

        assertThat(problem.origin()).isEqualTo(new Line(2, 1));
        assertThat(problem.wrong())
                .isEqualTo("means an SV1 pool over TLS, which has no authority key and is always verified");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pool_password = 'x'          | pool_password        | and SV2 has no password",
                "pool_names_per_share = true  | pool_names_per_share | and is for SV1 pools only",
            })
    void settingsOfSv1PoolsAreMistakesBesideAnSv2Pool(String setting, String key, String wrong) {
        ConfigProblem problem = onlyProblem(POOL + setting + "\n");

        assertThat(problem.key()).isEqualTo("stratum_v2." + key);
        assertThat(problem.origin()).isEqualTo(new Line(3, 1));
        assertThat(problem.wrong()).isEqualTo("stands beside an SV2 pool, " + wrong);
    }

    @Test
    void aPasswordHasAtMost255BytesAndStaysUntold() {
        String pool = "[stratum_v2]\npool_url = \"stratum+ssl://pool.example.com\"\npool_password = ";
        String longest = "é".repeat(127) + "a";

        PoolConfig loaded = ((Loaded) parse(pool + "\"" + longest + "\"\n"))
                .config()
                .routing()
                .upstreams()
                .getFirst()
                .pool();
        assertThat(loaded.password()).isEqualTo(longest);
        assertThat(loaded.toString()).doesNotContain(longest);
        assertThat(onlyProblem(pool + "\"" + longest + "a\"\n").wrong()).isEqualTo("is too long");
        assertThat(onlyProblem(pool + "\"a\\nb\"\n").wrong()).isEqualTo("has a control character");
    }

    private ConfigProblem onlyProblem(String text) {
        ConfigResult result = parse(text);
        assertThat(result).isInstanceOf(Invalid.class);
        assertThat(((Invalid) result).problems()).hasSize(1);
        return ((Invalid) result).problems().getFirst();
    }

    private ConfigResult parse(String text) {
        try {
            return ConfigLoader.load(Files.writeString(directory.resolve("sluice.toml"), text), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
