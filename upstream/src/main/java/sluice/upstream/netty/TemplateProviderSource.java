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
import sluice.upstream.provider.ProviderAction;
import sluice.upstream.provider.ProviderDeadline;
import sluice.upstream.provider.ProviderInput;
import sluice.upstream.provider.TemplateProviderSession;
import sluice.upstream.provider.TemplateProviderSettings;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

/** Templates of a template provider (SV2 7): a {@link TemplateProviderSession} over Noise. Confined to its loop. */
public final class TemplateProviderSource extends ReconnectingPeer<ProviderInput, ProviderDeadline>
        implements TemplateSource {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateProviderSource.class);

    private final TemplateProviderSession session;
    private final NoiseDialler noise;
    private Consumer<TemplateEvent> events;

    /**
     * @param loop where everything happens; also says which transport is used
     * @param handshakes runs the curve arithmetic; bounded
     * @param clock for deadlines and the certificate's validity
     */
    public TemplateProviderSource(
            TemplateProviderSettings settings,
            EventLoop loop,
            Executor handshakes,
            InstantSource clock,
            SecureRandom random) {
        this(
                settings,
                loop,
                HandshakeSettings.of(
                        handshakes, random, StepTimeouts.DEFAULT.handshake(), Limits.TEMPLATE_DISTRIBUTION_FROM_SERVER),
                clock,
                Dialling.ofSystem(random));
    }

    TemplateProviderSource(
            TemplateProviderSettings settings,
            EventLoop loop,
            HandshakeSettings handshake,
            InstantSource clock,
            Dialling dialling) {
        super(
                settings.name(),
                "template provider",
                new Endpoint(settings.address().host(), settings.address().port()),
                ProviderDeadline.class,
                loop,
                clock,
                dialling);
        this.session = new TemplateProviderSession(settings.reserve(), settings.softwareVersion());
        this.noise = NoiseDialler.to(settings.address(), handshake, clock);
    }

    @Override
    public void start(Consumer<TemplateEvent> to) {
        assert inEventLoop();
        events = to;
        begin();
    }

    @Override
    public void send(TemplateCommand command) {
        assert inEventLoop();
        if (command instanceof TemplateCommand.Close close && !isClosed()) {
            stopDialling();
            feed(new ProviderInput.CommandGiven(close));
            if (!session.isConversing()) {
                end("closed by us: " + close.reason());
            }
            return;
        }
        feed(new ProviderInput.CommandGiven(command));
    }

    @Override
    void install(ChannelPipeline pipeline, Endpoint dialled) {
        noise.install(pipeline);
    }

    @Override
    ProviderInput connected(Endpoint dialled) {
        return new ProviderInput.Connected(dialled.host(), dialled.port());
    }

    @Override
    ProviderInput received(Object message) {
        return new ProviderInput.FrameReceived((Frame) message);
    }

    @Override
    ProviderInput reached(ProviderDeadline deadline) {
        return new ProviderInput.DeadlineReached(deadline);
    }

    @Override
    ProviderInput disconnected(String reason) {
        return new ProviderInput.Disconnected(reason);
    }

    @Override
    void failed(Step step, String reason) {
        feed(new ProviderInput.Unreachable(reason));
    }

    @Override
    boolean outlivesConnection(ProviderDeadline deadline) {
        return deadline.outlivesConnection();
    }

    @Override
    void take(ProviderInput input, Instant now) {
        // Whoever hears an event may answer with a command, which waits for its turn: the list stays as it is.
        List<ProviderAction> actions = session.on(input, now);
        for (ProviderAction action : actions) {
            switch (action) {
                case ProviderAction.Send send -> write(send.message());
                case ProviderAction.Report report -> report(report.event());
                case ProviderAction.SetDeadline set -> setDeadline(set.deadline(), set.at());
                case ProviderAction.Note note -> note(note.text());
                case ProviderAction.Alarm alarm -> LOG.error("{}: {}", name(), alarm.text());
                case ProviderAction.Disconnect disconnect -> end(disconnect.reason());
            }
        }
    }

    private void report(TemplateEvent event) {
        switch (event) {
            case TemplateEvent.NewTip newTip -> succeeded();
            case TemplateEvent.Unavailable lost -> LOG.info("{}: no templates: {}", name(), lost.reason());
            default -> {}
        }
        events.accept(event);
    }
}
