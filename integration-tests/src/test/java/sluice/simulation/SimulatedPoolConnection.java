package sluice.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.wire.Frame;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.failover.Backoff;
import sluice.upstream.failover.Redirects;
import sluice.upstream.session.PoolAction;
import sluice.upstream.session.PoolDeadline;
import sluice.upstream.session.PoolInput;
import sluice.upstream.session.PoolSettings;
import sluice.upstream.session.Sv2PoolSession;

/** A pool as a source of work by the rules of the gateway's own shell: dials for ever, with growing pauses. */
final class SimulatedPoolConnection implements Upstream {
    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_UNSENT_BYTES = 1 << 20;
    private static final int PORT = 34_254;

    private final World world;
    private final String configuredHost;
    private final Sv2PoolSession session;
    private final Backoff backoff;
    private final Redirects redirects = new Redirects();
    private final UpstreamWitness witness;
    private final Queue<PoolInput> inputs = new ArrayDeque<>();
    private Consumer<UpstreamEvent> events;
    private String host;
    private Attempt attempt;
    private VirtualTime.Timer nextAttempt;
    private boolean feeding;
    private boolean closed;

    SimulatedPoolConnection(World world, Chance chance, String host, PoolSettings settings, UpstreamWitness witness) {
        this.world = world;
        this.configuredHost = host;
        this.host = host;
        this.session = new Sv2PoolSession(settings);
        this.backoff = new Backoff(chance.source());
        this.witness = witness;
    }

    @Override
    public void start(Consumer<UpstreamEvent> to) {
        events = to;
        dial();
    }

    @Override
    public void send(UpstreamCommand command) {
        if (closed) {
            return;
        }
        if (command instanceof UpstreamCommand.SubmitShare share) {
            witness.submitted(share);
        }
        if (command instanceof UpstreamCommand.ConnectNow) {
            world.time().after(Duration.ZERO, this::cutPauseShort);
            return;
        }
        if (command instanceof UpstreamCommand.Close close) {
            closed = true;
            if (attempt != null && !session.isConversing()) {
                attempt.end("closed by us: " + close.reason());
                return;
            }
        }
        feed(new PoolInput.CommandGiven(command));
    }

    /** The number of the link that it mines over, or {@link UpstreamJobs#NO_LINK}. */
    int link() {
        return attempt == null || attempt.link == null ? UpstreamJobs.NO_LINK : attempt.link.number();
    }

    Sv2PoolSession session() {
        return session;
    }

    private void cutPauseShort() {
        if (nextAttempt != null) {
            nextAttempt.cancel();
            dial();
        }
    }

    private void dial() {
        nextAttempt = null;
        if (!closed) {
            attempt = new Attempt(host);
            attempt.start();
        }
    }

    private void feed(PoolInput input) {
        inputs.add(input);
        if (feeding) {
            return;
        }
        feeding = true;
        for (PoolInput next = inputs.poll(); next != null; next = inputs.poll()) {
            take(next);
        }
        feeding = false;
    }

    private void take(PoolInput input) {
        List<PoolAction> actions;
        try {
            actions = session.on(input, world.time().instant());
        } catch (RuntimeException bug) {
            throw new BrokenInvariant("the session with the pool throws at " + input, bug);
        }
        for (PoolAction action : actions) {
            switch (action) {
                case PoolAction.Send send -> {
                    if (attempt != null) {
                        attempt.write(send.message().toFrameBytes());
                    }
                }
                case PoolAction.SendLine line -> throw new BrokenInvariant("a line for an SV2 pool");
                case PoolAction.Emit emit -> emit(emit.event());
                case PoolAction.CustomJobAnswered answered ->
                    throw new BrokenInvariant("an answer to a custom job that nobody gave");
                case PoolAction.SetDeadline set -> {
                    if (attempt != null) {
                        attempt.setDeadline(set);
                    }
                }
                case PoolAction.Note note -> world.trace().tell("note: " + note.text());
                case PoolAction.Disconnect disconnect -> endAttempt(disconnect.reason());
                case PoolAction.Redirect redirect -> {
                    host = redirect.host();
                    if (attempt != null) {
                        attempt.endpointKept = true;
                        attempt.redirected = true;
                    }
                    endAttempt("redirected to " + redirect.host());
                }
            }
        }
    }

