package sluice.proxy.miner;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a miner has done so far. Every share found is accepted, rejected, stale, discarded, unanswered or outstanding.
 *
 * @param hashesPerSecond while it was searching, all threads together
 * @param connections servers' answers that took us as a miner
 * @param disconnects how many of these connections have ended
 * @param extranonceChanges how often we were given another part of the extranonce than before
 * @param jobs jobs mined
 * @param chainTips jobs of these that came with another previous block
 * @param sharesFound hashes that met their work's target
 * @param rejectedByReason the server's own words to a count, without stale shares
 * @param stale refused by the server because the job was over
 * @param discarded found for work that had ended, and not sent
 * @param unanswered sent, but the connection ended before the verdict
 * @param outstanding sent, verdict to come
 * @param blocks shares sent that met the network's target
 * @param lastLoss why the last connection ended; empty while one stands
 */
public record MinerReport(
        double hashesPerSecond,
        long hashes,
        long connections,
        long disconnects,
        long extranonceChanges,
        long jobs,
        long chainTips,
        long sharesFound,
        long accepted,
        SortedMap<String, Long> rejectedByReason,
        long stale,
        long discarded,
        long unanswered,
        int outstanding,
        long blocks,
        String lastLoss) {
    public MinerReport {
        rejectedByReason = Collections.unmodifiableSortedMap(new TreeMap<>(rejectedByReason));
    }

    /** Refused by the server for other reasons than staleness. */
    public long rejected() {
        return rejectedByReason.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Shares sent to a server, whatever became of them. */
    public long sharesSent() {
        return sharesFound - discarded;
    }

    /** The same counts with newer measurements. */
    public MinerReport measured(double newHashesPerSecond, long newHashes) {
        return new MinerReport(
                newHashesPerSecond,
                newHashes,
                connections,
                disconnects,
                extranonceChanges,
                jobs,
                chainTips,
                sharesFound,
                accepted,
                rejectedByReason,
                stale,
                discarded,
                unanswered,
                outstanding,
                blocks,
                lastLoss);
    }
}
