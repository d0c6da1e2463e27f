package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import sluice.config.FailoverConfig;
import sluice.config.IdentityMode;
import sluice.config.LimitsConfig;
import sluice.config.PoolConfig;
import sluice.config.Sv1Config;
import sluice.config.UpstreamConfig;
import sluice.config.VardiffConfig;
import sluice.endtoend.netty.BufferLeaks;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.PoolUpstream;
import sluice.proxy.view.FarmSnapshot;

/** A gateway on loopback in front of a scripted pool, and the watched miners behind it. */
final class EdgeGateway implements AutoCloseable {
    static final String USER = "farm.edge";

    private static final int LOOPS = 2;

    private final EventRecorder events = new EventRecorder();
    private final List<WatchedMiner> miners = new ArrayList<>();
    private final Gateway gateway;

    /** What may differ between gateways. {@link #EASY} has one difficulty, so that every good share also goes to the pool. */
    record Plan(VardiffConfig vardiff, LimitsConfig limits, Sv1Config sv1, InstantSource clock) {
        static final Plan EASY = new Plan(
                new VardiffConfig(false, 60, PoolScript.EASY, PoolScript.EASY),
                LimitsConfig.DEFAULT,
                Sv1Config.DEFAULT,
                InstantSource.system());

        Plan with(Sv1Config other) {
            return new Plan(vardiff, limits, other, clock);
        }

        Plan with(VardiffConfig other) {
            return new Plan(other, limits, sv1, clock);
        }

        Plan with(InstantSource other) {
            return new Plan(vardiff, limits, sv1, other);
        }
    }

    EdgeGateway(Path directory, Plan plan, ScriptedSv2Pool pool) throws IOException {
        BufferLeaks.watch();
        gateway = Gateway.start(
                new GatewaySettings(
                        "edge",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Farm.freshKey(),
                        plan.vardiff(),
                        plan.limits(),
                        plan.sv1(),
                        directory,
                        LOOPS),
                PoolUpstream.of(
                        new UpstreamConfig(new PoolConfig(pool.address(), USER), IdentityMode.GATEWAY),
                        new PoolUpstream.Common(plan.vardiff(), FailoverConfig.DEFAULT, "test", plan.clock())),
                plan.clock(),
                List.of(events));
    }

    /** An SV1 miner that is logged in. */
    WatchedSv1Miner sv1(String user) throws IOException {
        return keep(WatchedSv1Miner.login(gateway.address(), user));
    }

    /** An SV1 miner that has asked to be logged in. */
    WatchedSv1Miner sv1Asking(String user) throws IOException {
        return keep(WatchedSv1Miner.start(gateway.address(), user));
    }

    /** An SV2 miner whose channel is open. */
    WatchedSv2Miner sv2(String user) throws IOException {
        return keep(WatchedSv2Miner.login(gateway.address(), gateway.authorityKey(), user));
    }

    /** An SV2 miner that has asked for its channel. */
    WatchedSv2Miner sv2Asking(String user) throws IOException {
        return keep(WatchedSv2Miner.start(gateway.address(), gateway.authorityKey(), user));
    }

    private <M extends WatchedMiner> M keep(M miner) {
        miners.add(miner);
        return miner;
    }

    /** All miners that were ever connected. */
    List<WatchedMiner> miners() {
        return List.copyOf(miners);
    }

    Gateway gateway() {
        return gateway;
    }

    InetSocketAddress address() {
        return gateway.address();
    }

    EventRecorder events() {
        return events;
    }

    FarmSnapshot seen() throws InterruptedException {
        return gateway.settledSnapshot();
    }

    /** Waits until the upstream's channel is open. */
    void awaitPool() {
        await("the pool").until(() -> seen().upstream().connected());
    }

    /** Waits until it has noticed that its upstream is gone. */
    void awaitNoPool() {
        await("the loss of the pool").until(() -> !seen().upstream().connected());
    }

    /** Every upstream connection or attempt that ended. */
    List<GatewayEvent.MiningPoolDisconnected> losses() {
        return events.all(GatewayEvent.MiningPoolDisconnected.class);
    }

    /** Waits until so many upstream connections or attempts have ended; answers the last. */
    GatewayEvent.MiningPoolDisconnected awaitLosses(int count) {
        await(count + " losses of the pool").until(() -> losses().size() >= count);
        return losses().getLast();
    }

    /**
     * Asserts that no share was lost or counted twice between these miners, all there are and none of which is mining now,
     * the gateway and these pools. Holds where there is one difficulty, so that every good share goes up.
     */
    void assertBooksBalance(Collection<ScriptedSv2Pool> pools) throws InterruptedException {
        await("verdicts of the pools").until(() -> {
            FarmSnapshot.Upstream up = seen().upstream();
            return up.verdictLag() == up.unanswered();
        });
        FarmSnapshot seen = seen();
        FarmSnapshot.Upstream up = seen.upstream();
        int sent = miners.stream().mapToInt(WatchedMiner::sent).sum();
        int accepted = miners.stream().mapToInt(WatchedMiner::accepted).sum();
        int rejected = miners.stream()
                .flatMap(miner -> miner.rejected().values().stream())
                .mapToInt(Integer::intValue)
                .sum();
        FarmSnapshot.Shares down = seen.allDownstream();
        assertThat(accepted + rejected).as("each share has one verdict").isEqualTo(sent);
        assertThat(down.accepted())
                .as("what miners were told is what was counted")
                .isEqualTo(accepted);
        assertThat(down.rejected() + down.stale()).isEqualTo(rejected);
        assertThat(up.forwarded() + up.unforwardable())
                .as("every good share goes up or is counted as not going")
                .isEqualTo(accepted);
        long judged = 0;
        long good = 0;
        for (ScriptedSv2Pool pool : pools) {
            judged += pool.shares().size();
            good += pool.goodShares();
        }
        assertThat(judged)
                .as("the pools have what was sent, but for what its loss swallowed")
                .isBetween(up.forwarded() - up.unanswered(), up.forwarded());
        assertThat(good).as("the pools accepted what we say").isBetween(up.accepted(), up.accepted() + up.unanswered());
        assertThat(gateway.lostEvents()).isZero();
    }

    @Override
    public void close() {
        miners.forEach(WatchedMiner::close);
        gateway.close();
    }
}
