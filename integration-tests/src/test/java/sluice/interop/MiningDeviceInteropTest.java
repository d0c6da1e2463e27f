package sluice.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.proxy.event.GatewayEvent.MinerProtocol;

/** The reference implementation's CPU miner, a device that takes standard jobs only, at our SV2 port. */
@Tag("interop")
@Timeout(180)
class MiningDeviceInteropTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int ENOUGH_SHARES = 10;
    private static final int ENOUGH_TIPS = 3;

    @RegisterExtension
    final ReferenceProcesses processes = new ReferenceProcesses();

    @TempDir
    Path home;

    private SluiceFarm farm;

    @AfterEach
    void stop() {
        if (farm != null) {
            farm.close();
        }
    }

    @ParameterizedTest(name = "at our {0}")
    @EnumSource
    void sharesOfItsStandardChannelAreAcceptedAcrossTips(SluiceFarm.At at) throws Exception {
        ReferenceProgram.MINING_DEVICE.require();
        farm = new SluiceFarm(at, home);
        SluiceServer ours = farm.port();
        ReferenceProcess device = processes.start(
                ReferenceProgram.MINING_DEVICE,
                home,
                List.of(
                        "--address-pool",
                        ours.host() + ":" + ours.port(),
                        "--pubkey-pool",
                        ours.authorityKey(),
                        "--id-device",
                        "device-1",
                        "--id-user",
                        "farm.device1",
                        "--cores",
                        "1"));
        await("its shares, across tips")
                .atMost(PATIENCE)
                .until(() -> !device.isAlive()
                        || (ours.accepted(MinerProtocol.SV2_STANDARD) >= ENOUGH_SHARES
                                && ours.snapshot().chainTips() >= ENOUGH_TIPS
                                && device.log().contains("Received SubmitSharesSuccess")));
        assertThat(device.isAlive()).isTrue();
        farm.assertWorkWasTaken(MinerProtocol.SV2_STANDARD);
        assertThat(ours.snapshot().channels()).isEqualTo(1);
        assertThat(ours.workers()).containsExactly("farm.device1");
    }
}
