package sluice.upstream.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.wire.Frame;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

/** A session under test, fed by hand; remembers all it did and lets a test take what came since it last looked. */
final class PoolConversation {
    static final long CHANNEL = 17;
    static final long GROUP = 900;
    static final Target EASIEST = Target.MAX;
    static final Target TARGET = Target.ofCompact(0x1d00ffff);
    static final Bytes PREFIX = Bytes.fromHex("a1a2a3a4");
    static final Hash256 TIP = Hash256.fromHex("5a".repeat(32));
    static final long NBITS = 0x1b00d7c0L;
    static final long MIN_NTIME = 1_745_596_971L;
    static final Bytes COINBASE_PREFIX = Bytes.fromHex("02000000" + "01" + "00".repeat(32) + "ffffffff" + "16");
    static final Bytes COINBASE_SUFFIX = Bytes.fromHex("ffffffff" + "00" + "00000000");
    static final PoolPatience PATIENCE = new PoolPatience(Duration.ofMinutes(7), Duration.ofSeconds(100));

    final Sv2PoolSession session;
    Instant now = Instant.parse("2026-01-02T03:04:05Z");
    private final List<PoolAction> actions = new ArrayList<>();

    PoolConversation() {
        this(false);
    }

    PoolConversation(boolean namesPerShare) {
        this(new PoolSettings("pool.example:3333", "farm.one", EASIEST, namesPerShare, "0.1.0", PATIENCE));
    }

    private PoolConversation(PoolSettings settings) {
        session = new Sv2PoolSession(settings);
    }

    /** With a pool that is to mine jobs of our making. */
    static PoolConversation aboutCustomJobs() {
        return new PoolConversation(new PoolSettings(
                "pool.example:3333", "farm.one", EASIEST, false, "0.1.0", PATIENCE, PayoutCheck.NONE, true));
    }

    PoolConversation input(PoolInput input) {
        actions.addAll(session.on(input, now));
        return this;
    }

    PoolConversation connect() {
        return input(new PoolInput.Connected("pool.example", 3333));
    }

    PoolConversation receive(Sv2Message message) {
        return input(new PoolInput.FrameReceived(Frame.parse(message.toFrame())));
    }

    PoolConversation receiveFrame(String hex) {
        return input(new PoolInput.FrameReceived(Frame.parse(Bytes.fromHex(hex).toArray())));
    }

    PoolConversation command(UpstreamCommand command) {
        return input(new PoolInput.CommandGiven(command));
    }

    PoolConversation reach(PoolDeadline deadline) {
        return input(new PoolInput.DeadlineReached(deadline));
    }

    PoolConversation setUp() {
        return connect().receive(new SetupConnectionSuccess(2, 0));
    }

    /** As far as an open channel without a job. */
    PoolConversation open() {
        return setUp().receive(granted(1, 16));
    }

    /** As far as the first job and its tip. */
    PoolConversation mine() {
        return open().receive(futureJob(CHANNEL, 1)).receive(tip(CHANNEL, 1));
    }

    PoolConversation later(Duration elapsed) {
        now = now.plus(elapsed);
        return this;
    }

    static OpenExtendedMiningChannelSuccess granted(long requestId, int extranonceSize) {
        return new OpenExtendedMiningChannelSuccess(requestId, CHANNEL, TARGET, extranonceSize, PREFIX, GROUP);
    }

    static NewExtendedMiningJob futureJob(long channelId, long jobId) {
        return job(channelId, jobId, OptionalLong.empty());
    }

    static NewExtendedMiningJob activeJob(long channelId, long jobId) {
        return job(channelId, jobId, OptionalLong.of(MIN_NTIME + 30));
    }

    private static NewExtendedMiningJob job(long channelId, long jobId, OptionalLong minNtime) {
        return new NewExtendedMiningJob(
                channelId, jobId, minNtime, 0x20000000L, true, List.of(TIP), COINBASE_PREFIX, COINBASE_SUFFIX);
    }

    static SetNewPrevHash tip(long channelId, long jobId) {
        return new SetNewPrevHash(channelId, jobId, TIP, MIN_NTIME, NBITS);
    }

    static UpstreamCommand.SubmitShare share(long sequence) {
        return new UpstreamCommand.SubmitShare(
                sequence, 1, 0xdeadbeefL, MIN_NTIME + 5, 0x20000020L, Bytes.zeros(16), "farm.one.rig7");
    }

    /** Everything since the last call of a method that takes. */
    List<PoolAction> takeAll() {
        List<PoolAction> taken = List.copyOf(actions);
        actions.clear();
        return taken;
    }

    List<Sv2Message> takeSent() {
        return takeAll().stream()
                .filter(PoolAction.Send.class::isInstance)
                .map(action -> ((PoolAction.Send) action).message())
                .toList();
    }

    List<UpstreamEvent> takeEvents() {
        return takeAll().stream()
                .filter(PoolAction.Emit.class::isInstance)
                .map(action -> ((PoolAction.Emit) action).event())
                .toList();
    }
}
