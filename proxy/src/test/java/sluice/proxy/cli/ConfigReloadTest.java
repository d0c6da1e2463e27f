package sluice.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.ApiTokenConfig;
import sluice.config.ConfigLoader;
import sluice.config.ConfigResult;
import sluice.config.FailoverConfig;
import sluice.config.GatewayConfig;
import sluice.config.ListenerConfig;
import sluice.config.LogLevel;
import sluice.config.ProfileConfig;
import sluice.config.RoutingConfig;
import sluice.config.VardiffConfig;
import sluice.proxy.cli.ConfigReload.Outcome;
import sluice.proxy.goal.ChangeResult;

class ConfigReloadTest {
    private static final String TWO_POOLS = """
            [[upstream]]
            name = "a"
            url = "stratum+ssl://a.example.com:443"
            user = "farm"

            [[upstream]]
            name = "b"
            url = "stratum+ssl://b.example.com:443"
            user = "farm"
            """;

    @TempDir
    Path home;

    private final List<String> done = new ArrayList<>();
    private ChangeResult answer = new ChangeResult.Applied(2);
    private ConfigReload reload;

    private final ConfigReload.Target target = new ConfigReload.Target() {
        @Override
        public CompletableFuture<ChangeResult> apply(
                RoutingConfig routing, FailoverConfig failover, VardiffConfig vardiff) {
            done.add("routing " + routing.goals().getFirst().upstreams());
            return CompletableFuture.completedFuture(answer);
        }

        @Override
        public CompletableFuture<ChangeResult> activate(String goal, Optional<String> upstream) {
            done.add("activate " + upstream.orElse("-"));
            return CompletableFuture.completedFuture(answer);
        }

        @Override
        public void profiles(VardiffConfig vardiff, List<ProfileConfig> profiles) {
            done.add("vardiff " + vardiff.sharesPerMinute()
                    + profiles.stream()
                            .map(profile -> ", profile " + profile.name())
                            .collect(Collectors.joining()));
        }

        @Override
        public void filters(List<ListenerConfig> listeners) {
            done.add("deny " + listeners.getFirst().filter().deny());
        }

        @Override
        public void apiTokens(List<ApiTokenConfig> tokens) {
            done.add("tokens " + tokens.stream().map(ApiTokenConfig::name).toList());
        }

        @Override
        public void logLevel(LogLevel level) {
            done.add("log " + level.text());
        }
    };

    @BeforeEach
    void start() throws IOException {
        write(TWO_POOLS);
        GatewayConfig running = ((ConfigResult.Loaded) load()).config();
        reload = new ConfigReload(running, this::load, problem -> problem.describe("sluice.toml"), target);
    }

    @Test
    void fromWherePortsTakeConnectionsIsAppliedAtOnce() throws IOException {
        write(TWO_POOLS + "[[listener]]\nname = \"default\"\ndeny = [\"203.0.113.0/24\"]\n");

        assertThat(reload.read()).isEqualTo(ConfigReload.Outcome.APPLIED);
        assertThat(done).containsExactly("deny [203.0.113.0/24]");
        assertThat(reload.read()).isEqualTo(ConfigReload.Outcome.UNCHANGED);
    }

    private void write(String text) throws IOException {
        Files.writeString(home.resolve("sluice.toml"), text);
    }

    private ConfigResult load() {
        return ConfigLoader.load(home.resolve("sluice.toml"), Map.of());
    }

    @Test
    void poolsThatComeFromElsewhereAreInForceOnlyIfTheyWereApplied() {
        RoutingConfig before = reload.inForce().routing();
        RoutingConfig other = RoutingConfig.single(before.upstream("b"));
        answer = new ChangeResult.Rejected("b", "CONNECT", "nobody answers");
        assertThat(reload.apply(other)).isEqualTo(answer);
        assertThat(reload.inForce().routing()).isEqualTo(before);

        answer = new ChangeResult.Applied(2);
        assertThat(reload.apply(other)).isEqualTo(answer);
        assertThat(reload.activate("default", Optional.of("b"))).isEqualTo(answer);
        assertThat(reload.inForce().routing()).isEqualTo(other);
        assertThat(done).containsExactly("routing [b]", "routing [b]", "activate b");
    }

