package sluice.endtoend;

import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import sluice.config.IdentityMode;
import sluice.config.PoolAddress;
import sluice.config.PoolConfig;
import sluice.config.Sv1PoolAddress;
import sluice.config.VardiffConfig;
import sluice.protocol.bitcoin.Difficulty;
import sluice.proxy.goal.UpstreamPlan;
import sluice.proxy.netty.PoolUpstream;
import sluice.upstream.session.PoolPatience;

/** A pool as an upstream of an {@link EdgeGateway}; every method answers a copy in which one thing is another. */
record EdgeUpstream(
        String name, PoolConfig pool, IdentityMode identity, int aggregation, boolean warm, PoolPatience patience) {
    static final String USER = "farm.edge";

    /** The pool under its own name, all miners on one connection that stands only while it is used. */
    static EdgeUpstream of(ScriptedSv2Pool pool) {
        return at(pool.name(), pool.address());
    }

    static EdgeUpstream of(String name, RehashingSv1Pool pool) {
        return at(name, new Sv1PoolAddress(InetAddress.getLoopbackAddress().getHostAddress(), pool.port(), false));
    }

    private static EdgeUpstream at(String name, PoolAddress address) {
        return new EdgeUpstream(
                name,
                new PoolConfig(address, USER, RehashingSv1Pool.PASSWORD),
                IdentityMode.GATEWAY,
                0,
                false,
                PoolPatience.DEFAULT);
    }

    /** Connected and with a job also while another is used. */
    EdgeUpstream kept() {
        return new EdgeUpstream(name, pool, identity, aggregation, true, patience);
    }

    EdgeUpstream under(String user) {
        return new EdgeUpstream(
                name, new PoolConfig(pool.address(), user, pool.password()), identity, aggregation, warm, patience);
    }

    EdgeUpstream naming(IdentityMode miners) {
        return new EdgeUpstream(name, pool, miners, aggregation, warm, patience);
    }

    EdgeUpstream aggregating(int mostMiners) {
        return new EdgeUpstream(name, pool, identity, mostMiners, warm, patience);
    }

    /** Left when no job comes for so long. */
    EdgeUpstream waitingForJobs(Duration noJob) {
        return new EdgeUpstream(
                name, pool, identity, aggregation, warm, new PoolPatience(noJob, patience.onlyRejects()));
    }

    /** Left when it only rejects for so long. */
    EdgeUpstream bearingRejects(Duration onlyRejects) {
        return new EdgeUpstream(
                name, pool, identity, aggregation, warm, new PoolPatience(patience.noJob(), onlyRejects));
    }

    UpstreamPlan plan(VardiffConfig vardiff, InstantSource clock) {
        return new UpstreamPlan(
                new PoolUpstream(
                        name,
                        pool,
                        identity == IdentityMode.PER_SHARE,
                        Difficulty.targetOf(vardiff.startDifficulty()),
                        patience,
                        "test",
                        clock),
                identity,
                aggregation,
                warm);
    }
}
