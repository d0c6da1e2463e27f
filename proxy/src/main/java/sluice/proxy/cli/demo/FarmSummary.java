package sluice.proxy.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.view.FarmSnapshot;

/**
 * What the farm mined, by the gateway's own counts, and what the chains made of the blocks.
 *
 * @param gateway the farm-edge gateway at the end
 * @param blocksAccepted by the chains of all pools
 * @param asked protocols that had miners
 * @param lostEvents events of the gateway that no count has seen
 */
record FarmSummary(
        Duration duration, FarmSnapshot gateway, long blocksAccepted, List<MinerProtocol> asked, long lostEvents)
        implements DemoReport {
    /** Work of difficulty 1 is this many hashes. */
    static final double HASHES_PER_DIFFICULTY = 4_294_967_296.0;

    @Override
    public Map<String, Object> values() {
        Map<String, Object> downstream = new LinkedHashMap<>();
        for (MinerProtocol protocol : MinerProtocol.values()) {
            FarmSnapshot.Shares shares = gateway.downstream().get(protocol);
            downstream.put(
                    protocol.name().toLowerCase(Locale.ROOT),
                    DemoReport.ordered(
                            "accepted", shares.accepted(),
                            "rejected", shares.rejected(),
                            "stale", shares.stale()));
        }
        FarmSnapshot.Upstream upstream = gateway.upstream();
        return DemoReport.ordered(
                "duration_s", seconds(),
                "downstream", downstream,
                "upstream",
                        DemoReport.ordered(
                                "accepted", upstream.accepted(),
                                "rejected", upstream.rejected(),
                                "stale", upstream.stale(),
                                "work_accepted", upstream.workAccepted()),
                "blocks_found", gateway.blocksFound(),
                "blocks_accepted", blocksAccepted,
                "verdict_lag_shares", upstream.verdictLag(),
                "jobs", gateway.jobs(),
                "chain_tips", gateway.chainTips());
    }

    @Override
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%nMined for %.1f s.%n", seconds()));
        text.append(String.format(
                Locale.ROOT, "  %-14s %10s %10s %8s %14s%n", "miners", "accepted", "rejected", "stale", "hashrate"));
        for (MinerProtocol protocol : MinerProtocol.values()) {
            FarmSnapshot.Shares shares = gateway.downstream().get(protocol);
            text.append(String.format(
                    Locale.ROOT,
                    "  %-14s %10d %10d %8d %14s%n",
                    protocol.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    shares.accepted(),
                    shares.rejected(),
                    shares.stale(),
                    hashrate(shares.work(), seconds())));
        }
        FarmSnapshot.Upstream upstream = gateway.upstream();
        text.append(String.format(
                Locale.ROOT,
                "  %-14s %10d %10d %8d %14s%n",
                "to the pool",
                upstream.accepted(),
                upstream.rejected(),
                upstream.stale(),
                hashrate(upstream.workAccepted(), seconds())));
        text.append(String.format(
                Locale.ROOT,
                "  %d shares without a verdict; %d blocks found, %d accepted by the chain; %d jobs, %d chain tips%n",
                upstream.verdictLag(),
                gateway.blocksFound(),
                blocksAccepted,
                gateway.jobs(),
                gateway.chainTips()));
        FarmSnapshot.Delivery delivery = gateway.delivery();
        text.append(String.format(
                Locale.ROOT,
                "  a job reached the last miner's socket in %.2f ms on average, %.2f ms at worst%n",
                delivery.mean().toNanos() / 1e6,
                delivery.worst().toNanos() / 1e6));
        return text.toString();
    }

    @Override
    public List<String> failures() {
        List<String> failures = new ArrayList<>(unminedFailures());
        if (gateway.upstream().verdictLag() != 0) {
            failures.add(gateway.upstream().verdictLag() + " shares have no verdict from the pool");
        }
        return failures;
    }

    /** Failures that are none where only a share's verdict was lost with its pool. */
    List<String> unminedFailures() {
        List<String> failures = new ArrayList<>();
        for (MinerProtocol protocol : asked) {
            if (gateway.downstream().get(protocol).accepted() == 0) {
                failures.add("no share of a " + protocol + " miner was accepted");
            }
        }
        if (gateway.upstream().accepted() == 0) {
            failures.add("the pool accepted no share");
        }
        if (gateway.upstream().rejected() > 0) {
            failures.add("the pool rejected " + gateway.upstream().rejected() + " shares");
        }
        if (lostEvents > 0) {
            failures.add(lostEvents + " events were lost, so the counts are too low");
        }
        return failures;
    }

    static String hashrate(double work, double seconds) {
        double rate = seconds <= 0 ? 0 : work * HASHES_PER_DIFFICULTY / seconds;
        String[] units = {"H/s", "kH/s", "MH/s", "GH/s", "TH/s"};
        int unit = 0;
        while (rate >= 1000 && unit < units.length - 1) {
            rate /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.2f %s", rate, units[unit]);
    }

    private double seconds() {
        return duration.toMillis() / 1000.0;
    }
}
