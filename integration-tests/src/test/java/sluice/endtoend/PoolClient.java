package sluice.endtoend;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.Socket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionErrorCode;
import sluice.protocol.sv2.message.common.SetupConnectionFlags;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.common.SetupConnectionSuccessFlags;
import sluice.protocol.sv2.message.extension.RequestExtensions;
import sluice.protocol.sv2.message.extension.RequestExtensionsError;
import sluice.protocol.sv2.message.extension.RequestExtensionsSuccess;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.SetExtranoncePrefix;
import sluice.protocol.sv2.message.mining.SetGroupChannel;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;

/** One connection to a scripted pool, from its side. All but {@link #run} and {@link #hangUp} is guarded by the pool. */
final class PoolClient implements Runnable {
    private final ScriptedSv2Pool pool;
    private final int number;
    private final Socket socket;
    private final Map<Long, PoolChannel> channels = new LinkedHashMap<>();
    private final Set<Long> closed = new HashSet<>();
    private final List<OpenExtendedMiningChannel> unanswered = new ArrayList<>();
    private final List<SubmitSharesExtended> unjudged = new ArrayList<>();
    private Set<Integer> agreed = Set.of();
    private NoiseSocket link;

    PoolClient(ScriptedSv2Pool pool, int number, Socket socket) {
        this.pool = pool;
        this.number = number;
        this.socket = socket;
    }

    @Override
    public void run() {
        try (socket) {
            greet();
            while (true) {
                Sv2Message message = link.receive();
                synchronized (pool) {
                    pool.note(number, message);
                    answer(message);
                }
            }
        } catch (IOException over) {
            // It hung up, or we did; what it said until then is noted.
            return;
        } finally {
            pool.forget(this);
        }
    }

    private void greet() throws IOException {
        switch (pool.script().greeting()) {
            case HANDSHAKE -> link = NoiseSocket.answer(socket, pool.authority());
            case FOREIGN_KEY -> link = NoiseSocket.answer(socket, Farm.freshKey());
            case HANG_UP -> throw new IOException("as the script says");
            case SILENCE -> readToTheEnd();
            case OTHER_PROTOCOL -> {
                socket.getOutputStream().write(PoolScript.SV1_REFUSAL);
                readToTheEnd();
            }
            case GARBAGE -> {
                socket.getOutputStream().write(NoiseSocket.random(4096));
                readToTheEnd();
            }
        }
    }

    private void readToTheEnd() throws IOException {
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        throw new IOException("it hung up");
    }

