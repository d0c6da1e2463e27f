package sluice.upstream.netty;

import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.failover.Redirects;
import sluice.upstream.session.PoolAction;
import sluice.upstream.session.PoolInput;
import sluice.upstream.session.PoolSession;

/**
 * One pool as a source of work, whatever it speaks: connects, runs the pool's session, and begins again with growing pauses
 * for as long as it takes. Each attempt ends with one {@link UpstreamEvent.Lost}; once closed it is silent. Confined to its
 * loop.
 */
abstract sealed class ReconnectingPool implements Upstream permits PoolConnection, Sv1PoolConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ReconnectingPool.class);

    private final String upstream;
    private final Endpoint configured;
    private final PoolSession session;
    private final EventLoop loop;
    private final InstantSource clock;
    private final Dialling dialling;
    private final Redirects redirects = new Redirects();
    // Commands may come while an event is being reported, so inputs wait here for their turn; never more than a few.
    private final Queue<PoolInput> inputs = new ArrayDeque<>();

    private Consumer<UpstreamEvent> events;
    private Endpoint endpoint;
    private PoolAttempt attempt;
    private ScheduledFuture<?> nextAttempt;
    private Endpoint lookedUp;
    private CompletableFuture<List<InetAddress>> lookup;
    private boolean feeding;
    private boolean closed;

    /** Where to dial; the pool may name another than the configured one (SV2 3.6.5). */
    record Endpoint(String host, int port) {
        @Override
        public String toString() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    /**
     * @param upstream the pool's name for logs and events, without secrets
     * @param loop where everything happens; also says which transport is used
     * @param clock for deadlines
     */
    ReconnectingPool(
            String upstream,
            Endpoint configured,
            PoolSession session,
            EventLoop loop,
            InstantSource clock,
            Dialling dialling) {
        this.upstream = upstream;
        this.configured = configured;
        this.session = session;
        this.loop = loop;
        this.clock = clock;
        this.dialling = dialling;
        this.endpoint = configured;
    }

    /**
     * Puts handlers into a fresh connection that fire {@link HandshakeCompleted} or {@link LinesReady} when the conversation
     * can begin, and then what the pool says.
     */
    abstract void install(ChannelPipeline pipeline, Endpoint dialled);

    @Override
    public void start(Consumer<UpstreamEvent> events) {
        assert loop.inEventLoop();
        this.events = events;
        if (!closed) {
            dial();
        }
    }

    @Override
    public void send(UpstreamCommand command) {
        assert loop.inEventLoop();
        if (closed) {
            return;
        }
        if (command instanceof UpstreamCommand.ConnectNow) {
            // Behind whatever is under way: this may come from inside the loss that the pause is about to follow.
            loop.execute(this::cutPauseShort);
            return;
        }
        if (command instanceof UpstreamCommand.Close close) {
            closed = true;
            if (nextAttempt != null) {
                nextAttempt.cancel(false);
            }
            if (attempt != null && !session.isConversing()) {
                attempt.end("closed by us: " + close.reason());
                return;
            }
        }
        feed(new PoolInput.CommandGiven(command));
    }

    private void cutPauseShort() {
        if (nextAttempt != null && nextAttempt.cancel(false)) {
            dial();
        }
    }

    private void dial() {
        LOG.info("{}: connecting to {}", upstream, endpoint);
        attempt = new PoolAttempt(this, loop, clock, endpoint, dialling.timeouts());
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

    /** Gives the session one input, in its turn, and does what it wants. */
    void feed(PoolInput input) {
        inputs.add(input);
        if (feeding) {
            return;
        }
        feeding = true;
        try {
            for (PoolInput next = inputs.poll(); next != null; next = inputs.poll()) {
                take(next);
            }
        } finally {
            feeding = false;
        }
        if (attempt != null) {
            attempt.flush();
        }
    }

    private void take(PoolInput input) {
        try {
            run(session.on(input, clock.instant()));
        } catch (RuntimeException bug) {
            LOG.error("bug in the session with {}: closing the connection", upstream, bug);
            endAttempt("internal error: " + bug);
        }
    }

    private void run(List<PoolAction> actions) {
        for (PoolAction action : actions) {
            switch (action) {
                case PoolAction.Send send -> write(send.message());
                case PoolAction.SendLine send -> write(send.message());
                case PoolAction.Emit emit -> emit(emit.event());
                case PoolAction.SetDeadline set -> {
                    if (attempt != null) {
                        attempt.setDeadline(set.deadline(), set.at());
                    }
                }
                case PoolAction.Note note -> {
                    if (attempt != null) {
                        attempt.note(upstream, note.text());
                    }
                }
                case PoolAction.Disconnect disconnect -> endAttempt(disconnect.reason());
                case PoolAction.Redirect redirect -> {
                    endpoint = new Endpoint(redirect.host(), redirect.port());
                    if (attempt != null) {
                        attempt.redirect();
                    }
                    endAttempt("redirected to " + endpoint);
                }
            }
        }
    }

    private void write(Object message) {
        if (attempt != null) {
            attempt.write(message);
        }
    }

    void emit(UpstreamEvent event) {
        switch (event) {
            case UpstreamEvent.ChannelOpened opened -> {
                LOG.debug("{}: channel open", upstream);
                if (attempt != null) {
                    attempt.keepEndpoint();
                }
            }
            case UpstreamEvent.TipChanged changed -> dialling.backoff().reset();
            case UpstreamEvent.Lost lost ->
                // The event says it to operators, once.
                LOG.debug("{}: lost during {}: {}", upstream, lost.step(), lost.reason());
            default -> {}
        }
        events.accept(event);
    }

    private void endAttempt(String reason) {
        if (attempt != null) {
            attempt.end(reason);
        }
    }

    /** The attempt is over and has reported its loss. */
    void ended(PoolAttempt over) {
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
            LOG.info("{}: next attempt in {} ms", upstream, pause.toMillis());
            nextAttempt = loop.schedule(this::dial, pause.toNanos(), TimeUnit.NANOSECONDS);
        }
    }
}
