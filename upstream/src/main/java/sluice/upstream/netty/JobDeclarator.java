package sluice.upstream.netty;

import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.Limits;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.declaration.DeclaratorAction;
import sluice.upstream.declaration.DeclaratorCommand;
import sluice.upstream.declaration.DeclaratorDeadline;
import sluice.upstream.declaration.DeclaratorEvent;
import sluice.upstream.declaration.DeclaratorInput;
import sluice.upstream.declaration.DeclaratorSettings;
import sluice.upstream.declaration.JobDeclaratorSession;

/**
 * A job declaration server that we dial (SV2 6): a {@link JobDeclaratorSession} over Noise. Each attempt ends with one {@link
 * DeclaratorEvent.Lost}; once closed it is silent. Confined to its loop.
 */
public final class JobDeclarator extends ReconnectingPeer<DeclaratorInput, DeclaratorDeadline> {
    /** Two messages of the largest kind: the transactions of a whole block, and another that was declared meanwhile. */
    static final int MAX_UNSENT_BYTES = 2 * (1 << 24);

    private static final Logger LOG = LoggerFactory.getLogger(JobDeclarator.class);

    private final JobDeclaratorSession session;
    private final NoiseDialler noise;
    private Consumer<DeclaratorEvent> events;

    /**
     * @param loop where everything happens; also says which transport is used
     * @param handshakes runs the curve arithmetic; bounded
     * @param clock for deadlines and the certificate's validity
     */
    public JobDeclarator(
            DeclaratorSettings settings,
            EventLoop loop,
            Executor handshakes,
            InstantSource clock,
            SecureRandom random) {
        this(settings, loop, handshakes, clock, random, Dialling.ofSystem(random));
    }

    JobDeclarator(
            DeclaratorSettings settings,
            EventLoop loop,
            Executor handshakes,
            InstantSource clock,
            SecureRandom random,
            Dialling dialling) {
        super(
                settings.name(),
                "job declaration server",
                new Endpoint(settings.address().host(), settings.address().port()),
                DeclaratorDeadline.class,
                loop,
                clock,
                dialling);
        this.session = new JobDeclaratorSession(settings);
        this.noise = NoiseDialler.to(
                settings.address(),
                handshakes,
                random,
                dialling.timeouts().handshake(),
                Limits.JOB_DECLARATION_FROM_SERVER,
                clock);
    }

    /** Dials for as long as it takes; {@code to} hears of everything, on the loop. */
    public void start(Consumer<DeclaratorEvent> to) {
        assert inEventLoop();
        events = to;
        begin();
    }

    public void send(DeclaratorCommand command) {
        assert inEventLoop();
        if (isClosed()) {
            return;
        }
        switch (command) {
            case DeclaratorCommand.ConnectNow _ -> dialNow();
            case DeclaratorCommand.Close close -> {
                stopDialling();
                if (session.isConversing()) {
                    feed(new DeclaratorInput.CommandGiven(close));
                } else {
                    end("closed by us: " + close.reason());
                }
            }
            default -> feed(new DeclaratorInput.CommandGiven(command));
        }
    }

    @Override
    int maxUnsentBytes() {
        return MAX_UNSENT_BYTES;
    }

    @Override
    void install(ChannelPipeline pipeline, Endpoint dialled) {
        noise.install(pipeline);
    }

    @Override
    DeclaratorInput connected(Endpoint dialled) {
        return new DeclaratorInput.Connected(dialled.host(), dialled.port());
    }

    @Override
    DeclaratorInput received(Object message) {
        return new DeclaratorInput.FrameReceived((Frame) message);
    }

    @Override
    DeclaratorInput reached(DeclaratorDeadline deadline) {
        return new DeclaratorInput.DeadlineReached(deadline);
    }

    @Override
    DeclaratorInput disconnected(String reason) {
        return new DeclaratorInput.Disconnected(reason);
    }

    @Override
    void failed(Step step, String reason) {
        report(new DeclaratorEvent.Lost(step, reason));
    }

    @Override
    void take(DeclaratorInput input, Instant now) {
        List<DeclaratorAction> actions = session.on(input, now);
        for (DeclaratorAction action : actions) {
            switch (action) {
                case DeclaratorAction.Send send -> write(send.message());
                case DeclaratorAction.Report report -> report(report.event());
                case DeclaratorAction.SetDeadline set -> setDeadline(set.deadline(), set.at());
                case DeclaratorAction.Note note -> note(note.text());
                case DeclaratorAction.Disconnect disconnect -> end(disconnect.reason());
                case DeclaratorAction.Redirect redirect -> redirect(new Endpoint(redirect.host(), redirect.port()));
            }
        }
    }

    private void report(DeclaratorEvent event) {
        if (isClosed()) {
            return;
        }
        switch (event) {
            case DeclaratorEvent.Ready ready -> keepEndpoint();
            case DeclaratorEvent.TokenAllocated allocated -> succeeded();
            case DeclaratorEvent.Lost lost -> LOG.info("{}: no job declaration: {}", name(), lost.reason());
            case DeclaratorEvent.JobDeclared _, DeclaratorEvent.JobRefused _ -> {}
        }
        events.accept(event);
    }
}
