package sluice.proxy.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.proxy.admission.Refusal;
import sluice.proxy.admission.Visitor;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.goal.DirectorInput;
import sluice.proxy.session.MinerAction;
import sluice.proxy.session.MinerDeadline;
import sluice.proxy.session.MinerInput;
import sluice.proxy.session.MinerSession;
import sluice.proxy.session.ReadAllowance;

/** One miner's socket: feeds its session and carries out what the session wants. Confined to its {@link MinerLoop}. */
final class MinerConnection extends ChannelInboundHandlerAdapter {
    /** Bytes that may wait for a miner that does not read; one more and it is disconnected. */
    static final int MAX_BACKLOG = 1 << 20;

    /** What a miner is told of its block waits for the disk, but for no longer than this. */
    static final Duration BLOCK_PATIENCE = Duration.ofSeconds(5);

    /** Why a connection ended of which nothing else is known. */
    static final String CLOSED_BY_MINER = "closed-by-miner";

    private static final Logger LOG = LoggerFactory.getLogger(MinerConnection.class);

    private final MinerLoop home;
    private final long connectionId;
    private final String listener;
    private final Visitor visitor;
    private final MinerSession session;
    private final boolean encrypted;
    private final ScheduledFuture<?>[] timers = new ScheduledFuture<?>[MinerDeadline.values().length];
    private final Instant[] dueAt = new Instant[MinerDeadline.values().length];
    private ChannelHandlerContext context;
    // TLS puts small buffers together in place, which those that are shared with other miners must not bear.
    private boolean shares;
    private final ReadAllowance reading = ReadAllowance.ofStranger();
    private boolean proven;
    private boolean resting;
    // The answers to all that was read at once go out together: each flush is a call to the kernel.
    private boolean batch;
    private boolean unflushed;
    private DirectorInput.MinerFacts facts;
    private int blocksUnderWay;
    private boolean closing;
    private boolean concluded;
    private String closeReason = CLOSED_BY_MINER;
    private String closeDetail = "";

    /**
     * @param listener the name of the port it came in by
     * @param visitor where it comes from, and what its address answers for
     * @param encrypted whether the pipeline below turns plaintext frames into Noise (SV2), or sends bytes as they are
     */
    MinerConnection(
            MinerLoop home,
            long connectionId,
            String listener,
            Visitor visitor,
            MinerSession session,
            boolean encrypted) {
        this.home = home;
        this.connectionId = connectionId;
        this.listener = listener;
        this.visitor = visitor;
        this.session = session;
        this.encrypted = encrypted;
    }

    long connectionId() {
        return connectionId;
    }

    /** What pins are held against; empty until the miner has said who it is. */
    Optional<DirectorInput.MinerFacts> facts() {
        return Optional.ofNullable(facts);
    }

    double nominalHashrate() {
        return session.nominalHashrate();
    }

