package sluice.upstream.netty;

import io.netty.channel.EventLoop;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.protocol.sv1.Sv1ServerMessage;
import sluice.protocol.sv2.wire.Frame;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.session.CustomJobAnswer;
import sluice.upstream.session.PoolAction;
import sluice.upstream.session.PoolDeadline;
import sluice.upstream.session.PoolInput;
import sluice.upstream.session.PoolSession;

/**
 * One pool as a source of work, whatever it speaks. Each attempt ends with one {@link UpstreamEvent.Lost}; once closed it is
 * silent. Confined to its loop.
 */
abstract sealed class ReconnectingPool extends ReconnectingPeer<PoolInput, PoolDeadline> implements Upstream
        permits PoolConnection, Sv1PoolConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ReconnectingPool.class);

    private final PoolSession session;
    private Consumer<UpstreamEvent> events;

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
        super(upstream, "pool", configured, PoolDeadline.class, loop, clock, dialling);
        this.session = session;
    }

    @Override
    public void start(Consumer<UpstreamEvent> to) {
        assert inEventLoop();
        events = to;
        begin();
    }

    @Override
    public void send(UpstreamCommand command) {
        assert inEventLoop();
        if (isClosed()) {
            return;
        }
        if (command instanceof UpstreamCommand.ConnectNow) {
            dialNow();
            return;
        }
        if (command instanceof UpstreamCommand.Close close) {
            stopDialling();
            if (!session.isConversing()) {
                end("closed by us: " + close.reason());
                return;
            }
        }
        feed(new PoolInput.CommandGiven(command));
    }

    @Override
    PoolInput connected(Endpoint dialled) {
        return new PoolInput.Connected(dialled.host(), dialled.port());
    }

    @Override
    PoolInput received(Object message) {
        return message instanceof Sv1ServerMessage line
                ? new PoolInput.LineReceived(line)
                : new PoolInput.FrameReceived((Frame) message);
    }

    @Override
    PoolInput reached(PoolDeadline deadline) {
        return new PoolInput.DeadlineReached(deadline);
    }

    @Override
    PoolInput disconnected(String reason) {
        return new PoolInput.Disconnected(reason);
    }

    @Override
    void failed(UpstreamEvent.Step step, String reason) {
        emit(new UpstreamEvent.Lost(step, reason));
    }

    @Override
    void take(PoolInput input, Instant now) {
        List<PoolAction> actions = session.on(input, now);
        for (PoolAction action : actions) {
            switch (action) {
                case PoolAction.Send send -> write(send.message());
                case PoolAction.SendLine send -> write(send.message());
                case PoolAction.Emit emit -> emit(emit.event());
                case PoolAction.CustomJobAnswered answered -> answered(answered.answer());
                case PoolAction.SetDeadline set -> setDeadline(set.deadline(), set.at());
                case PoolAction.Note note -> note(note.text());
                case PoolAction.Disconnect disconnect -> end(disconnect.reason());
                case PoolAction.Redirect redirect -> redirect(new Endpoint(redirect.host(), redirect.port()));
            }
        }
    }

    /** Where the session takes custom jobs, the pool's word on one. */
    void answered(CustomJobAnswer answer) {
        throw new IllegalStateException("an answer to a custom job that nobody gave: " + answer);
    }

    private void emit(UpstreamEvent event) {
        switch (event) {
            case UpstreamEvent.ChannelOpened opened -> {
                LOG.debug("{}: channel open", name());
                keepEndpoint();
            }
            case UpstreamEvent.TipChanged changed -> succeeded();
            case UpstreamEvent.Lost lost ->
                // The event says it to operators, once.
                LOG.debug("{}: lost during {}: {}", name(), lost.step(), lost.reason());
            default -> {}
        }
        events.accept(event);
    }
}
