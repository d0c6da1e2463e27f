package sluice.fuzz;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobSuccess;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesStandard;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.protocol.sv2.wire.Frame;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.session.MinerDeadline;
import sluice.proxy.session.MinerInput;
import sluice.proxy.session.Sv2MinerSession;

/** An SV2 miner's session: each share gets one verdict, each accepted one is acknowledged, and no job id comes twice. */
final class WatchedSv2Session extends WatchedSession {
    /** Every second hash is a block. */
    private static final long EASY_NBITS = 0x207f_ffffL;

    private static final String UNJUDGED = "too-many-bad-shares";

    private final FuzzedFarm farm;
    /** Ids of jobs, by the channel or group that they were told to. */
    private final Map<Long, Set<Long>> told = new HashMap<>();
    /** Of open channels. */
    private final Map<Long, Long> groups = new HashMap<>();

    private final List<Channel> channels = new ArrayList<>();
    private final List<Long> jobs = new ArrayList<>();
    private boolean setUp;
    private long requests;
    private long sequence;
    private long accepted;
    private long acknowledged;
    private int errors;
    private int unjudged;

    private record Channel(long id, int extranonceSize) {}

    WatchedSv2Session(FuzzedFarm farm) {
        super(new Sv2MinerSession(farm.context, 2, FuzzedFarm.LIMITS, MinerOrigin.LOCAL), () -> farm.now);
        this.farm = farm;
        feed(new MinerInput.Started());
    }

    void says(Sv2Message message) {
        feed(new MinerInput.FrameReceived(Frame.parse(message.toFrame())));
    }

    void setsUp(int flags) {
        says(new SetupConnection(
                SetupConnection.MINING, 2, 2, flags, "pool.example.com", 3333, "vendor", "hardware", "firmware", ""));
    }

    void opensStandard(String user, float hashrate, Target target) {
        says(new OpenStandardMiningChannel(++requests, user, hashrate, target));
    }

    void opensExtended(String user, float hashrate, Target target, int leastSize) {
        says(new OpenExtendedMiningChannel(++requests, user, hashrate, target, leastSize));
    }

    void updates(FuzzInput input) {
        says(new UpdateChannel(channel(input).id(), Float.intBitsToFloat((int) input.u32()), FuzzedFarm.target(input)));
    }

    void closes(FuzzInput input) {
        says(new CloseChannel(channel(input).id(), "bye"));
    }

    void submitsStandard(FuzzInput input) {
        says(new SubmitSharesStandard(
                channel(input).id(),
                ++sequence,
                job(input),
                input.u16(),
                farm.now.getEpochSecond() + input.u8(),
                0x2000_0000L | input.u16()));
    }

    void submitsExtended(FuzzInput input) {
        Channel channel = channel(input);
        int size = input.flag() ? Math.min(32, input.u8() & 63) : channel.extranonceSize();
        says(new SubmitSharesExtended(
                channel.id(),
                ++sequence,
                job(input),
                input.u16(),
                farm.now.getEpochSecond() + input.u8(),
                0x2000_0000L | input.u16(),
                Bytes.wrap(input.bytes(size)),
                input.flag() ? Bytes.wrap(input.prefixed()) : Bytes.EMPTY));
    }

    /** Makes a job of its own: one that may be good, or one whose coinbase and merkle path are anything. */
    void makesJob(FuzzInput input) {
        boolean plain = input.flag();
        says(new SetCustomMiningJob(
                channel(input).id(),
                ++requests,
                Bytes.wrap(input.bytes(input.below(3))),
                0x2000_0000L,
                FuzzedFarm.block(input.u8()),
                farm.now.getEpochSecond() + input.u8(),
                input.flag() ? EASY_NBITS : input.u32(),
                2,
                plain ? Bytes.fromHex("5108") : Bytes.wrap(input.prefixed()),
                0xffff_ffffL,
                plain ? Bytes.fromHex("01" + "00".repeat(9)) : Bytes.wrap(input.longPrefixed()),
                0,
                Collections.nCopies(plain ? 1 : input.u8(), Hash256.ZERO)));
    }

