package sluice.proxy.session;

import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;

/** One channel's accepted shares that wait for their SubmitShares.Success (SV2 5.3.13). Confined to the session. */
final class Sv2ShareBatch {
    /** So many shares are acknowledged at once. */
    static final int LIMIT = 10;

    private int count;
    private long lastSequence;
    // Keeps what the whole numbers of earlier messages left over, so that difficulties below 1 add up too.
    private double work;

    /** Takes a share up; true if the batch is full now. */
    boolean add(long sequence, double difficulty) {
        count++;
        lastSequence = sequence;
        work += difficulty;
        return count >= LIMIT;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Acknowledges what was added since the last call. */
    SubmitSharesSuccess take(long channelId) {
        long sum = (long) work;
        SubmitSharesSuccess success = new SubmitSharesSuccess(channelId, lastSequence, count, sum);
        work -= sum;
        count = 0;
        return success;
    }
}
