package sluice.upstream.session;

import java.util.LinkedHashSet;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamJob;

/** The pool's own jobs on one channel, and which of them wait for their tip (SV2 5.3.16, 5.3.17). Confined to its session. */
final class Sv2PoolJobs {
    private final LinkedHashSet<Long> futureIds = new LinkedHashSet<>();
    private boolean tipKnown;

    /** Another channel, or none: jobs of the one before are void. */
    void restart() {
        futureIds.clear();
        tipKnown = false;
    }

    /**
     * The job to mine; empty where it is active and nobody knows on which tip. Throws IllegalArgumentException that says
     * which rule it breaks.
     *
     * @param extranoncePrefix in force
     * @param fixedVersion whether the pool forbids version rolling altogether
     */
    Optional<UpstreamJob> take(NewExtendedMiningJob job, Bytes extranoncePrefix, boolean fixedVersion) {
        boolean isFuture = job.minNtime().isEmpty();
        if (!isFuture && !tipKnown) {
            return Optional.empty();
        }
        int siblings = job.merklePath().size();
        if (siblings > MerklePath.MAX_DEPTH) {
            throw new IllegalArgumentException("job " + job.jobId() + " has a merkle path of " + siblings
                    + " hashes, at most " + MerklePath.MAX_DEPTH);
        }
        Coinbase.Halves coinbase = coinbase(job);
        if (isFuture) {
            futureIds.remove(job.jobId());
            if (futureIds.size() == Sv2PoolSession.MAX_FUTURE_JOBS) {
                futureIds.removeFirst();
            }
            futureIds.add(job.jobId());
        }
        return Optional.of(new UpstreamJob(
                job.jobId(),
                job.minNtime(),
                job.version(),
                job.versionRollingAllowed() && !fixedVersion,
                job.merklePath(),
                coinbase.prefix(),
                coinbase.suffix(),
                extranoncePrefix));
    }

    private static Coinbase.Halves coinbase(NewExtendedMiningJob job) {
        try {
            return Coinbase.stripBip141(job.coinbaseTxPrefix(), job.coinbaseTxSuffix());
        } catch (IllegalArgumentException unusable) {
            throw new IllegalArgumentException(
                    "job " + job.jobId() + " has no usable coinbase: " + unusable.getMessage(), unusable);
        }
    }

    /** Takes a new tip. Throws IllegalArgumentException where the job that it names does not wait for one. */
    UpstreamEvent.TipChanged take(SetNewPrevHash tip) {
        if (!futureIds.contains(tip.jobId())) {
            throw new IllegalArgumentException(
                    "SetNewPrevHash names job " + tip.jobId() + ", which was not announced as a future job");
        }
        futureIds.clear();
        tipKnown = true;
        return new UpstreamEvent.TipChanged(tip.jobId(), new ChainTip(tip.prevHash(), tip.nbits(), tip.minNtime()));
    }
}
