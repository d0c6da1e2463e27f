package sluice.proxy.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.Secp256k1;

/** Each scenario once on loopback, as short and as small as it can be. */
@Timeout(120)
class ScenariosTest {
    // Threads that hash take what others leave, which on a busy machine is next to nothing.
    private static final double SHARES_PER_MINUTE = 1_200;

    @TempDir
    private Path data;

    private final StringWriter progress = new StringWriter();

    private Stage stage(Duration duration, int sv1Miners, int sv2Miners) {
        return new Stage(
                duration,
                sv1Miners,
                sv2Miners,
                data,
                1,
                InstantSource.system(),
                SHARES_PER_MINUTE,
                "test",
                ScenariosTest::freshKey,
                new PrintWriter(progress));
    }

    private static AuthoritySecretKey freshKey() {
        byte[] candidate = new byte[AuthoritySecretKey.LENGTH];
        do {
            new SecureRandom().nextBytes(candidate);
        } while (!Secp256k1.isSecretKey(candidate));
        return AuthoritySecretKey.of(candidate);
    }

    @Test
    void minersOfBothProtocolsMineAtOnePool() throws IOException, InterruptedException {
        DemoReport report = new MiningScenario().play(stage(Duration.ofSeconds(12), 1, 2));
        assertThat(report.failures()).as(report.json()).isEmpty();
    }

    @Test
    void aStandbyTakesOverWhenThePoolInUseDiesAndNoMinerNotices() throws IOException, InterruptedException {
        FailoverScenario scenario = new FailoverScenario(List.of(false, true), Duration.ofSeconds(1));
        DemoReport report = scenario.play(stage(Duration.ofSeconds(2), 1, 2));
        // How fast it is depends on what else this machine does.
        assertThat(report.failures())
                .as(report.json())
                .allMatch(failure -> failure.startsWith("the warm standby took over after"));
        assertThat(progress.toString())
                .contains("Pool A is killed", "Miners went from A to C", "Miners are back at A.");
    }

    @Test
    void anOperatorSwitchesBetweenPoolsOfBothProtocolsAndNoMinerNotices() throws IOException, InterruptedException {
        DemoReport report = new SwitchScenario().play(stage(Duration.ofSeconds(2), 1, 2));
        assertThat(report.failures()).as(report.json()).isEmpty();
    }

    @Test
    void aModulePointsTheFarmToOtherPoolsAndNoMinerNotices() throws IOException, InterruptedException {
        DemoReport report = new ApiScenario().play(stage(Duration.ofSeconds(2), 1, 2));
        assertThat(report.failures()).as(report.json()).isEmpty();
    }

    @Test
    void minersMoveUntilTheWorkIsSplitByTheNewWeightsAndThePinnedOneStays() throws IOException, InterruptedException {
        DemoReport report = new SplitScenario(Duration.ofSeconds(1)).play(stage(Duration.ofSeconds(6), 5, 5));
        // So few shares are split by chance as well.
        assertThat(report.failures()).as(report.json()).allMatch(failure -> failure.startsWith("the work was split"));
    }

    @Test
    void minersGoFromDeclaredJobsToThePoolsOwnAndToSoloMiningAndBackAndNoneNotices()
            throws IOException, InterruptedException {
        DemoReport report = new DeclarationScenario().play(stage(Duration.ofSeconds(2), 1, 2));
        assertThat(report.failures()).as(report.json()).isEmpty();
    }
}
