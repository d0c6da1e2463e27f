package sluice.proxy.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannelSuccess;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.mining.channel.MiningChannel;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.profile.MinerProfile;
import sluice.proxy.translation.WorkerLogin;
import sluice.upstream.UpstreamChannel;

/**
 * Opens channels (SV2 5.3.2-5.3.6). While there is no work to give, opens wait, because a channel must get its first job
 * right behind its Success; not where the client makes the jobs itself. Confined to the session.
 */
final class Sv2Opening {
    /** Opens of one connection that may wait for work; one more is refused. */
    static final int MAX_WAITING = 64;

    /** An open waits this long for work before it is refused. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    static final String DUPLICATE_REQUEST_ID = "duplicate-request-id";
    static final String NO_UPSTREAM = "no-upstream";

    private final long connectionId;
    private final MinerContext context;
    private final AssignedRoute route;
    private final Sv2Indexes indexes;
    private final Sv2Setup.Agreed agreed;
    private final Sv2Channels channels;
    private final Sv2Jobs jobs;
    private final Sv2Outbox out;
    private final List<Waiting> waiting = new ArrayList<>();
    private boolean identified;

    /** What both kinds of open ask for. */
    private record Request(
            long requestId,
            MinerProtocol protocol,
            String userIdentity,
            float nominalHashRate,
            Target maxTarget,
            int minExtranonceSize) {}

    private record Waiting(Request request, ExtranonceShape shape, Instant until) {}

    Sv2Opening(
            long connectionId,
            MinerContext context,
            AssignedRoute route,
            Sv2Indexes indexes,
            Sv2Setup.Agreed agreed,
            Sv2Channels channels,
            Sv2Jobs jobs,
            Sv2Outbox out) {
        this.connectionId = connectionId;
        this.context = context;
        this.route = route;
        this.indexes = indexes;
        this.agreed = agreed;
        this.channels = channels;
        this.jobs = jobs;
        this.out = out;
    }

    void onOpen(OpenStandardMiningChannel open, Instant now) {
        onRequest(
                new Request(
                        open.requestId(),
                        MinerProtocol.SV2_STANDARD,
                        WorkerLogin.identity(open.userIdentity()),
                        open.nominalHashRate(),
                        open.maxTarget(),
                        0),
                now);
    }