    @Test
    void whatIsTheSameIsNotTouched() throws IOException {
        write("# a comment\n" + TWO_POOLS);
        assertThat(reload.read()).isEqualTo(Outcome.UNCHANGED);
        assertThat(done).isEmpty();
    }

    @Test
    void onlyWhatDiffersIsApplied() throws IOException {
        write(TWO_POOLS + "[vardiff]\nshares_per_minute = 20\n");
        assertThat(reload.read()).isEqualTo(Outcome.APPLIED);
        assertThat(done).containsExactly("vardiff 20.0");
        write(TWO_POOLS + "[vardiff]\nshares_per_minute = 20\n[log]\nlevel = \"debug\"\n");
        reload.read();
        assertThat(done).containsExactly("vardiff 20.0", "log debug");
    }

    @Test
    void aTokenThatIsTakenOutIsWorthNothingAtOnce() throws IOException {
        String token = "[[api_token]]\nname = \"a\"\nscopes = [\"read\"]\nsha256 = \"" + "0".repeat(64) + "\"\n";
        write(TWO_POOLS + token);
        assertThat(reload.read()).isEqualTo(Outcome.APPLIED);
        write(TWO_POOLS);
        assertThat(reload.read()).isEqualTo(Outcome.APPLIED);
        assertThat(done).containsExactly("tokens [a]", "tokens []");
    }

    @Test
    void aNewOrderOfPoolsGoesToTheGatewayFirstAndAllElseAfterIt() throws IOException {
        write(TWO_POOLS + "[[goal]]\nname = \"default\"\nupstreams = [\"b\", \"a\"]\n[log]\nlevel = \"warn\"\n");
        assertThat(reload.read()).isEqualTo(Outcome.APPLIED);
        assertThat(done).containsExactly("routing [b, a]", "log warn");
        assertThat(reload.read()).isEqualTo(Outcome.UNCHANGED);
    }

    @Test
    void anInvalidFileChangesNothing() throws IOException {
        write(TWO_POOLS + "[log]\nlevel = \"debug\"\nlevle = \"debug\"\n");
        assertThat(reload.read()).isEqualTo(Outcome.REJECTED);
        assertThat(done).isEmpty();
        assertThat(reload.inForce().logLevel()).isEqualTo(LogLevel.INFO);
    }

    @Test
    void aFileThatIsGoneChangesNothing() throws IOException {
        Files.delete(home.resolve("sluice.toml"));
        assertThat(reload.read()).isEqualTo(Outcome.REJECTED);
        assertThat(done).isEmpty();
    }

    @Test
    void whereThePoolsCannotBePreparedNothingElseIsAppliedEither() throws IOException {
        answer = new ChangeResult.Rejected("b", "CONNECT", "connection refused");
        write(TWO_POOLS + "[[goal]]\nname = \"default\"\nupstreams = [\"b\"]\n[log]\nlevel = \"debug\"\n");
        assertThat(reload.read()).isEqualTo(Outcome.REJECTED);
        assertThat(done).containsExactly("routing [b]");
        answer = new ChangeResult.Applied(2);
        assertThat(reload.read()).as("the same file once more").isEqualTo(Outcome.APPLIED);
        assertThat(done).containsExactly("routing [b]", "routing [b]", "log debug");
    }

    @Test
    void whatOnlyARestartChangesStaysAsItIs() throws IOException {
        write("[stratum_v2]\nlisten_addr = \"127.0.0.1:4444\"\n" + TWO_POOLS);
        GatewayConfig before = reload.inForce();
        assertThat(reload.read()).isEqualTo(Outcome.UNCHANGED);
        assertThat(reload.inForce()).isEqualTo(before);
        assertThat(done).isEmpty();
    }

    @Test
    void aPinToAPortThatIsNotThereYetIsRefusedWhole() throws IOException {
        write(TWO_POOLS
                + "[[listener]]\nname = \"lan2\"\nlisten_addr = \"127.0.0.1:4445\"\n"
                + "[[goal]]\nname = \"g\"\nupstreams = [\"a\"]\n[[pin]]\ngoal = \"g\"\nlisteners = [\"lan2\"]\n");
        assertThat(reload.read()).isEqualTo(Outcome.REJECTED);
        assertThat(done).isEmpty();
    }
}
