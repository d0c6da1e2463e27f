package sluice.upstream.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.upstream.failover.Backoff;
import sluice.upstream.node.NodeAction;
import sluice.upstream.node.NodeDeadline;
import sluice.upstream.node.NodeInput;
import sluice.upstream.node.NodeSession;
import sluice.upstream.node.NodeSettings;
import sluice.upstream.node.NodeTimeouts;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

/** Runs a {@link NodeSession} over HTTP and, where the node publishes blocks, over ZMQ. Confined to its loop. */
public final class NodeSource implements TemplateSource {
    /** The longest first pause between attempts: the node is the farm's own and must not be spared. */
    static final Duration FIRST_PAUSE_CEILING = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(NodeSource.class);

    private final NodeSettings settings;
    private final EventLoop loop;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final NodeSession session;
    private final NodeConnection connection;
    // Commands may come while an event is being reported, so inputs wait here for their turn; never more than a few.
    private final Queue<NodeInput> inputs = new ArrayDeque<>();

    private Consumer<TemplateEvent> events = event -> {};
    private HashblockSubscriber subscriber;
    private ScheduledFuture<?> deadline;
    private boolean feeding;

    /** @param random spreads the attempts */
    public NodeSource(NodeSettings settings, EventLoop loop, InstantSource clock, RandomGenerator random) {
        this(settings, loop, clock, random, NodeTimeouts.DEFAULT);
    }

    NodeSource(
            NodeSettings settings, EventLoop loop, InstantSource clock, RandomGenerator random, NodeTimeouts timeouts) {
        this.settings = settings;
        this.loop = loop;
        this.clock = clock;
        this.random = random;
        this.session = new NodeSession(
                settings.proposal(), new Backoff(FIRST_PAUSE_CEILING, NodeDeadline.RETRY.patience(), random));
        this.connection = new NodeConnection(settings, loop, timeouts);
    }

    @Override
    public void start(Consumer<TemplateEvent> to) {
        assert loop.inEventLoop();
        events = to;
        settings.zmqHashblock().ifPresent(endpoint -> {
            subscriber = new HashblockSubscriber(settings.name(), endpoint, loop, random, this::feed);
            subscriber.start();
        });
        feed(new NodeInput.Started());
    }

    @Override
    public void send(TemplateCommand command) {
        assert loop.inEventLoop();
        if (command instanceof TemplateCommand.Close && subscriber != null) {
            subscriber.close();
        }
        feed(new NodeInput.Requested(command));
    }

    /** Published blocks that were not heard of. */
    long missedNotices() {
        return session.missedNotices();
    }

    private void feed(NodeInput input) {
        inputs.add(input);
        if (feeding) {
            return;
        }
        feeding = true;
        try {
            for (NodeInput next = inputs.poll(); next != null; next = inputs.poll()) {
                session.on(next, clock.instant()).forEach(this::carryOut);
            }
        } finally {
            feeding = false;
        }
        scheduleDeadline();
        if (session.isDone()) {
            connection.release();
        }
    }

    private void carryOut(NodeAction action) {
        switch (action) {
            case NodeAction.Call call ->
                connection.call(
                        call.number(), call.call(), answer -> feed(new NodeInput.Answered(call.number(), answer)));
            case NodeAction.Cancel cancel -> connection.cancel(cancel.number());
            case NodeAction.Report report -> events.accept(report.event());
            case NodeAction.Note note -> {
                if (note.warning()) {
                    LOG.warn("{}: {}", settings.name(), note.text());
                } else {
                    LOG.info("{}: {}", settings.name(), note.text());
                }
            }
        }
    }

    private void scheduleDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        session.nextDeadline().ifPresent(at -> {
            long millis = Math.max(1, Duration.between(clock.instant(), at).toMillis());
            deadline = loop.schedule(() -> feed(new NodeInput.TimePassed()), millis, TimeUnit.MILLISECONDS);
        });
    }
}
