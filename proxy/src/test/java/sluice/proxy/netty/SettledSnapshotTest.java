package sluice.proxy.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.FailoverConfig;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.mining.job.VectorJobs;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

/** Counts of a gateway whose loops and whose bus are still busy with what has happened. */
@Timeout(60)
class SettledSnapshotTest {
    private static final long BUSY_MILLIS = 300;

    @TempDir
    private Path home;

    private final CountDownLatch idle = new CountDownLatch(1);

    /** Its channel opens when the control loop has done what it was busy with. */
    private final class SlowPool implements Upstream {
        @Override
        public void start(Consumer<UpstreamEvent> events) {
            try {
                idle.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            events.accept(new UpstreamEvent.ChannelOpened(new UpstreamChannel(
                    "pool", VectorJobs.UPSTREAM_PREFIX, VectorJobs.GRANTED, LoopFixture.TARGET, true)));
        }

        @Override
        public void send(UpstreamCommand command) {}
    }

    @Test
    void theyWaitForTheControlLoopAndForWhatItTellsTheBus() throws Exception {
        try (Gateway gateway = Gateway.start(
                new GatewaySettings(
                        "test",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        AuthoritySecretKey.of(HexFormat.of().parseHex("00".repeat(31) + "07")),
                        VardiffConfig.DEFAULT,
                        LimitsConfig.DEFAULT,
                        Sv1Config.DEFAULT,
                        home,
                        1),
                RoutingPlan.single(new LoopFixture.PlayedUpstream("pool", new SlowPool())),
                FailoverConfig.DEFAULT,
                InstantSource.system(),
                List.of())) {
            CompletableFuture.delayedExecutor(BUSY_MILLIS, TimeUnit.MILLISECONDS)
                    .execute(idle::countDown);
            assertThat(gateway.settledSnapshot().upstream().connected()).isTrue();
        }
    }
}
