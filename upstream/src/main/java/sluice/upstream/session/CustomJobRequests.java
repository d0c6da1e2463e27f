package sluice.upstream.session;

import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobError;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobSuccess;
import sluice.protocol.sv2.wire.WireText;

/** Custom jobs that a pool has still to answer (SV2 5.3.18), under its ids for them and ours. Confined to its session. */
final class CustomJobRequests {
    /** A pool that leaves as many unanswered is of no use: there is one for each template. */
    static final int MAX_UNANSWERED = 16;

    private final Sv2PoolOutbox outbox;
    private final Map<Long, Asked> unanswered = new LinkedHashMap<>();

    private record Asked(long callersId, Instant since) {}

    CustomJobRequests(Sv2PoolOutbox outbox) {
        this.outbox = outbox;
    }

    /** Another channel, or none: nothing is answered any more. */
    void restart() {
        unanswered.clear();
    }

    boolean isFull() {
        return unanswered.size() == MAX_UNANSWERED;
    }

    /** @param requestId on the wire, where the caller's may be taken already */
    void send(SetCustomMiningJob job, long channelId, long requestId, Instant now) {
        outbox.send(job.to(channelId, requestId));
        unanswered.put(requestId, new Asked(job.requestId(), now));
        if (unanswered.size() == 1) {
            outbox.setDeadline(PoolDeadline.CUSTOM_JOB, now);
        }
    }

    /** Says no to a job that the pool never sees. */
    void refuse(SetCustomMiningJob job, String errorCode) {
        outbox.answer(new CustomJobAnswer.Refused(job.requestId(), errorCode));
    }

    /** Whether it answers a request. */
    boolean take(SetCustomMiningJobSuccess success) {
        Asked asked = unanswered.remove(success.requestId());
        if (asked != null) {
            outbox.answer(new CustomJobAnswer.Taken(asked.callersId(), success.jobId()));
        }
        return asked != null;
    }

    /** Whether it answers a request. */
    boolean take(SetCustomMiningJobError error) {
        Asked asked = unanswered.remove(error.requestId());
        if (asked != null) {
            outbox.answer(new CustomJobAnswer.Refused(asked.callersId(), WireText.printable(error.errorCode())));
        }
        return asked != null;
    }

    /** What is wrong with the pool when the deadline is reached; if nothing is, the next one is set. */
    Optional<String> complaint(Instant now) {
        Iterator<Asked> oldest = unanswered.values().iterator();
        if (!oldest.hasNext()) {
            return Optional.empty();
        }
        Instant since = oldest.next().since();
        if (now.isBefore(since.plus(PoolDeadline.CUSTOM_JOB.patience()))) {
            outbox.setDeadline(PoolDeadline.CUSTOM_JOB, since);
            return Optional.empty();
        }
        return Optional.of("no answer to SetCustomMiningJob from the pool within "
                + PoolDeadline.CUSTOM_JOB.patience().toSeconds() + " s");
    }
}