    Target hardestWantedTarget() {
        return session.hardestWantedTarget();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        shares = ctx.pipeline().get(SslHandler.class) == null;
        home.add(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        batch = true;
        Instant now = home.clock().instant();
        switch (message) {
            case Frame frame -> {
                pace(frame.payload().length(), now);
                feed(new MinerInput.FrameReceived(frame), now);
            }
            case Bytes line -> {
                pace(line.length(), now);
                feed(new MinerInput.LineReceived(line), now);
            }
            default -> throw new IllegalStateException("a miner's pipeline cannot produce " + message.getClass());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        batch = false;
        if (unflushed) {
            flush();
        }
        unflushed = false;
        ctx.fireChannelReadComplete();
    }

    // What comes too fast stays in the network; nothing of it is lost.
    private void pace(int bytes, Instant now) {
        Duration rest = reading.onRead(bytes, now);
        if (!proven) {
            Duration shared = home.strangers().onRead(bytes, now);
            rest = shared.compareTo(rest) > 0 ? shared : rest;
        }
        if (!rest.isZero() && !resting && !closing) {
            resting = true;
            context.channel().config().setAutoRead(false);
            context.executor().schedule(this::readOn, rest.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void readOn() {
        resting = false;
        if (!closing) {
            context.channel().config().setAutoRead(true);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        home.remove(this);
        for (ScheduledFuture<?> timer : timers) {
            if (timer != null) {
                timer.cancel(false);
            }
        }
        closing = true;
        try {
            conclude(closeReason);
        } catch (RuntimeException bug) {
            LOG.error("bug in the session of connection {}: it could not report its end", connectionId, bug);
        }
        home.events()
                .publish(new GatewayEvent.MinerDisconnected(
                        home.clock().instant(), connectionId, closeReason, closeDetail));
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ConnectionEnd end = ConnectionEnd.of(cause, connectionId);
        if (cause instanceof ProtocolViolation && !closing) {
            offended(end.reason());
        }
        disconnect(end.reason(), end.detail());
    }

    /** Gives the session one input and does what it wants. */
    void feed(MinerInput input) {
        feed(input, home.clock().instant());
    }

    private void feed(MinerInput input, Instant now) {
        if (closing) {
            return;
        }
        try {
            run(session.on(input, now));
        } catch (RuntimeException e) {
            exceptionCaught(context, e);
        }
    }

    /** Closes the connection behind what the session still owes its miner. */
    void shutDown(String reason) {
        if (closing) {
            return;
        }
        try {
            conclude(reason);
        } catch (RuntimeException e) {
            exceptionCaught(context, e);
        }
        disconnect(reason, "");
    }

    // What the session reports of its end counts, whether anything can be sent any more or not.
    private void conclude(String reason) {
        if (!concluded) {
            concluded = true;
            run(session.on(new MinerInput.Closed(reason), home.clock().instant()));
        }
    }

    private void run(List<MinerAction> actions) {
        boolean written = false;
        // Sending never re-enters the session, so its list can be read in place. It is read to its end: a connection
        // that
        // breaks on an answer must not take the share with it that was answered.
        for (int i = 0; i < actions.size(); i++) {
            switch (actions.get(i)) {
                case MinerAction.Send send -> written |= write(send.bytes());
                case MinerAction.Forward forward -> forward(forward);
                case MinerAction.Publish publish -> home.events().publish(publish.event());
                case MinerAction.SetDeadline set -> setDeadline(set.deadline(), set.at());
                case MinerAction.DemandChanged changed -> home.demandChanged(this);
                case MinerAction.Identified identified -> identified(identified.userIdentity(), identified.index());
                case MinerAction.Proved proved -> proved();
                case MinerAction.Offended offended -> offended(offended.reason());
                case MinerAction.Disconnect disconnect -> disconnect(disconnect.reason(), disconnect.detail());
            }
        }
        if (batch) {
            unflushed |= written;
        } else if (written) {
            flush();
        }
    }

    private void flush() {
        if (blocksUnderWay == 0 && !closing) {
            context.flush();
        }
    }

    /** Whether the bytes are on their way. */
    private boolean write(Bytes bytes) {
        if (!closing && !context.channel().isWritable()) {
            // Much at once does not make a slow reader; what the socket does not take does.
            context.flush();
            if (!closing && !context.channel().isWritable()) {
                disconnect("slow-reader", "more than " + MAX_BACKLOG + " bytes wait for it");
            }
        }
        if (closing) {
            return false;
        }
        context.write(encrypted ? bytes : home.buffer(bytes, shares), context.voidPromise());
        return true;
    }

    private void forward(MinerAction.Forward forward) {
        boolean taken = forward.share().blockFound()
                ? home.control().forward(forward.share(), holdAnswers())
                : home.control().forward(forward.share());
        if (!taken) {
            home.events()
                    .publish(new GatewayEvent.ShareUnforwardable(
                            home.clock().instant(), forward.share().userIdentity(), "route-mailbox-full"));
        }
    }

    // A miner that has its answer forgets the block. Until the block is on the disk, a crash would cost it.
    private Runnable holdAnswers() {
        blocksUnderWay++;
        AtomicBoolean over = new AtomicBoolean();
        Runnable release = () -> {
            if (over.compareAndSet(false, true)) {
                blocksUnderWay--;
                flush();
            }
        };
        context.executor().schedule(release, BLOCK_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        return () -> {
            try {
                context.executor().execute(release);
            } catch (RejectedExecutionException ended) {
                LOG.debug("connection {} ended before its block was on the disk", connectionId);
            }
        };
    }

    private void identified(String userIdentity, int index) {
        // Tests without a network have no address.
        InetAddress address = visitor.address().orElseGet(InetAddress::getLoopbackAddress);
        facts = new DirectorInput.MinerFacts(connectionId, userIdentity, address, listener, index);
        home.identified(this);
    }

    private void proved() {
        visitor.prove(home.clock().instant());
        proven = true;
        reading.prove();
        if (context.channel().config().getRecvByteBufAllocator() instanceof ReadSlice slice) {
            slice.prove();
        }
        if (resting) {
            readOn();
        }
    }

    private void offended(String reason) {
        if (Offence.leadsToBan(visitor, reason, home.clock().instant(), home.events())) {
            disconnect(Refusal.ADDRESS_BANNED.reason(), reason);
        }
    }

    void disconnect(String reason, String detail) {
        if (closing) {
            return;
        }
        closing = true;
        closeReason = reason;
        closeDetail = detail;
        LOG.debug("connection {} closed: {} ({})", connectionId, reason, detail);
        // Nothing it says counts any more, and one that does not read could keep us busy with it until the end.
        context.channel().config().setAutoRead(false);
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        // A miner that does not read would keep what waits for it, and so the close, for ever.
        context.executor().schedule(() -> context.close(), 1, TimeUnit.SECONDS);
    }

    // Deadlines mostly move further away, with every line: the timer is left alone then and looks again when it fires.
    private void setDeadline(MinerDeadline deadline, Instant at) {
        if (closing) {
            return;
        }
        int slot = deadline.ordinal();
        Instant earlier = dueAt[slot];
        dueAt[slot] = at;
        ScheduledFuture<?> timer = timers[slot];
        if (timer != null && earlier != null && !at.isBefore(earlier)) {
            return;
        }
        if (timer != null) {
            timer.cancel(false);
        }
        startTimer(deadline, at);
    }

    private void startTimer(MinerDeadline deadline, Instant at) {
        long nanos = Math.max(0, Duration.between(home.clock().instant(), at).toNanos());
        timers[deadline.ordinal()] = context.executor().schedule(() -> onTimer(deadline), nanos, TimeUnit.NANOSECONDS);
    }

    private void onTimer(MinerDeadline deadline) {
        int slot = deadline.ordinal();
        timers[slot] = null;
        Instant at = dueAt[slot];
        if (at.isAfter(home.clock().instant())) {
            startTimer(deadline, at);
        } else {
            dueAt[slot] = null;
            feed(new MinerInput.DeadlineReached(deadline));
        }
    }
}
