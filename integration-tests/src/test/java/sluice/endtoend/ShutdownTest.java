package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.endtoend.netty.BufferLeaks;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.miner.MinerReport;
import sluice.proxy.view.FarmSnapshot;

/** A gateway that is told to stop while it is at work. */
class ShutdownTest {
    @TempDir
    private Path directory;

    @Test
    void everyShareIsAnsweredAndEveryMinerCountedBeforeAGatewayStops() throws Exception {
        try (Farm farm = new Farm(directory, Farm.Plan.steady());
                HonestMiners miners = new HonestMiners(farm.gateway(), 1e5)) {
            miners.awaitAccepted(3);
            // Not before: both have only so long to go on.
            try (RawConnection undecided = new RawConnection(farm.gateway().address());
                    RawSv2Miner silent = RawSv2Miner.handshake(farm.gateway())) {
                farm.gateway().close();

                assertThat(undecided.readToTheEnd()).isEmpty();
                assertThat(silent.connection().readToTheEnd()).isEmpty();
            }
            await().until(() -> miners.reports().values().stream()
                    .noneMatch(report -> report.lastLoss().isEmpty()));

            FarmSnapshot last = farm.gateway().snapshot();
            assertThat(last.connections()).isZero();
            assertThat(last.channels()).isZero();
            assertThat(last.disconnects()).containsEntry("shutting-down", miners.count() + 2L);
            assertThat(farm.events().all(GatewayEvent.ChannelClosed.class))
                    .hasSize(miners.count())
                    .allMatch(channel -> channel.reason().equals("shutting-down"));
            assertThat(miners.reports().values().stream()
                            .mapToLong(MinerReport::accepted)
                            .sum())
                    .isEqualTo(last.allDownstream().accepted());
            FarmSnapshot.Upstream upstream = last.upstream();
            assertThat(upstream.forwarded() + upstream.unforwardable())
                    .isEqualTo(last.allDownstream().accepted());
            assertThat(upstream.verdictLag()).isEqualTo(upstream.unanswered());
        }
        BufferLeaks.assertNone();
    }

    @Test
    void aGatewayStopsAtOnceWhileItsPoolIsAway() throws Exception {
        try (Farm farm = new Farm(directory, Farm.Plan.steady())) {
            await().until(() -> farm.seen().upstream().connected());
            farm.stopPool();
            await().until(() -> !farm.seen().upstream().connected());

            farm.gateway().close();
            farm.gateway().close();
            assertThat(farm.gateway().snapshot().upstream().connected()).isFalse();
        }
        BufferLeaks.assertNone();
    }
}