    void hangUp() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            return;
        }
    }

    private void answer(Sv2Message message) throws IOException {
        switch (message) {
            case SetupConnection setup -> onSetup(setup);
            case RequestExtensions request -> onExtensions(request);
            case OpenExtendedMiningChannel open -> onOpen(open);
            case SubmitSharesExtended share -> onShare(share);
            case CloseChannel close -> channels.remove(close.channelId());
            default -> {}
        }
    }

    private void onSetup(SetupConnection setup) throws IOException {
        boolean fixed = pool.script().versions() != PoolScript.Versions.ROLLED;
        boolean insists = (setup.flags() & SetupConnectionFlags.MINING_REQUIRES_VERSION_ROLLING) != 0;
        if (insists && pool.script().versions() == PoolScript.Versions.FIXED_AND_REFUSED) {
            send(new SetupConnectionError(
                    SetupConnectionFlags.MINING_REQUIRES_VERSION_ROLLING,
                    SetupConnectionErrorCode.UNSUPPORTED_FEATURE_FLAGS));
            throw new IOException("refused, as the specification asks");
        }
        switch (pool.script().setup()) {
            case PoolScript.Reply.Refusal refusal -> {
                send(new SetupConnectionError(0, refusal.code()));
                throw new IOException("refused, as the script says");
            }
            case PoolScript.Reply reply
            when follows(reply) ->
                send(new SetupConnectionSuccess(
                        SetupConnection.VERSION,
                        fixed ? SetupConnectionSuccessFlags.MINING_REQUIRES_FIXED_VERSION : 0));
            default -> {}
        }
    }

    private void onExtensions(RequestExtensions request) throws IOException {
        PoolScript script = pool.script();
        if (script.supported().isEmpty()) {
            return;
        }
        List<Integer> known = request.requestedExtensions().stream()
                .filter(script.supported()::contains)
                .toList();
        List<Integer> missing = script.required().stream()
                .filter(extension -> !known.contains(extension))
                .toList();
        if (known.isEmpty() || !missing.isEmpty()) {
            List<Integer> unknown = request.requestedExtensions().stream()
                    .filter(extension -> !known.contains(extension))
                    .toList();
            send(new RequestExtensionsError(request.requestId(), unknown, missing));
        } else {
            agreed = Set.copyOf(known);
            send(new RequestExtensionsSuccess(request.requestId(), known));
        }
    }

    private void onOpen(OpenExtendedMiningChannel open) throws IOException {
        if (!agreed.containsAll(pool.script().required())) {
            send(new OpenMiningChannelError(open.requestId(), "extension-required"));
            return;
        }
        if (pool.isBarred(open.userIdentity())) {
            send(new OpenMiningChannelError(open.requestId(), MiningErrorCode.UNKNOWN_USER));
            return;
        }
        switch (pool.script().open()) {
            case PoolScript.Reply.Refusal refusal -> send(new OpenMiningChannelError(open.requestId(), refusal.code()));
            case PoolScript.Reply reply when follows(reply) -> grant(open);
            default -> unanswered.add(open);
        }
    }

    /** Whether the request is to be granted; ends the connection where it is to be ended. */
    private static boolean follows(PoolScript.Reply reply) throws IOException {
        if (reply.equals(PoolScript.Reply.HANG_UP)) {
            throw new IOException("as the script says");
        }
        return reply.equals(PoolScript.Reply.YES);
    }

    /** Grants what it asked for in vain so far. */
    void grantUnanswered() {
        List<OpenExtendedMiningChannel> opens = List.copyOf(unanswered);
        unanswered.clear();
        opens.forEach(open -> attempt(() -> grant(open)));
    }

    private void grant(OpenExtendedMiningChannel open) throws IOException {
        PoolScript.Grant grant = pool.script().grant();
        long id = pool.nextChannel();
        Bytes prefix = pool.prefixOf(id, grant.prefix());
        int size = grant.size().orElse(open.minExtranonceSize());
        BigInteger target = IndependentHash.target(grant.difficulty());
        PoolChannel channel = new PoolChannel(id, open.userIdentity(), grant.group(), prefix, size, target);
        channels.put(id, channel);
        send(new OpenExtendedMiningChannelSuccess(
                open.requestId(), id, Target.ofBigInteger(target), size, prefix, grant.group()));
        PoolWork work = pool.currentWork();
        PoolWork.Tip tip = pool.tip();
        long to = address(channel);
        switch (pool.script().firstWork()) {
            case JOB_AND_TIP -> {
                channel.announce(work);
                send(work.future(to, channel.extranonceLength()));
                channel.activate(work.jobId(), tip, tip.ntime());
                send(tip.activating(to, work.jobId()));
            }
            case JOB_WITHOUT_TIP -> {
                channel.announce(work);
                send(work.future(to, channel.extranonceLength()));
            }
            case TIP_OF_AN_UNKNOWN_JOB -> send(tip.activating(to, work.jobId() + 1_000_000));
            case NONE -> {}
        }
    }

    private void onShare(SubmitSharesExtended share) throws IOException {
        PoolChannel channel = channels.get(share.channelId());
        String fault;
        if (channel != null) {
            fault = channel.fault(share, pool.tip(), Instant.now().getEpochSecond(), pool.seen());
        } else {
            // It may have been on its way when we closed the channel.
            fault = closed.contains(share.channelId())
                    ? MiningErrorCode.STALE_SHARE
                    : MiningErrorCode.INVALID_CHANNEL_ID;
        }
        pool.judged(number, share, fault);
        switch (pool.script().shares()) {
            case PoolScript.Reply.Refusal refusal -> reject(share, refusal.code());
            case PoolScript.Reply reply
            when follows(reply) -> {
                if (fault.equals(PoolChannel.NONE)) {
                    accept(share);
                } else {
                    reject(share, fault);
                }
            }
            default -> unjudged.add(share);
        }
    }

    /** Says yes to the shares that it said nothing to so far. */
    void answerUnanswered() {
        unjudged.forEach(share -> attempt(() -> accept(share)));
        unjudged.clear();
    }

    private void accept(SubmitSharesExtended share) throws IOException {
        send(new SubmitSharesSuccess(share.channelId(), share.sequenceNumber(), 1, 1));
    }

    private void reject(SubmitSharesExtended share, String code) throws IOException {
        send(new SubmitSharesError(share.channelId(), share.sequenceNumber(), code));
    }

    /** A job for the tip in force. */
    void announceActive(PoolWork work, PoolWork.Tip tip) {
        channels.values().forEach(channel -> {
            channel.announce(work);
            channel.activate(work.jobId(), tip, work.ntime());
        });
        toEach((to, length) -> work.active(to, length));
    }

    /** A job for a tip to come. */
    void announceFuture(PoolWork work) {
        channels.values().forEach(channel -> channel.announce(work));
        toEach((to, length) -> work.future(to, length));
    }

    /** The tip to come has come. */
    void activate(long jobId, PoolWork.Tip tip) {
        channels.values().forEach(channel -> channel.activate(jobId, tip, tip.ntime()));
        toEach((to, length) -> tip.activating(to, jobId));
    }

    void target(double difficulty) {
        BigInteger target = IndependentHash.target(difficulty);
        channels.values().forEach(channel -> channel.target(target));
        toEach((to, length) -> new SetTarget(to, Target.ofBigInteger(target)));
    }

    void prefix(String hex) {
        channels.values().forEach(channel -> {
            Bytes prefix = pool.prefixOf(channel.id(), hex);
            channel.prefix(prefix);
            attempt(() -> send(new SetExtranoncePrefix(channel.id(), prefix)));
        });
    }

    void group(long group) {
        channels.values().forEach(channel -> channel.group(group));
        attempt(() -> send(new SetGroupChannel(group, List.copyOf(channels.keySet()))));
    }

    void closeChannels(Predicate<String> ofUser, String reason) {
        List<Long> ids = channels.values().stream()
                .filter(channel -> ofUser.test(channel.user()))
                .map(PoolChannel::id)
                .toList();
        channels.keySet().removeAll(ids);
        closed.addAll(ids);
        ids.forEach(id -> attempt(() -> send(new CloseChannel(id, reason))));
    }

    /** Sends it as it is, where the conversation has begun. */
    void say(Sv2Message message) {
        attempt(() -> send(message));
    }

    void sayGarbage() {
        attempt(() -> socket.getOutputStream().write(NoiseSocket.random(256)));
    }

    Collection<PoolChannel> channels() {
        return List.copyOf(channels.values());
    }

    private long address(PoolChannel channel) {
        return pool.script().grant().toGroup() ? channel.group() : channel.id();
    }

    @FunctionalInterface
    private interface Addressed {
        Sv2Message to(long channelOrGroup, int extranonceLength);
    }

    /** Once for each channel, or for each group where messages go to groups. */
    private void toEach(Addressed message) {
        Set<Long> done = new LinkedHashSet<>();
        for (PoolChannel channel : channels.values()) {
            if (done.add(address(channel))) {
                attempt(() -> send(message.to(address(channel), channel.extranonceLength())));
            }
        }
    }

    @FunctionalInterface
    private interface Sending {
        void run() throws IOException;
    }

    private void attempt(Sending sending) {
        try {
            sending.run();
        } catch (IOException gone) {
            hangUp();
        }
    }

    private void send(Sv2Message message) throws IOException {
        if (link != null) {
            link.send(message);
        }
    }
}
