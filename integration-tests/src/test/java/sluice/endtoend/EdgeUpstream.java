package sluice.endtoend;

import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import sluice.config.FailoverConfig;
import sluice.config.IdentityMode;
import sluice.config.PoolAddress;
import sluice.config.PoolConfig;
import sluice.config.Sv1Config;
import sluice.config.Sv1PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.proxy.goal.UpstreamPlan;
import sluice.proxy.netty.PoolUpstream;
import sluice.upstream.session.PayoutCheck;
import sluice.upstream.session.PoolPatience;

/** A pool as an upstream of an {@link EdgeGateway}; every method answers a copy in which one thing is another. */
public record EdgeUpstream(
        String name,
        PoolConfig pool,
        IdentityMode identity,
        int aggregation,
        boolean warm,
        PoolPatience patience,
        PayoutCheck payout) {
    static final String USER = "farm.edge";

    /** The pool under its own name, all miners on one connection that stands only while it is used. */
    static EdgeUpstream of(ScriptedSv2Pool pool) {
        return at(pool.name(), pool.address());
    }

    public static EdgeUpstream of(String name, RehashingSv1Pool pool) {
        return at(name, new Sv1PoolAddress(InetAddress.getLoopbackAddress().getHostAddress(), pool.port(), false));
    }

    private static EdgeUpstream at(String name, PoolAddress address) {
        return new EdgeUpstream(
                name,
                new PoolConfig(address, USER, RehashingSv1Pool.PASSWORD),
                IdentityMode.GATEWAY,
                0,
                false,
                PoolPatience.DEFAULT,
                PayoutCheck.NONE);
    }

    /** Connected and with a job also while another is used. */
    EdgeUpstream kept() {
        return new EdgeUpstream(name, pool, identity, aggregation, true, patience, payout);
    }

    EdgeUpstream under(String user) {
        return new EdgeUpstream(
                name,
                new PoolConfig(pool.address(), user, pool.password()),
                identity,
                aggregation,
                warm,
                patience,
                payout);
    }

    EdgeUpstream naming(IdentityMode miners) {
        return new EdgeUpstream(name, pool, miners, aggregation, warm, patience, payout);
    }

    EdgeUpstream aggregating(int mostMiners) {
        return new EdgeUpstream(name, pool, identity, mostMiners, warm, patience, payout);
    }

    /** Left when no job comes for so long. */
    EdgeUpstream waitingForJobs(Duration noJob) {
        return new EdgeUpstream(
                name, pool, identity, aggregation, warm, new PoolPatience(noJob, patience.onlyRejects()), payout);
    }

    /** Left when it only rejects for so long. */
    EdgeUpstream bearingRejects(Duration onlyRejects) {
        return new EdgeUpstream(
                name, pool, identity, aggregation, warm, new PoolPatience(patience.noJob(), onlyRejects), payout);
    }

    /** Its jobs must pay this script, or it is left. */
    EdgeUpstream paying(Bytes script) {
        return new EdgeUpstream(
                name, pool, identity, aggregation, warm, patience, new PayoutCheck(List.of(script), 0, true));
    }

    UpstreamPlan plan(VardiffConfig vardiff, Sv1Config sv1, InstantSource clock) {
        PoolUpstream configured = PoolUpstream.of(
                new UpstreamConfig(name, pool, identity, aggregation, warm),
                new PoolUpstream.Common(vardiff, FailoverConfig.DEFAULT, sv1, "test", clock));
        return new UpstreamPlan(withPatience(configured), identity, aggregation, warm);
    }

    // No operator may write so little patience, because no real pool is so quick.
    private PoolUpstream withPatience(PoolUpstream configured) {
        return new PoolUpstream(
                configured.name(),
                configured.pool(),
                configured.namesPerShare(),
                configured.firstWanted(),
                patience,
                payout,
                configured.leastExtranonce2Size(),
                configured.softwareVersion(),
                configured.clock());
    }
}
