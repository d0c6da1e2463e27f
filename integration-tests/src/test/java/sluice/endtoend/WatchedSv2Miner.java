package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnectionFlags;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetExtranoncePrefix;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesStandard;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.noise.AuthorityKey;

/** A {@link WatchedMiner} that speaks SV2, with one channel, extended or standard. */
final class WatchedSv2Miner extends WatchedMiner {
    private static final long ROLLABLE = 0x1fffffe0L;
    private static final int ROLLED_SIZE = 4;

    private final Kind kind;
    private final NoiseSocket link;
    private final List<Sv2Message> heard = new ArrayList<>();
    private final Map<Long, Sv2Message> futures = new HashMap<>();
    // Absent until the channel is open.
    private Bytes prefix;
    private long channelId;
    private int rolledSize;
    private BigInteger target;
    private SetNewPrevHash tip;
    private long lastSequence;

    private enum Kind {
        EXTENDED,
        /** Takes standard jobs only, as a machine that hashes headers does. */
        STANDARD
    }

    private WatchedSv2Miner(String user, Kind kind, NoiseSocket link) {
        super(user);
        this.kind = kind;
        this.link = link;
        Thread.ofVirtual().name(user).start(this::read);
    }

    /** Connects and opens an extended channel; returns when that is open, whether there is a job or not. */
    static WatchedSv2Miner login(InetSocketAddress address, AuthorityKey authority, String user) throws IOException {
        WatchedSv2Miner miner = start(address, authority, user);
        miner.awaitChannel();
        return miner;
    }

    /** As {@link #login}, with a standard channel. */
    static WatchedSv2Miner loginStandard(InetSocketAddress address, AuthorityKey authority, String user)
            throws IOException {
        WatchedSv2Miner miner = setUp(address, authority, user, Kind.STANDARD);
        miner.askForChannel();
        miner.awaitChannel();
        return miner;
    }

    /** Connects and asks for an extended channel, and does not wait for it: it may have to wait for the pool. */
    static WatchedSv2Miner start(InetSocketAddress address, AuthorityKey authority, String user) throws IOException {
        WatchedSv2Miner miner = setUp(address, authority, user);
        miner.askForChannel();
        return miner;
    }

    /** Connects and sets the connection up. */
    static WatchedSv2Miner setUp(InetSocketAddress address, AuthorityKey authority, String user) throws IOException {
        return setUp(address, authority, user, Kind.EXTENDED);
    }

    private static WatchedSv2Miner setUp(InetSocketAddress address, AuthorityKey authority, String user, Kind kind)
            throws IOException {
        WatchedSv2Miner miner = new WatchedSv2Miner(user, kind, NoiseSocket.dial(address, authority));
        miner.say(RawSv2Miner.setupConnection(
                kind == Kind.STANDARD ? SetupConnectionFlags.MINING_REQUIRES_STANDARD_JOBS : 0));
        miner.awaitHeard(SetupConnectionSuccess.class, 1);
        return miner;
    }

    void askForChannel() throws IOException {
        say(
                switch (kind) {
                    case EXTENDED -> new OpenExtendedMiningChannel(1, user(), 0f, Target.MAX, ROLLED_SIZE);
                    case STANDARD -> new OpenStandardMiningChannel(1, user(), 0f, Target.MAX);
                });
    }

    void awaitChannel() {
        await("the channel of " + user()).until(this::hasChannel);
    }

    private synchronized boolean hasChannel() {
        return prefix != null;
    }

    private void read() {
        try (link) {
            while (true) {
                hear(link.receive());
            }
        } catch (IOException broken) {
            // An end like any other.
            return;
        } finally {
            end();
        }
    }

