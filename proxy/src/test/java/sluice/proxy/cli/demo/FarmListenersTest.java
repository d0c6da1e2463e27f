package sluice.proxy.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.cli.demo.Snapshots.AT;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.event.GatewayEvent.PlacementReason;

/** What scenarios take from the gateway's events beside its view. */
class FarmListenersTest {
    @Test
    void aRefusalIsAnAttemptThatEndedBeforeItHadAChannel() {
        UpstreamLosses losses = new UpstreamLosses();
        assertThat(losses.of("B")).isEqualTo(UpstreamLosses.Refusals.NONE);
        losses.on(new GatewayEvent.MiningPoolDisconnected(AT, "B", "CONNECT", "refused", false));
        losses.on(new GatewayEvent.MiningPoolDisconnected(AT, "B", "HANDSHAKE", "closed", false));
        losses.on(new GatewayEvent.MiningPoolDisconnected(AT, "A", "MINING", "closed", true));

        assertThat(losses.of("B")).isEqualTo(new UpstreamLosses.Refusals(2, "HANDSHAKE: closed"));
        assertThat(losses.of("A").attempts()).isZero();
    }

    @Test
    void aMoveLeadsFromOneGoalToAnother() {
        PlacementLog log = new PlacementLog();
        log.on(new GatewayEvent.ChannelOpened(AT, 1, 1, MinerProtocol.SV1, "pinned"));
        log.on(new GatewayEvent.ChannelOpened(AT, 2, 1, MinerProtocol.SV1, "other"));
        log.on(new GatewayEvent.MinerPlaced(AT, 1, "A", 1, "", PlacementReason.PIN));
        log.on(new GatewayEvent.MinerPlaced(AT, 2, "A", 1, "", PlacementReason.WEIGHT));
        log.on(new GatewayEvent.MinerPlaced(AT, 2, "A", 3, "A", PlacementReason.WEIGHT));
        assertThat(log.moves()).isZero();
        log.on(new GatewayEvent.MinerPlaced(AT, 2, "B", 2, "A", PlacementReason.REBALANCING));

        assertThat(log.moves()).isEqualTo(1);
        assertThat(log.movesOf("other")).isEqualTo(1);
        assertThat(log.movesOf("pinned")).isZero();
    }

    @Test
    void whoWaitsLooksAgainWhenThereIsNewsAndGivesUpInTheEnd() throws InterruptedException {
        Awaiting awaiting = new Awaiting();
        AtomicInteger looks = new AtomicInteger();
        awaiting.onBatchEnd();
        assertThat(awaiting.await(() -> looks.incrementAndGet() == 2, Duration.ofSeconds(20)))
                .isTrue();
        assertThat(awaiting.await(() -> false, Duration.ofMillis(30))).isFalse();
        assertThat(awaiting.await(() -> true, Duration.ZERO)).isTrue();
    }
}
