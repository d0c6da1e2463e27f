package sluice.upstream.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.SoloAction;
import sluice.upstream.template.SoloInput;
import sluice.upstream.template.SoloSession;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

/** Runs a {@link SoloSession} over a template source on one loop: work that comes from templates instead of a pool. */
public final class TemplateUpstream implements Upstream {
    /** Takes found blocks in; called on the loop. */
    @FunctionalInterface
    public interface BlockSink {
        /**
         * Writes the block to disk and then brings it to the network.
         *
         * @param merklePath siblings of its coinbase
         * @param verdict hears on the loop what became of it, if anybody says anything
         */
        void found(BlockSolution block, List<Hash256> merklePath, Consumer<BlockVerdict> verdict);
    }

    private final EventLoop loop;
    private final TemplateSource source;
    private final SoloSession session;
    private final InstantSource clock;
    private final BlockSink blocks;
    private Consumer<UpstreamEvent> events = event -> {};
    private ScheduledFuture<?> deadline;

    public TemplateUpstream(
            EventLoop loop, TemplateSource source, SoloSession session, InstantSource clock, BlockSink blocks) {
        this.loop = loop;
        this.source = source;
        this.session = session;
        this.clock = clock;
        this.blocks = blocks;
    }

    @Override
    public void start(Consumer<UpstreamEvent> to) {
        events = to;
        source.start(event -> feed(new SoloInput.TemplateReported(event)));
    }

    @Override
    public void send(UpstreamCommand command) {
        feed(new SoloInput.Requested(command));
    }

    private void feed(SoloInput input) {
        for (SoloAction action : List.copyOf(session.on(input, clock.instant()))) {
            switch (action) {
                case SoloAction.Report report -> events.accept(report.event());
                case SoloAction.BlockFound found ->
                    blocks.found(
                            found.solution(),
                            found.merklePath().siblings(),
                            verdict -> judged(found.solution().number(), verdict));
                case SoloAction.StopTemplates stop -> source.send(new TemplateCommand.Close(stop.reason()));
            }
        }
        scheduleDeadline();
    }

    private void judged(long number, BlockVerdict verdict) {
        feed(new SoloInput.TemplateReported(new TemplateEvent.BlockJudged(number, verdict)));
    }

    private void scheduleDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        session.nextDeadline().ifPresent(at -> {
            long millis = Math.max(1, Duration.between(clock.instant(), at).toMillis());
            deadline = loop.schedule(() -> feed(new SoloInput.TimePassed()), millis, TimeUnit.MILLISECONDS);
        });
    }
}
