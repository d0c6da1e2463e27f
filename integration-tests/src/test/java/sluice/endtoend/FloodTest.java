package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.LimitsConfig;
import sluice.endtoend.netty.BufferLeaks;
import sluice.proxy.cli.flood.Flood;

/** Hostile clients of ten kinds beside honest miners: what the bench measures, here for what must hold whatever the speed. */
class FloodTest {
    private static final int MINERS = 30;

    @TempDir
    private Path directory;

    @Test
    void honestMinersLoseNoShareBesideHostileClientsOfTenKinds() throws Exception {
        BufferLeaks.watch();
        Flood.Plan plan = new Flood.Plan(
                MINERS,
                200,
                500,
                Duration.ofSeconds(2),
                Duration.ofSeconds(6),
                1,
                Duration.ofHours(1),
                LimitsConfig.DEFAULT,
                true,
                2);

        Flood.Result result = new Flood(plan, directory, Farm.freshKey(), InstantSource.system()).run();

        assertThat(result.submitted()).isPositive().isEqualTo(result.accepted());
        assertThat(result.refused()).isEmpty();
        assertThat(result.unanswered()).isZero();
        assertThat(result.lostConnections()).isEmpty();
        assertThat(result.internalErrors()).isZero();
        assertThat(result.lostEvents()).isZero();
        assertThat(result.waves()).singleElement().satisfies(wave -> {
            assertThat(wave.connectionsAfter()).isEqualTo(MINERS);
            assertThat(wave.attempts())
                    .hasSize(10)
                    .allSatisfy((kind, connections) ->
                            assertThat(connections).as(kind).isPositive());
        });
        assertThat(result.closed())
                .containsKeys(
                        "bad-json", "closed-silent", "foreign-protocol", "line-too-long", "noise-frame-not-authentic");
        BufferLeaks.assertNone();
    }
}
