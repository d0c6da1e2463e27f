package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;
import static sluice.endtoend.Patience.stays;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.config.Sv1Config;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.UpdateChannel;

/** What the reference implementation's own tests ask of a translator, at one pool: opening channels, jobs, shares. */
class TranslatorScenariosTest extends ScriptedPoolScenario {
    @Test
    void sv1IsTranslatedToSv2Successfully() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        WatchedMiner miner = gateway.sv1("alice.rig1");

        miner.mine(3);

        pool.awaitGoodShares(3);
        assertThat(pool.conversation())
                .startsWith("SetupConnection", "OpenExtendedMiningChannel")
                .endsWith("SubmitSharesExtended");
        miner.assertUndisturbed();
        gateway.assertBooksBalance(List.of(pool));
    }

    @Test
    void sv2MinersAreServedBesideSv1Miners() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);

        WatchedMiner.mineAll(List.of(gateway.sv1("alice"), gateway.sv2("bob")), 3);

        pool.awaitGoodShares(6);
        gateway.miners().forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(pool));
    }

    @Test
    void theChannelIsOpenedUnderTheIdentityOfTheUpstream() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);

        gateway.sv1("alice").mine(1);

        assertThat(pool.heard(OpenExtendedMiningChannel.class))
                .extracting(OpenExtendedMiningChannel::userIdentity)
                .containsExactly(EdgeUpstream.USER);
    }

    @Test
    void aKeepaliveJobIsSentAndItsShareReachesThePoolUnderTheOriginalJobId() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        Sv1Config impatient = new Sv1Config(Sv1Config.DEFAULT.versionMask(), Duration.ofSeconds(1));
        EdgeGateway gateway = gatewayTo(pool, EdgeGateway.Plan.EASY.with(impatient));
        WatchedMiner miner = gateway.sv1("alice");
        miner.awaitJobs(2);
        MinerWork first = miner.jobs().getFirst();
        MinerWork repeated = miner.jobs().get(1);
        miner.mine(first, 1);
        miner.mine(repeated, 1);

        assertThat(repeated.jobId()).isNotEqualTo(first.jobId());
        assertThat(repeated.cleanJobs()).isFalse();
        assertThat(repeated.prevHashHex()).isEqualTo(first.prevHashHex());
        pool.awaitGoodShares(pool.currentJob(), 2);
        miner.assertUndisturbed();
    }

    @Test
    void noUpdateChannelIsSentBeforeTheChannelOpens() throws Exception {
        ScriptedSv2Pool pool = pool("A", PoolScript.GOOD.open(PoolScript.Reply.NONE));
        EdgeGateway gateway = gatewayTo(pool);
        pool.awaitHeard(OpenExtendedMiningChannel.class, 1);

        gateway.sv1("alice");
        // Longer than a route waits to tell a changed demand.
        stays(
                "no UpdateChannel",
                Duration.ofMillis(1500),
                () -> pool.heard(UpdateChannel.class).isEmpty());
        pool.grantUnanswered();

        assertThat(pool.awaitHeard(UpdateChannel.class, 1))
                .last()
                .satisfies(update -> assertThat(update.nominalHashRate()).isPositive());
        gateway.miners().getFirst().mine(1);
        pool.awaitGoodShares(1);
    }

    @Test
    void aSingleChannelIsOpenedForManyMiners() throws Exception {
        ScriptedSv2Pool pool = pool("A", PoolScript.GOOD.open(PoolScript.Reply.NONE));
        EdgeGateway gateway = gatewayTo(pool);
        pool.awaitHeard(OpenExtendedMiningChannel.class, 1);
        for (int i = 0; i < 10; i++) {
            gateway.sv1("early" + i);
        }
        pool.grantUnanswered();
        for (int i = 0; i < 5; i++) {
            gateway.sv1("late" + i);
            gateway.sv2("modern" + i);
        }

        WatchedMiner.mineAll(gateway.miners(), 1);

        pool.awaitGoodShares(20);
        assertThat(pool.heard(OpenExtendedMiningChannel.class)).hasSize(1);
        assertThat(pool.connections()).isEqualTo(1);
        gateway.assertBooksBalance(List.of(pool));
    }

    @Test
    void aMinerThatJoinsBetweenAFutureJobAndItsTipGetsTheRightJobs() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        gateway.sv1("early").awaitJob();
        long before = pool.currentJob();
        long future = pool.announceFuture();
        await("the future job").until(() -> gateway.seen().jobs() == 2);

        List<WatchedMiner> joined = List.of(gateway.sv1("alice"), gateway.sv2("bob"));
        WatchedMiner.mineAll(joined, 1);
        pool.awaitGoodShares(before, 2);

        pool.activate(future);
        joined.forEach(miner -> miner.awaitTips(2));
        WatchedMiner.mineAll(joined, 1);
        pool.awaitGoodShares(future, 2);
        joined.forEach(WatchedMiner::assertUndisturbed);
    }

    @Test
    void severalGatewaysWorkAtOnePool() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        List<EdgeGateway> gateways = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            EdgeGateway gateway = gatewayTo(pool);
            gateway.sv1("alice").awaitJob();
            gateway.sv2("bob").awaitJob();
            gateways.add(gateway);
        }
        pool.awaitChannels(3);
        assertThat(pool.prefixes()).hasSize(3);

        pool.newTip();
        for (EdgeGateway gateway : gateways) {
            gateway.miners().forEach(miner -> miner.awaitTips(2));
            WatchedMiner.mineAll(gateway.miners(), 3);
        }

        pool.awaitGoodShares(18);
        assertThat(pool.faults()).isEmpty();
    }

    @Test
    void idleTcpClientsDoNotKeepMinersOut() throws Exception {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        List<RawConnection> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                idle.add(new RawConnection(gateway.address()));
            }
            await("idle clients").until(() -> gateway.seen().connections() == idle.size());

            gateway.sv1("alice").mine(1);
            gateway.sv2("bob").mine(1);

            pool.awaitGoodShares(2);
        } finally {
            for (RawConnection connection : idle) {
                connection.close();
            }
        }
    }

    @Test
    void aMinerThatClosesItsConnectionLeavesTheOthersAlone() throws IOException {
        ScriptedSv2Pool pool = pool("A");
        EdgeGateway gateway = gatewayTo(pool);
        WatchedMiner leaving = gateway.sv1("leaving");
        WatchedMiner staying = gateway.sv1("staying");
        leaving.mine(1);

        leaving.close();
        await("its end").until(() -> gateway.seen().connections() == 1);
        pool.newTip();
        staying.awaitTips(2);
        staying.mine(1);

        pool.awaitGoodShares(2);
        staying.assertUndisturbed();
    }
}
