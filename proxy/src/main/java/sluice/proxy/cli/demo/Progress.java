package sluice.proxy.cli.demo;

import sluice.proxy.netty.Gateway;
import sluice.proxy.view.FarmSnapshot;

/** Tells people now and then how a gateway is doing. */
final class Progress {
    private final Gateway gateway;
    private final Stage stage;
    private FarmSnapshot before;
    private long beforeNanos;

    Progress(Gateway gateway, Stage stage) {
        this.gateway = gateway;
        this.stage = stage;
        this.before = gateway.snapshot();
        this.beforeNanos = System.nanoTime();
    }

    void show() {
        FarmSnapshot now = gateway.snapshot();
        long nowNanos = System.nanoTime();
        FarmSnapshot.Shares all = now.allDownstream();
        stage.say(
                "%3d miners  %12s  shares %d accepted, %d rejected, %d stale  pool %d accepted  blocks %d  tips %d"
                        + "  job latency %.2f ms",
                now.channels(),
                FarmSummary.hashrate(all.work() - before.allDownstream().work(), (nowNanos - beforeNanos) / 1e9),
                all.accepted(),
                all.rejected(),
                all.stale(),
                now.upstream().accepted(),
                now.blocksFound(),
                now.chainTips(),
                now.delivery().last().toNanos() / 1e6);
        before = now;
        beforeNanos = nowNanos;
    }
}
