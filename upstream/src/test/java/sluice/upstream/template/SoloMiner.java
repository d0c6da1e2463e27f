package sluice.upstream.template;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.Target;
import sluice.upstream.UpstreamCommand.SubmitShare;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamJob;

/** Follows what an upstream reports, as a route would, and grinds shares from nothing else. */
public final class SoloMiner {
    private final Map<Long, UpstreamJob> jobs = new HashMap<>();
    private final Map<Long, ChainTip> tips = new HashMap<>();
    private ChainTip tip;
    private Target target;
    private UpstreamJob active;
    private long sequence;
    private int extranonce;
    private int extranonceSize;

    void follow(List<SoloAction> actions) {
        for (SoloAction action : actions) {
            if (action instanceof SoloAction.Report(UpstreamEvent event)) {
                follow(event);
            }
        }
    }

    public void follow(UpstreamEvent event) {
        switch (event) {
            case UpstreamEvent.ChannelOpened opened -> {
                target = opened.channel().target();
                extranonceSize = opened.channel().extranonceSize();
                sequence = 0;
            }
            case UpstreamEvent.TargetChanged changed -> target = changed.target();
            case UpstreamEvent.JobAnnounced announced -> {
                UpstreamJob job = announced.job();
                jobs.put(job.jobId(), job);
                if (!job.isFuture()) {
                    activate(
                            job,
                            new ChainTip(
                                    tip.prevHash(), tip.nbits(), job.minNtime().getAsLong()));
                }
            }
            case UpstreamEvent.TipChanged changed -> activate(jobs.get(changed.jobId()), changed.tip());
            default -> {}
        }
    }

    private void activate(UpstreamJob job, ChainTip jobTip) {
        tip = jobTip;
        tips.put(job.jobId(), jobTip);
        active = job;
    }

    public UpstreamJob active() {
        return active;
    }

    public Target target() {
        return target;
    }

    /** A share of the active job that meets the target in force. */
    public SubmitShare solve() {
        return solve(active, target, true);
    }

    public SubmitShare solve(UpstreamJob job) {
        return solve(job, tips.get(job.jobId()).networkTarget(), true);
    }

    /** A share of a job that meets {@code bound}. */
    public SubmitShare solve(UpstreamJob job, Target bound) {
        return solve(job, bound, true);
    }

    /** A share of the active job that misses the target in force. */
    public SubmitShare miss() {
        return solve(active, target, false);
    }

    private SubmitShare solve(UpstreamJob job, Target bound, boolean meets) {
        ChainTip jobTip = tips.get(job.jobId());
        byte[] raw = new byte[extranonceSize];
        raw[raw.length - 1] = (byte) extranonce;
        raw[raw.length - 2] = (byte) (extranonce++ >> 8);
        Bytes own = Bytes.wrap(raw);
        BlockHeader header = new BlockHeader(
                job.version(),
                jobTip.prevHash(),
                MerklePath.of(job.merklePath())
                        .root(Sha256d.of(job.coinbasePrefix(), job.extranoncePrefix(), own, job.coinbaseSuffix())),
                jobTip.minNtime(),
                jobTip.nbits(),
                0);
        while (header.meets(bound) != meets) {
            header = header.withNonce(header.nonce() + 1);
        }
        return new SubmitShare(
                ++sequence, job.jobId(), header.nonce(), header.ntime(), header.version(), own, "farm.worker");
    }
}
