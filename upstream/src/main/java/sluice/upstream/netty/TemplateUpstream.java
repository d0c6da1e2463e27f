package sluice.upstream.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.SoloAction;
import sluice.upstream.template.SoloInput;
import sluice.upstream.template.SoloSession;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateSource;

/** Runs a {@link SoloSession} over a template source on one loop: work that comes from templates instead of a pool. */
public final class TemplateUpstream implements Upstream {
    /** Keeps a found block; called on the disk's thread. */
    @FunctionalInterface
    public interface BlockKeeper {
        void keep(BlockSolution block) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(TemplateUpstream.class);

    private final EventLoop loop;
    private final TemplateSource source;
    private final SoloSession session;
    private final InstantSource clock;
    private final Executor disk;
    private final BlockKeeper keeper;
    private Consumer<UpstreamEvent> events = event -> {};
    private ScheduledFuture<?> deadline;

    /** @param disk one thread, so that a block is on the disk before it is offered to anybody */
    public TemplateUpstream(
            EventLoop loop,
            TemplateSource source,
            SoloSession session,
            InstantSource clock,
            Executor disk,
            BlockKeeper keeper) {
        this.loop = loop;
        this.source = source;
        this.session = session;
        this.clock = clock;
        this.disk = disk;
        this.keeper = keeper;
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
                case SoloAction.RecordBlock record -> disk.execute(() -> keep(record.solution()));
                // Through the disk's thread too, so that the block is written when it is submitted.
                case SoloAction.SubmitBlock submit ->
                    disk.execute(
                            () -> loop.execute(() -> source.send(new TemplateCommand.SubmitBlock(submit.solution()))));
                case SoloAction.StopTemplates stop -> source.send(new TemplateCommand.Close(stop.reason()));
            }
        }
        scheduleDeadline();
    }

    private void keep(BlockSolution block) {
        try {
            keeper.keep(block);
        } catch (IOException e) {
            // A full disk must not cost the block itself.
            LOG.error("block {} could not be written to disk", block.hash().display(), e);
        }
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
