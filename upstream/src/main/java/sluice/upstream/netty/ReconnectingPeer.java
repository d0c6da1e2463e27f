package sluice.upstream.netty;

import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.failover.Redirects;

/**
 * Whoever we dial and talk with: connects, gives what happens to a session as its inputs, one at a time, and begins again with
 * growing pauses for as long as it takes. Confined to its loop.
 *
 * @param <I> what the session takes
 * @param <D> what the session waits for
 */
abstract class ReconnectingPeer<I, D extends Enum<D>> {
    private static final Logger LOG = LoggerFactory.getLogger(ReconnectingPeer.class);

    private final String name;
    private final String noun;
    private final Endpoint configured;
    private final EventLoop loop;
    private final InstantSource clock;
    private final Dialling dialling;
    private final Map<D, ScheduledFuture<?>> deadlines;
    private final Redirects redirects = new Redirects();
    // Commands may come while an event is being reported, so inputs wait here for their turn; never more than a few.
    private final Queue<I> inputs = new ArrayDeque<>();

    private Endpoint endpoint;
    private PeerAttempt attempt;
    private ScheduledFuture<?> nextAttempt;
    private Endpoint lookedUp;
    private CompletableFuture<List<InetAddress>> lookup;
    private boolean feeding;
    private boolean closed;

    /**
     * @param name the peer's for logs and events, without secrets
     * @param noun what it is, for reasons: "pool"
     * @param loop where everything happens; also says which transport is used
     * @param clock for deadlines
     */
    ReconnectingPeer(
            String name,
            String noun,
            Endpoint configured,
            Class<D> deadlines,
            EventLoop loop,
            InstantSource clock,
            Dialling dialling) {
        this.name = name;
        this.noun = noun;
        this.configured = configured;
        this.loop = loop;
        this.clock = clock;
        this.dialling = dialling;
        this.deadlines = new EnumMap<>(deadlines);
        this.endpoint = configured;
    }

    /**
     * Puts handlers into a fresh connection that fire {@link HandshakeCompleted} or {@link LinesReady} when the conversation
     * can begin, and then what the peer says.
     */
    abstract void install(ChannelPipeline pipeline, Endpoint dialled);

    /** The input for a conversation that begins. */
    abstract I connected(Endpoint dialled);

    /** The input for what a handler of {@link #install} fires. */
    abstract I received(Object message);

    abstract I reached(D deadline);

    /** The input for a conversation that ends. */
    abstract I disconnected(String reason);

    /** An attempt ended before there was a conversation. */
    abstract void failed(Step step, String reason);

    /** Gives the session one input and does what it wants. */
    abstract void take(I input, Instant now);

    /** Whether a deadline of this kind holds on when the connection ends. */
    boolean outlivesConnection(D deadline) {
        return false;
    }

    /** Bytes that may wait for the peer; beyond it the connection is given up. */
    int maxUnsentBytes() {
        return PeerAttempt.MAX_UNSENT_BYTES;
    }

    final String name() {
        return name;
    }

    final boolean isClosed() {
        return closed;
    }

    final boolean inEventLoop() {
        return loop.inEventLoop();
    }

    final void begin() {
        if (!closed) {
            dial();
        }
    }

    /** No further attempt is made; the one that is under way goes on. */
    final void stopDialling() {
        closed = true;
        if (nextAttempt != null) {
            nextAttempt.cancel(false);
        }
    }

    /** Makes the next attempt without further pause. */
    final void dialNow() {
        // Behind whatever is under way: this may come from inside the loss that the pause is about to follow.
        loop.execute(() -> {
            if (nextAttempt != null && nextAttempt.cancel(false)) {
                dial();
            }
        });
    }

    private void dial() {
        LOG.info("{}: connecting to {}", name, endpoint);
        attempt = new PeerAttempt(new Listener(), noun, loop, endpoint, dialling.timeouts(), maxUnsentBytes());
        attempt.start(addressesOf(endpoint));
    }