    void onOpen(OpenExtendedMiningChannel open, Instant now) {
        onRequest(
                new Request(
                        open.requestId(),
                        MinerProtocol.SV2_EXTENDED,
                        WorkerLogin.identity(open.userIdentity()),
                        open.nominalHashRate(),
                        open.maxTarget(),
                        open.minExtranonceSize()),
                now);
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** There may be work now for those that wait, or an upstream that cannot serve them. */
    void retry(Instant now) {
        if (waiting.isEmpty()) {
            return;
        }
        List<Waiting> again = List.copyOf(waiting);
        waiting.clear();
        for (Waiting one : again) {
            proceed(one, now);
        }
    }

    /** Refuses those that have waited long enough. */
    void onDeadline(Instant now) {
        while (!waiting.isEmpty() && !waiting.getFirst().until().isAfter(now)) {
            refuse(waiting.removeFirst().request(), NO_UPSTREAM);
        }
        if (!waiting.isEmpty()) {
            out.deadline(MinerDeadline.OPEN, waiting.getFirst().until());
        }
    }

    private void onRequest(Request request, Instant now) {
        if (!identified) {
            identified = true;
            out.identified(request.userIdentity(), indexes.ofConnection());
        }
        Optional<ExtranonceShape> shape = shapeFor(request.minExtranonceSize());
        Optional<String> fault = fault(request, shape);
        if (fault.isPresent()) {
            refuse(request, fault.get());
        } else {
            proceed(new Waiting(request, shape.orElseThrow(), now.plus(PATIENCE)), now);
        }
    }

    private Optional<ExtranonceShape> shapeFor(int rollable) {
        ExtranonceShape shape = context.shape();
        if (!shape.isNarrow()) {
            return ExtranonceShape.forRollable(rollable);
        }
        return rollable <= shape.rollableSize() ? Optional.of(shape) : Optional.empty();
    }

    private Optional<String> fault(Request request, Optional<ExtranonceShape> shape) {
        if (waiting.stream().anyMatch(one -> one.request().requestId() == request.requestId())) {
            return Optional.of(DUPLICATE_REQUEST_ID);
        }
        if (agreed.standardJobsOnly() && request.protocol() == MinerProtocol.SV2_EXTENDED) {
            return Optional.of(MiningErrorCode.EXTENDED_CHANNELS_NOT_SUPPORTED_FOR_STANDARD_JOBS);
        }
        if (agreed.selectsWork() && request.protocol() == MinerProtocol.SV2_STANDARD) {
            return Optional.of(MiningErrorCode.STANDARD_CHANNELS_NOT_SUPPORTED_FOR_CUSTOM_WORK);
        }
        if (!Sv2Channels.isHashrate(request.nominalHashRate())) {
            return Optional.of(MiningErrorCode.INVALID_NOMINAL_HASHRATE);
        }
        if (!Sv2Channels.isServable(request.maxTarget())) {
            return Optional.of(MiningErrorCode.MAX_TARGET_OUT_OF_RANGE);
        }
        if (shape.isEmpty()) {
            return Optional.of(MiningErrorCode.MIN_EXTRANONCE_SIZE_TOO_LARGE);
        }
        return Optional.empty();
    }

    // Also for an open that has waited: what was possible then need not be possible with the upstream that came.
    private void proceed(Waiting open, Instant now) {
        if (agreed.selectsWork()) {
            grant(open, now);
            return;
        }
        Optional<UpstreamChannel> upstream = route.replica().channel();
        if (upstream.filter(channel -> !open.shape().fits(channel)).isPresent()) {
            refuse(open.request(), MiningErrorCode.MIN_EXTRANONCE_SIZE_TOO_LARGE);
        } else if (agreed.requiresVersionRolling()
                && upstream.filter(channel -> !channel.versionRollingAllowed()).isPresent()) {
            refuse(open.request(), MiningErrorCode.VERSION_ROLLING_NOT_ALLOWED);
        } else if (jobs.offered().filter(job -> job.serves(open.shape())).isEmpty()) {
            await(open);
        } else {
            grant(open, now);
        }
    }

    private void await(Waiting open) {
        if (waiting.size() == MAX_WAITING) {
            refuse(open.request(), MiningErrorCode.CHANNEL_CAPACITY_EXHAUSTED);
            return;
        }
        waiting.add(open);
        if (waiting.size() == 1) {
            out.deadline(MinerDeadline.OPEN, open.until());
        }
    }

    private void grant(Waiting open, Instant now) {
        Request request = open.request();
        OptionalLong id = channels.newId();
        OptionalInt index = id.isPresent() ? indexes.take() : OptionalInt.empty();
        if (index.isEmpty()) {
            refuse(request, MiningErrorCode.CHANNEL_CAPACITY_EXHAUSTED);
            return;
        }
        if (!agreed.selectsWork()) {
            jobs.catchUp(now);
        }
        MinerProfile profile = channels.profileOf(request.userIdentity());
        Target target = Sv2Channel.served(
                Sv2Channel.wantedFor(request.nominalHashRate(), profile.vardiff()),
                request.maxTarget(),
                route.easiestTarget());
        Sv2Channel channel = new Sv2Channel(
                new MiningChannel(
                        connectionId,
                        id.getAsLong(),
                        request.protocol(),
                        open.shape(),
                        index.getAsInt(),
                        request.userIdentity(),
                        channels.origin(),
                        target,
                        indexes.seen()),
                profile,
                request.nominalHashRate(),
                request.maxTarget(),
                now);
        boolean alone = !channels.hasMembers(open.shape());
        channels.add(channel);
        succeed(request.requestId(), channel);
        if (!agreed.selectsWork()) {
            jobs.introduce(channel, alone, now);
        }
        out.publish(new GatewayEvent.ChannelOpened(
                now, connectionId, channel.id(), request.protocol(), request.userIdentity()));
        channels.tellOfProfile(channel, now);
        out.publish(new GatewayEvent.MinerTargetChanged(now, connectionId, channel.id(), target));
        out.demandChanged();
        channels.watch(channel, now);
    }

    private void succeed(long requestId, Sv2Channel channel) {
        MiningChannel mining = channel.mining();
        long group = Sv2Frames.groupId(channel.shape());
        out.send(
                channel.isStandard()
                        ? new OpenStandardMiningChannelSuccess(
                                requestId, channel.id(), mining.target(), mining.standardWindow(), group)
                        : new OpenExtendedMiningChannelSuccess(
                                requestId,
                                channel.id(),
                                mining.target(),
                                channel.shape().rollableSize(),
                                mining.indexBytes(),
                                group));
    }

    private void refuse(Request request, String errorCode) {
        out.send(new OpenMiningChannelError(request.requestId(), errorCode));
    }
}
