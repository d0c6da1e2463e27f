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
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetExtranoncePrefix;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.noise.AuthorityKey;

/** A {@link WatchedMiner} that speaks SV2, with one extended channel. */
final class WatchedSv2Miner extends WatchedMiner {
    private static final long ROLLABLE = 0x1fffffe0L;
    private static final int ROLLED_SIZE = 4;

    private final NoiseSocket link;
    private final List<Sv2Message> heard = new ArrayList<>();
    private final Map<Long, NewExtendedMiningJob> futures = new HashMap<>();
    private OpenExtendedMiningChannelSuccess channel;
    private Bytes prefix;
    private BigInteger target;
    private SetNewPrevHash tip;
    private long lastSequence;

    private WatchedSv2Miner(String user, NoiseSocket link) {
        super(user);
        this.link = link;
        Thread.ofVirtual().name(user).start(this::read);
    }

    /** Connects and opens a channel; returns when that is open, whether there is a job or not. */
    static WatchedSv2Miner login(InetSocketAddress address, AuthorityKey authority, String user) throws IOException {
        WatchedSv2Miner miner = start(address, authority, user);
        miner.awaitChannel();
        return miner;
    }

    /** Connects and asks for a channel, and does not wait for it: it may have to wait for the pool. */
    static WatchedSv2Miner start(InetSocketAddress address, AuthorityKey authority, String user) throws IOException {
        WatchedSv2Miner miner = setUp(address, authority, user);
        miner.askForChannel();
        return miner;
    }

    /** Connects and sets the connection up. */
    static WatchedSv2Miner setUp(InetSocketAddress address, AuthorityKey authority, String user) throws IOException {
        WatchedSv2Miner miner = new WatchedSv2Miner(user, NoiseSocket.dial(address, authority));
        miner.say(RawSv2Miner.setupConnection());
        miner.awaitHeard(SetupConnectionSuccess.class, 1);
        return miner;
    }

    void askForChannel() throws IOException {
        say(new OpenExtendedMiningChannel(1, user(), 0f, Target.MAX, ROLLED_SIZE));
    }

    void awaitChannel() {
        await("the channel of " + user()).until(this::hasChannel);
    }

    private synchronized boolean hasChannel() {
        return channel != null;
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
                channel = success;
                prefix = success.extranoncePrefix();
                target = success.target().toBigInteger();
            }
            case SetTarget set -> target = set.maximumTarget().toBigInteger();
            case SetExtranoncePrefix set -> prefix = set.extranoncePrefix();
            case NewExtendedMiningJob job when job.minNtime().isEmpty() -> futures.put(job.jobId(), job);
            case NewExtendedMiningJob job -> given(work(job, job.minNtime().getAsLong(), false));
            case SetNewPrevHash next -> {
                tip = next;
                NewExtendedMiningJob activated = futures.get(next.jobId());
                futures.clear();
                given(work(activated, next.minNtime(), true));
            }
            case SubmitSharesSuccess success -> accepted((int) success.newSubmitsAcceptedCount());
            case SubmitSharesError error -> rejected(error.errorCode());
            default -> {}
        }
    }

    private MinerWork work(NewExtendedMiningJob job, long ntime, boolean clean) {
        return new MinerWork(
                Long.toString(job.jobId()),
                clean,
                Bytes.concat(job.coinbaseTxPrefix(), prefix).toArray(),
                channel.extranonceSize(),
                job.coinbaseTxSuffix().toArray(),
                job.merklePath().stream().map(hash -> hash.toArray()).toList(),
                tip.prevHash().toArray(),
                job.version(),
                job.versionRollingAllowed() ? ROLLABLE : 0,
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
            link.send(new SubmitSharesExtended(
                    channel.channelId(),
                    ++lastSequence,
                    Long.parseLong(work.jobId()),
                    found.nonce(),
                    work.ntime(),
                    work.version() & ~work.versionMask() | found.versionBits(),
                    Bytes.of(found.rolled())));
        }
    }

    /** Says something that is booked nowhere. */
    void say(Sv2Message message) throws IOException {
        link.send(message);
    }

    synchronized long channelId() {
        return channel.channelId();
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
