package sluice.proxy.session;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobError;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobSuccess;
import sluice.proxy.declaration.CustomJobVerdict;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.job.CustomJob;
import sluice.proxy.mining.job.JobOrigin;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.route.Numbering;

/**
 * The jobs of one SV2 connection whose client makes them itself (SV2 5.3.18-5.3.20): each is judged, and if it is taken, its
 * channels may submit shares of it for as long as its tip is that of the judge. Confined to the session.
 */
final class Sv2CustomJobs {
    /** Jobs that may be refused in a row; then the client is let go, because each costs a look and an event. */
    static final int MAX_REFUSED_IN_A_ROW = 64;

    /** Why a client is let go. */
    static final String ONLY_REFUSED_JOBS = "only-refused-jobs";

    private final long connectionId;
    private final CustomWork work;
    private final Sv2Channels channels;
    private final Sv2Shares shares;
    private final AssignedRoute route;
    private final Sv2Outbox out;
    // Of every job that may be submitted now; absent where there is none.
    private Hash256 tip;
    private int refusedInARow;

    Sv2CustomJobs(
            long connectionId,
            CustomWork work,
            Sv2Channels channels,
            Sv2Shares shares,
            AssignedRoute route,
            Sv2Outbox out) {
        this.connectionId = connectionId;
        this.work = work;
        this.channels = channels;
        this.shares = shares;
        this.route = route;
        this.out = out;
        // Nobody asks for shares of no job.
        route.customTarget(Sv2Channel.HARDEST_TARGET);
    }

    void onRequest(SetCustomMiningJob request, Instant now) {
        List<Sv2Channel> addressed = channels.addressedBy(request.channelId());
        if (addressed.isEmpty()) {
            refuse(request, MiningErrorCode.INVALID_CHANNEL_ID, now);
            return;
        }
        int extranonceSize = addressed.getFirst().shape().windowSize();
        Optional<String> fault = CustomJob.faultOf(request, extranonceSize);
        if (fault.isPresent()) {
            refuse(request, fault.get(), now);
            return;
        }
        switch (work.judge().judge(request, extranonceSize, now)) {
            case CustomJobVerdict.Refused refused -> refuse(request, refused.errorCode(), now);
            case CustomJobVerdict.Taken taken -> {
                CustomJob custom = CustomJob.of(
                        request, extranonceSize, taken.height(), taken.transactions(), taken.witnessReservedValue());
                Numbering numbering = work.numbering();
                mine(
                        MiningJob.custom(
                                numbering.nextJobId(), numbering.nextOrigin(JobOrigin.CLIENT), custom, extranonceSize),
                        request,
                        addressed,
                        now);
            }
        }
    }

    /** Whether the client is to be let go. */
    boolean areTooManyRefused() {
        return refusedInARow >= MAX_REFUSED_IN_A_ROW;
    }

    private void mine(MiningJob job, SetCustomMiningJob request, List<Sv2Channel> addressed, Instant now) {
        if (!request.prevHash().equals(tip)) {
            leaveTip();
            tip = request.prevHash();
            channels.onTipChanged();
        }
        refusedInARow = 0;
        // In front of the Success, because a target holds for the jobs behind it (SV2 5.3.21).
        route.customTarget(job.networkTarget());
        channels.retargetAll(now);
        out.send(new SetCustomMiningJobSuccess(request.channelId(), request.requestId(), job.id()));
        for (Sv2Channel channel : addressed) {
            channel.mining().changeJobs(job, job.versionMask());
            channel.onJob(now);
        }
        channels.watchAll(now);
        out.publish(new GatewayEvent.CustomJobTaken(
                now,
                connectionId,
                request.channelId(),
                job.id(),
                request.prevHash(),
                custom(job).height()));
    }

    private static CustomJob custom(MiningJob job) {
        return job.custom().orElseThrow();
    }

    /** Makes shares stale whose tip is the judge's no more; nothing else says so where a client is slow to follow. */
    void followTip() {
        if (tip != null && !work.judge().isTip(tip)) {
            leaveTip();
        }
    }

    private void leaveTip() {
        shares.acknowledgeAll();
        channels.all().forEach(channel -> channel.mining().retireJobs());
        tip = null;
    }

    private void refuse(SetCustomMiningJob request, String errorCode, Instant now) {
        refusedInARow++;
        out.send(new SetCustomMiningJobError(request.channelId(), request.requestId(), errorCode));
        out.publish(new GatewayEvent.CustomJobRefused(now, connectionId, request.channelId(), errorCode));
    }
}
