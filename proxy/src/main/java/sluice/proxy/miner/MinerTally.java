package sluice.proxy.miner;

import java.util.SortedMap;
import java.util.TreeMap;

/** Folds a miner's events into its counts. Confined to the connection's loop. */
public final class MinerTally {
    /** Most different reasons kept apart; a server that invents more finds them under {@link #OTHER_REASONS}. */
    public static final int MAX_REASONS = 32;

    public static final String OTHER_REASONS = "other reasons";

    /** Longest reason kept, in characters. */
    static final int MAX_REASON_LENGTH = 80;

    private long connections;
    private boolean connected;
    private long disconnects;
    private ClientEvent.ExtranonceAssigned extranonce;
    private long extranonceChanges;
    private long jobs;
    private long chainTips;
    private long sent;
    private long blocks;
    private long accepted;
    private long stale;
    private long discarded;
    private long unanswered;
    private final SortedMap<String, Long> rejectedByReason = new TreeMap<>();
    private String lastLoss = "";

    public void add(ClientEvent event) {
        switch (event) {
            case ClientEvent.Ready() -> {
                connections++;
                connected = true;
                lastLoss = "";
            }
            case ClientEvent.ExtranonceAssigned assigned -> {
                extranonceChanges += extranonce == null || extranonce.equals(assigned) ? 0 : 1;
                extranonce = assigned;
            }
            case ClientEvent.JobStarted(boolean newTip) -> {
                jobs++;
                chainTips += newTip ? 1 : 0;
            }
            case ClientEvent.ShareSent(boolean isBlock) -> {
                sent++;
                blocks += isBlock ? 1 : 0;
            }
            case ClientEvent.ShareDiscarded() -> discarded++;
            case ClientEvent.SharesAccepted(long count) -> accepted += count;
            case ClientEvent.ShareRejected(String reason) -> rejectedByReason.merge(key(reason), 1L, Long::sum);
            case ClientEvent.ShareStale() -> stale++;
            case ClientEvent.SharesUnanswered(long count) -> unanswered += count;
            case ClientEvent.ConnectionLost(String reason) -> {
                disconnects += connected ? 1 : 0;
                connected = false;
                lastLoss = reason;
            }
        }
    }

    /** The counts so far, with what only the connection knows. */
    public MinerReport report(double hashesPerSecond, long hashes, int outstanding) {
        return new MinerReport(
                hashesPerSecond,
                hashes,
                connections,
                disconnects,
                extranonceChanges,
                jobs,
                chainTips,
                sent + discarded,
                accepted,
                rejectedByReason,
                stale,
                discarded,
                unanswered,
                outstanding,
                blocks,
                lastLoss);
    }

    private String key(String reason) {
        String key = reason.length() <= MAX_REASON_LENGTH ? reason : reason.substring(0, MAX_REASON_LENGTH);
        return rejectedByReason.containsKey(key) || rejectedByReason.size() < MAX_REASONS ? key : OTHER_REASONS;
    }
}