    private synchronized void hear(Sv2Message message) {
        heard.add(message);
        switch (message) {
            case OpenExtendedMiningChannelSuccess success -> {
                channelId = success.channelId();
                rolledSize = success.extranonceSize();
                prefix = success.extranoncePrefix();
                target = success.target().toBigInteger();
            }
            case OpenStandardMiningChannelSuccess success -> {
                channelId = success.channelId();
                prefix = success.extranoncePrefix();
                target = success.target().toBigInteger();
            }
            case SetTarget set -> target = set.maximumTarget().toBigInteger();
            case SetExtranoncePrefix set -> prefix = set.extranoncePrefix();
            case NewExtendedMiningJob job when job.minNtime().isEmpty() -> futures.put(job.jobId(), job);
            case NewExtendedMiningJob job -> given(work(job, job.minNtime().getAsLong(), false));
            case NewMiningJob job when job.minNtime().isEmpty() -> futures.put(job.jobId(), job);
            case NewMiningJob job -> given(work(job, job.minNtime().getAsLong(), false));
            case SetNewPrevHash next -> {
                tip = next;
                Sv2Message activated = futures.get(next.jobId());
                futures.clear();
                given(work(activated, next.minNtime(), true));
            }
            case SubmitSharesSuccess success -> accepted((int) success.newSubmitsAcceptedCount());
            case SubmitSharesError error -> rejected(error.errorCode());
            default -> {}
        }
    }

    private MinerWork work(Sv2Message message, long ntime, boolean clean) {
        return switch (message) {
            case NewExtendedMiningJob job ->
                work(
                        job.jobId(),
                        new MinerRoots.Rolled(
                                Bytes.concat(job.coinbaseTxPrefix(), prefix).toArray(),
                                rolledSize,
                                job.coinbaseTxSuffix().toArray(),
                                job.merklePath().stream()
                                        .map(hash -> hash.toArray())
                                        .toList()),
                        job.version(),
                        job.versionRollingAllowed() ? ROLLABLE : 0,
                        ntime,
                        clean);
            case NewMiningJob job ->
                work(
                        job.jobId(),
                        new MinerRoots.Given(job.merkleRoot().toArray()),
                        job.version(),
                        ROLLABLE,
                        ntime,
                        clean);
            default -> throw new AssertionError("a tip for a job that is none: " + message);
        };
    }

    private MinerWork work(long jobId, MinerRoots roots, long version, long versionMask, long ntime, boolean clean) {
        return new MinerWork(
                Long.toString(jobId),
                clean,
                roots,
                tip.prevHash().toArray(),
                version,
                versionMask,
                tip.nbits(),
                ntime,
                target);
    }

    @Override
    void submit(MinerWork work) throws IOException {
        MinerWork.Found found = work.search(nextNonce());
        // Sequence numbers go out in order.
        synchronized (link) {
            booked();
            link.send(share(work, found, ++lastSequence));
        }
    }

    private Sv2Message share(MinerWork work, MinerWork.Found found, long sequence) {
        long job = Long.parseLong(work.jobId());
        long version = work.version() & ~work.versionMask() | found.versionBits();
        return switch (kind) {
            case EXTENDED ->
                new SubmitSharesExtended(
                        channelId, sequence, job, found.nonce(), work.ntime(), version, Bytes.of(found.rolled()));
            case STANDARD -> new SubmitSharesStandard(channelId, sequence, job, found.nonce(), work.ntime(), version);
        };
    }

    /** Says something that is booked nowhere. */
    void say(Sv2Message message) throws IOException {
        link.send(message);
    }

    synchronized long channelId() {
        return channelId;
    }

    @Override
    synchronized String extranonce() {
        return prefix.hex();
    }

    /** Waits until so many messages of this type have come in all; answers them. */
    <T extends Sv2Message> List<T> awaitHeard(Class<T> type, int count) {
        await(count + " " + type.getSimpleName() + " at " + user())
                .until(() -> heard(type).size() >= count);
        return heard(type);
    }

    /** All messages of this type so far. */
    synchronized <T extends Sv2Message> List<T> heard(Class<T> type) {
        return heard.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    void assertUndisturbed() {
        super.assertUndisturbed();
        assertThat(List.of(heard(CloseChannel.class), heard(SetExtranoncePrefix.class), heard(Reconnect.class)))
                .as("disturbances of %s", user())
                .allMatch(List::isEmpty);
    }

    @Override
    void hangUp() {
        try {
            link.close();
        } catch (IOException alreadyGone) {
            return;
        }
    }
}