    private Channel channel(FuzzInput input) {
        int choice = input.u8();
        return choice < channels.size() ? channels.get(choice) : new Channel(choice, 4);
    }

    private long job(FuzzInput input) {
        int choice = input.u8();
        return choice < jobs.size() ? jobs.get(jobs.size() - 1 - choice) : choice;
    }

    @Override
    void heard(Bytes bytes) {
        Frame frame = Frame.parse(bytes.toArray());
        MessageType type =
                MessageType.of(frame.extensionType(), frame.messageType()).orElseThrow();
        Claim.that(type.direction().allowsToClient(), "%s to a miner", type);
        Claim.that(type.channelMessage() == frame.channelMessage(), "the channel bit of %s", type);
        Sv2Message message = Sv2Codec.decode(frame).orElseThrow();
        Claim.that(message.toFrameBytes().equals(bytes), "%s is not what it reads like", message);
        switch (message) {
            case SetupConnectionSuccess success -> setUp = true;
            case OpenStandardMiningChannelSuccess success -> {
                channels.add(new Channel(success.channelId(), 0));
                groups.put(success.channelId(), success.groupChannelId());
            }
            case OpenExtendedMiningChannelSuccess success -> {
                channels.add(new Channel(success.channelId(), success.extranonceSize()));
                groups.put(success.channelId(), success.groupChannelId());
            }
            case NewMiningJob job -> tell(job.channelId(), job.jobId());
            case NewExtendedMiningJob job -> tell(job.channelId(), job.jobId());
            case SetCustomMiningJobSuccess success -> tell(success.channelId(), success.jobId());
            case SubmitSharesSuccess success -> acknowledged += success.newSubmitsAcceptedCount();
            case SubmitSharesError error
            when error.errorCode().equals(UNJUDGED) -> {
                unjudged++;
                refusedUnjudged();
            }
            case SubmitSharesError error -> errors++;
            default -> {}
        }
    }

    // No two valid jobs of a channel have one id, those of its group included (SV2 5.3.15). A group whose last channel
    // has closed has no jobs any more.
    @Override
    void closed(long channel) {
        Long group = groups.remove(channel);
        if (group != null && !groups.containsValue(group)) {
            told.remove(group);
        }
    }

    private void tell(long channel, long job) {
        Claim.that(told.computeIfAbsent(channel, first -> new HashSet<>()).add(job), "job %d twice", job);
        if (!jobs.contains(job)) {
            jobs.add(job);
        }
    }

    @Override
    void judged(MinerInput input, List<GatewayEvent.ShareSubmitted> shares) {
        long good =
                shares.stream().filter(share -> share.verdict().isAccepted()).count();
        accepted += good;
        Claim.that(errors == shares.size() - good, "%d errors, %d shares, %d good", errors, shares.size(), good);
        Claim.that(acknowledged <= accepted, "%d acknowledged of %d", acknowledged, accepted);
        boolean share = setUp && !isOver() && input instanceof MinerInput.FrameReceived(Frame frame) && isShare(frame);
        Claim.that(shares.size() + unjudged == (share ? 1 : 0) || isOver(), "%d verdicts on %s", shares.size(), input);
        boolean allIsDue = input instanceof MinerInput.Closed
                || input instanceof MinerInput.DeadlineReached(MinerDeadline deadline)
                        && deadline == MinerDeadline.ACKNOWLEDGE;
        Claim.that(acknowledged == accepted || !allIsDue, "%d acknowledged of %d", acknowledged, accepted);
        errors = 0;
        unjudged = 0;
    }

    private static boolean isShare(Frame frame) {
        return frame.extensionType() == 0
                && (frame.messageType() == MessageType.SUBMIT_SHARES_STANDARD.code()
                        || frame.messageType() == MessageType.SUBMIT_SHARES_EXTENDED.code());
    }
}