    private void emit(UpstreamEvent event) {
        switch (event) {
            case UpstreamEvent.ChannelOpened opened -> {
                if (attempt != null) {
                    attempt.endpointKept = true;
                }
                witness.channelOpened();
            }
            case UpstreamEvent.TipChanged changed -> backoff.reset();
            case UpstreamEvent.Lost lost -> witness.lost();
            default -> {}
        }
        events.accept(event);
    }

    private void endAttempt(String reason) {
        if (attempt != null) {
            attempt.end(reason);
        }
    }

    private void ended(Attempt over) {
        if (attempt != over) {
            return;
        }
        attempt = null;
        if (!over.endpointKept) {
            host = configuredHost;
        }
        if (!closed) {
            boolean atOnce =
                    over.redirected && redirects.isFollowedAtOnce(world.time().instant());
            nextAttempt = world.time().after(atOnce ? Duration.ZERO : backoff.next(), this::dial);
        }
    }

    /** From the name to the end of one connection. */
    private final class Attempt implements Internet.Caller {
        private final String to;
        private final Map<PoolDeadline, VirtualTime.Timer> deadlines = new EnumMap<>(PoolDeadline.class);
        private UpstreamEvent.Step step = UpstreamEvent.Step.RESOLVE;
        private Internet.Call call;
        private VirtualTime.Timer stepTimeout;
        private Link link;
        private Link.End end;
        private boolean endpointKept;
        private boolean redirected;
        private boolean over;

        private Attempt(String to) {
            this.to = to;
        }

        private void start() {
            limit();
            call = world.internet().dial(world, to, Port.Protocol.SV2, Internet.Way.TO_POOL, this);
        }

        private void limit() {
            if (stepTimeout != null) {
                stepTimeout.cancel();
            }
            UpstreamEvent.Step limited = step;
            stepTimeout = world.time().after(STEP_TIMEOUT, () -> end("nothing came of " + limited));
        }

        @Override
        public void resolved() {
            step = UpstreamEvent.Step.CONNECT;
            limit();
        }

        @Override
        public void connected() {
            step = UpstreamEvent.Step.HANDSHAKE;
            limit();
        }

        @Override
        public void failed(String reason) {
            end(reason);
        }

        @Override
        public void ready(Link fresh) {
            stepTimeout.cancel();
            link = fresh;
            end = fresh.client();
            witness.connected(link);
            feed(new PoolInput.Connected(to, PORT));
        }

        @Override
        public void received(Bytes bytes) {
            if (!over) {
                Frame frame = Frame.parse(bytes.toArray());
                witness.before(frame);
                feed(new PoolInput.FrameReceived(frame));
                witness.after();
            }
        }

        @Override
        public void ended(String reason) {
            end(reason);
        }

        private void write(Bytes frame) {
            if (over) {
                return;
            }
            if (end.unread() > MAX_UNSENT_BYTES) {
                end("the pool does not read");
            } else {
                end.send(frame);
            }
        }

        private void setDeadline(PoolAction.SetDeadline set) {
            if (over) {
                return;
            }
            PoolDeadline deadline = set.deadline();
            VirtualTime.Timer earlier = deadlines.put(
                    deadline, world.time().at(set.at(), () -> feed(new PoolInput.DeadlineReached(deadline))));
            if (earlier != null) {
                earlier.cancel();
            }
        }

        private void end(String reason) {
            if (over) {
                return;
            }
            over = true;
            stepTimeout.cancel();
            deadlines.values().forEach(VirtualTime.Timer::cancel);
            call.cancel();
            world.trace().tell("upstream " + to + " ended: " + reason);
            if (end != null) {
                end.close();
                feed(new PoolInput.Disconnected(reason));
            } else {
                emit(new UpstreamEvent.Lost(step, reason));
            }
            SimulatedPoolConnection.this.ended(this);
        }
    }
}
