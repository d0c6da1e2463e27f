package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.LimitsConfig;
import sluice.endtoend.netty.BufferLeaks;

/** More connections than a gateway takes. */
class ConnectionLimitTest {
    private static final int MAX_CONNECTIONS = 10;
    private static final int TOO_MANY = 20;

    @TempDir
    private Path directory;

    @Test
    void whoeverIsOneTooManyIsClosedAtOnceUntilAPlaceIsFree() throws Exception {
        LimitsConfig limits = new LimitsConfig(
                MAX_CONNECTIONS, LimitsConfig.DEFAULT.handshakeTimeout(), LimitsConfig.DEFAULT.idleTimeout());
        List<RawSv1Miner> held = new ArrayList<>();
        try (Farm farm = new Farm(directory, Farm.Plan.steady().with(limits));
                HonestMiners miners = new HonestMiners(farm.gateway(), 1e5)) {
            miners.awaitAccepted(1);
            while (miners.count() + held.size() < MAX_CONNECTIONS) {
                RawSv1Miner miner = new RawSv1Miner(farm.gateway().address());
                miner.login("held");
                held.add(miner);
            }
            for (int i = 0; i < TOO_MANY; i++) {
                try (RawConnection refused = new RawConnection(farm.gateway().address())) {
                    assertThat(refused.readToTheEnd()).isEmpty();
                }
            }
            await().until(() -> farm.disconnects("too-many-connections") == TOO_MANY);
            assertThat(farm.seen().connections()).isEqualTo(MAX_CONNECTIONS);

            held.removeFirst().close();
            await().until(() -> farm.seen().connections() == MAX_CONNECTIONS - 1);
            try (RawSv1Miner next = new RawSv1Miner(farm.gateway().address())) {
                assertThat(next.login("next")).hasSize(8);
            }
            miners.awaitAccepted(1);
            miners.assertUndisturbed();
        } finally {
            for (RawSv1Miner miner : held) {
                miner.close();
            }
        }
        BufferLeaks.assertNone();
    }
}
