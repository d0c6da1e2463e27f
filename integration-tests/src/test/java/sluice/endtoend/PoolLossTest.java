package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.endtoend.netty.BufferLeaks;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.SetExtranoncePrefix;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.protocol.sv2.message.mining.UpdateChannelError;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.miner.MinerProtocol;
import sluice.proxy.miner.MinerReport;
import sluice.proxy.view.FarmSnapshot;

/** A pool that is not what it should be, or not there: the miners stay, and every share is accounted for. */
class PoolLossTest {
    @TempDir
    private Path directory;

    @Test
    void aPoolWithAnotherAuthorityIsNamedWithBothKeysWhileMinersAreAnswered() throws Exception {
        AuthorityKey configured = Farm.freshKey().publicKey(Secp256k1.best());
        try (Farm farm = new Farm(directory, Farm.Plan.steady(), Optional.of(configured));
                RawSv2Miner sv2 = RawSv2Miner.setUp(farm.gateway())) {
            await().until(() -> losses(farm).size() >= 3);
            assertThat(losses(farm)).allSatisfy(loss -> {
                assertThat(loss.step()).isEqualTo("HANDSHAKE");
                assertThat(loss.reason())
                        .contains("authority", configured.text())
                        .containsPattern("static key is [0-9a-f]{64}");
            });

            try (RawSv1Miner sv1 = new RawSv1Miner(farm.gateway().address())) {
                assertThat(sv1.login("early.bird")).hasSize(8);
                assertThat(sv1.ask("mining.ping", "[]").path("error").isNull()).isTrue();
                assertThat(sv1.otherPushes()).doesNotContain("mining.notify");
                sv2.send(new UpdateChannel(99, 1f, Target.MAX));
                assertThat(sv2.receive(UpdateChannelError.class).errorCode())
                        .isEqualTo(MiningErrorCode.INVALID_CHANNEL_ID);
                assertThat(farm.seen().upstream().connected()).isFalse();
                assertThat(farm.seen().connections()).isEqualTo(2);
            }
        }
        BufferLeaks.assertNone();
    }

    @Test
    void minersStayAndMineOnWhenThePoolGoesAndReturns() throws Exception {
        try (Farm farm = new Farm(directory, Farm.Plan.steady());
                HonestMiners miners = new HonestMiners(farm.gateway(), 1e5);
                RawSv1Miner sv1 = new RawSv1Miner(farm.gateway().address());
                RawSv2Miner sv2 = RawSv2Miner.setUp(farm.gateway())) {
            String extranonce1 = sv1.login("watcher");
            miners.awaitAccepted(3);
            sv1.push("mining.notify");
            sv2.openExtended();
            sv2.receive(SetNewPrevHash.class);

            farm.stopPool();
            await().until(() -> !farm.seen().upstream().connected());
            long acceptedByFirst = farm.seen().upstream().accepted();
            miners.awaitAccepted(3);
            await().until(() -> farm.seen().upstream().unforwardable() > 0);

            farm.restartPool();
            await().until(() -> farm.seen().upstream().connected());
            awaitCleanJob(sv1);
            await().until(() -> farm.seen().upstream().accepted() >= acceptedByFirst + 6);
            miners.awaitAccepted(3);

            assertThat(sv1.ask("mining.subscribe", "[]").path("result").path(1).asString())
                    .isEqualTo(extranonce1);
            assertThat(sv1.otherPushes()).doesNotContain("mining.set_extranonce", "client.reconnect");
            sv2.receive(SetNewPrevHash.class);
            assertThat(sv2.heard())
                    .doesNotHaveAnyElementsOfTypes(SetExtranoncePrefix.class, CloseChannel.class, Reconnect.class);
            Map<MinerProtocol, MinerReport> reports = miners.drain();
            await().until(() -> owed(farm.seen()) == 0);
            FarmSnapshot gateway = farm.seen();
            assertThat(gateway.disconnects()).isEmpty();
            assertThat(farm.events().all(GatewayEvent.ChannelClosed.class)).isEmpty();
            assertThat(farm.events().all(GatewayEvent.MiningPoolConnected.class))
                    .hasSize(2);
            assertThat(gateway.upstream().rejected()).isZero();
            long accepted = 0;
            for (MinerReport report : reports.values()) {
                assertThat(report.connections()).isEqualTo(1);
                assertThat(report.rejectedByReason()).isEmpty();
                accepted += report.accepted();
            }
            assertThat(gateway.allDownstream().accepted()).isEqualTo(accepted);
            assertThat(gateway.upstream().forwarded() + gateway.upstream().unforwardable())
                    .as("one difficulty everywhere: every good share goes up or is counted as not going")
                    .isEqualTo(accepted);
            assertThat(farm.gateway().lostEvents()).isZero();
        }
        BufferLeaks.assertNone();
    }

    /** Waits for a job of another tip; the one of before may have been repeated meanwhile. */
    private static void awaitCleanJob(RawSv1Miner miner) throws IOException {
        boolean clean = false;
        while (!clean) {
            clean = miner.push("mining.notify").path("params").path(8).asBoolean();
        }
    }

    private static long owed(FarmSnapshot gateway) {
        return gateway.upstream().verdictLag() - gateway.upstream().unanswered();
    }

    private static List<GatewayEvent.MiningPoolDisconnected> losses(Farm farm) {
        return farm.events().all(GatewayEvent.MiningPoolDisconnected.class);
    }
}
