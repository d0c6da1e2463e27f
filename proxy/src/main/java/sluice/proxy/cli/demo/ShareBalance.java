package sluice.proxy.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sluice.proxy.miner.MinerReport;
import sluice.proxy.view.FarmSnapshot;

/**
 * What became of every share that the miners sent: {@code sent = accepted + rejected + unforwardable}, where each side is
 * counted by somebody else. It holds where pools ask no more of a share than the gateway asks of its miners, so that each
 * share that is good for the gateway is due at a pool.
 *
 * @param sent counted by the miners themselves: every share they submitted
 * @param accepted by a pool, as the gateway heard it
 * @param rejectedByGateway refused to the miner for another reason than being stale
 * @param staleAtGateway refused to the miner because its job was over
 * @param rejectedByPools refused by a pool for another reason than being stale
 * @param staleAtPools refused by a pool because its job was over
 * @param withoutUpstream good, but there was nowhere to send them
 * @param lostWithPool sent up, but their pool was lost before it answered
 * @param easierThanUpstream good, but not due upstream: of solo mining, where a block is the only share that is
 */
record ShareBalance(
        long sent,
        long accepted,
        long rejectedByGateway,
        long staleAtGateway,
        long rejectedByPools,
        long staleAtPools,
        long withoutUpstream,
        long lostWithPool,
        long easierThanUpstream) {

    /** Where each share that is good for the gateway is due upstream. */
    static ShareBalance of(List<MinerReport> miners, FarmSnapshot gateway) {
        return of(miners, gateway, 0);
    }

    /** Where there was solo mining for a while. */
    static ShareBalance withSoloMining(List<MinerReport> miners, FarmSnapshot gateway) {
        FarmSnapshot.Upstream upstream = gateway.upstream();
        return of(
                miners, gateway, gateway.allDownstream().accepted() - upstream.forwarded() - upstream.unforwardable());
    }

    private static ShareBalance of(List<MinerReport> miners, FarmSnapshot gateway, long easierThanUpstream) {
        FarmSnapshot.Shares downstream = gateway.allDownstream();
        FarmSnapshot.Upstream upstream = gateway.upstream();
        return new ShareBalance(
                miners.stream().mapToLong(MinerReport::sharesSent).sum(),
                upstream.accepted(),
                downstream.rejected(),
                downstream.stale(),
                upstream.rejected(),
                upstream.stale(),
                upstream.unforwardable(),
                upstream.unanswered(),
                easierThanUpstream);
    }

    long rejected() {
        return rejectedByGateway + staleAtGateway + rejectedByPools + staleAtPools;
    }

    long unforwardable() {
        return withoutUpstream + lostWithPool;
    }

    /** Shares of which nobody says what became of them; below 0 where something was counted twice. */
    long missing() {
        return sent - accepted - rejected() - unforwardable() - easierThanUpstream;
    }

    Map<String, Object> values() {
        return DemoReport.ordered(
                "sent", sent,
                "accepted", accepted,
                "rejected", rejected(),
                "unforwardable", unforwardable(),
                "missing", missing(),
                "rejected_by_gateway", rejectedByGateway,
                "stale_at_gateway", staleAtGateway,
                "rejected_by_pools", rejectedByPools,
                "stale_at_pools", staleAtPools,
                "without_upstream", withoutUpstream,
                "lost_with_pool", lostWithPool,
                "easier_than_upstream", easierThanUpstream);
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "  %d shares sent by the miners = %d accepted by pools + %d rejected (%d stale) + %d unforwardable"
                        + " (%d lost with a pool) + %d of solo mining that are no block; %d missing%n",
                sent,
                accepted,
                rejected(),
                staleAtGateway + staleAtPools,
                unforwardable(),
                lostWithPool,
                easierThanUpstream,
                missing());
    }

    List<String> failures() {
        List<String> failures = new ArrayList<>();
        if (sent == 0) {
            failures.add("the miners sent no share");
        }
        if (missing() > 0) {
            failures.add("nobody knows what became of " + missing() + " shares");
        } else if (missing() < 0) {
            failures.add(-missing() + " shares were counted twice");
        }
        return failures;
    }
}
