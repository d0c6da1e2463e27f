package sluice.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.view.FarmSnapshot;

/** Our side of an interop test: a pool and, where asked for, a gateway in front of it. */
final class SluiceFarm implements AutoCloseable {
    /** Which port of ours a program is connected to. */
    enum At {
        POOL,
        GATEWAY
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SluiceServer pool;
    private final Optional<SluiceServer> gateway;

    SluiceFarm(At at, Path directory) throws IOException {
        pool = SluiceServer.pool(directory.resolve("pool"));
        gateway = at == At.POOL
                ? Optional.empty()
                : Optional.of(SluiceServer.gatewayTo(pool, directory.resolve("gateway")));
    }

    /** Where the program connects. */
    SluiceServer port() {
        return gateway.orElse(pool);
    }

    /** Holds that no share was refused but late ones, and that a gateway's every share was taken by its pool. */
    void assertWorkWasTaken(MinerProtocol protocol) throws InterruptedException {
        FarmSnapshot seen = port().settledSnapshot();
        assertThat(seen.downstream().get(protocol).rejected())
                .as("refused by us: %s", seen.rejections())
                .isZero();
        if (gateway.isPresent()) {
            await("the pool's verdicts")
                    .atMost(PATIENCE)
                    .until(() -> port().snapshot().upstream().verdictLag() == 0);
            FarmSnapshot.Upstream upstream = port().settledSnapshot().upstream();
            assertThat(upstream.accepted()).isPositive();
            assertThat(upstream.rejected()).isZero();
        }
    }

    @Override
    public void close() {
        gateway.ifPresent(SluiceServer::close);
        pool.close();
    }
}