    // A lookup that outlives its attempt is not joined by a second one for the same name.
    private CompletableFuture<List<InetAddress>> addressesOf(Endpoint wanted) {
        if (lookup == null || lookup.isDone() || !wanted.equals(lookedUp)) {
            lookedUp = wanted;
            lookup = dialling.resolver().resolve(wanted.host());
        }
        return lookup;
    }

    /** Gives the session one input, in its turn. */
    final void feed(I input) {
        inputs.add(input);
        if (feeding) {
            return;
        }
        feeding = true;
        try {
            for (I next = inputs.poll(); next != null; next = inputs.poll()) {
                takeOne(next);
            }
        } finally {
            feeding = false;
        }
        if (attempt != null) {
            attempt.flush();
        }
    }

    private void takeOne(I input) {
        try {
            take(input, clock.instant());
        } catch (RuntimeException bug) {
            LOG.error("bug in the session with {}: closing the connection", name, bug);
            end("internal error: " + bug);
        }
    }

    final void write(Object message) {
        if (attempt != null) {
            attempt.write(message);
        }
    }

    /** A deadline of a kind that is set replaces the earlier one. */
    final void setDeadline(D deadline, Instant at) {
        boolean connected = attempt != null && !attempt.isOver();
        if (!connected && !outlivesConnection(deadline)) {
            return;
        }
        long nanos = Math.max(0, Duration.between(clock.instant(), at).toNanos());
        ScheduledFuture<?> earlier =
                deadlines.put(deadline, loop.schedule(() -> feed(reached(deadline)), nanos, TimeUnit.NANOSECONDS));
        if (earlier != null) {
            earlier.cancel(false);
        }
    }

    final void note(String text) {
        if (attempt != null) {
            attempt.note(name, text);
        }
    }

    /** The peer serves us where we dialled it. */
    final void keepEndpoint() {
        if (attempt != null) {
            attempt.keepEndpoint();
        }
    }

    /** Ends the attempt, and dials {@code next} for the next one. */
    final void redirect(Endpoint next) {
        endpoint = next;
        if (attempt != null) {
            attempt.redirect();
        }
        end("redirected to " + endpoint);
    }

    /** The peer is of use: the next pause is a short one again. */
    final void succeeded() {
        dialling.backoff().reset();
    }

    /** Ends the attempt that is under way, if one is. */
    final void end(String reason) {
        if (attempt != null) {
            attempt.end(reason);
        }
    }

    private void ended(PeerAttempt over) {
        if (attempt != over) {
            return;
        }
        attempt = null;
        if (!over.endpointKept()) {
            endpoint = configured;
        }
        if (!closed) {
            boolean atOnce = over.isRedirected() && redirects.isFollowedAtOnce(clock.instant());
            Duration pause = atOnce ? Duration.ZERO : dialling.backoff().next();
            LOG.info("{}: next attempt in {} ms", name, pause.toMillis());
            nextAttempt = loop.schedule(this::dial, pause.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** What an attempt says, as inputs. */
    private final class Listener implements PeerAttempt.Owner {
        @Override
        public void install(ChannelPipeline pipeline, Endpoint dialled) {
            ReconnectingPeer.this.install(pipeline, dialled);
        }

        @Override
        public void connected(Endpoint dialled) {
            feed(ReconnectingPeer.this.connected(dialled));
        }

        @Override
        public void received(Object message) {
            feed(ReconnectingPeer.this.received(message));
        }

        @Override
        public void over(PeerAttempt over, boolean conversing, Step step, String reason) {
            deadlines.forEach((deadline, timer) -> {
                if (!outlivesConnection(deadline)) {
                    timer.cancel(false);
                }
            });
            try {
                if (conversing) {
                    feed(disconnected(reason));
                } else {
                    failed(step, reason);
                }
            } finally {
                ended(over);
            }
        }
    }
}
