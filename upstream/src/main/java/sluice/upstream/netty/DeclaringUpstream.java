package sluice.upstream.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.declaration.CustomJobs;
import sluice.upstream.declaration.CustomJobsAction;
import sluice.upstream.declaration.CustomJobsInput;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.TemplateSource;

/** Runs {@link CustomJobs} over a pool, its job declaration server and a template source. Confined to its loop. */
public final class DeclaringUpstream implements Upstream {
    /** Takes found blocks in; called on the loop. */
    @FunctionalInterface
    public interface BlockSink {
        /**
         * Writes the block to disk and then brings it to the network.
         *
         * @param merklePath siblings of its coinbase
         * @param recorded runs on the loop when it is on the disk, or could not be brought there
         */
        void found(BlockSolution block, List<Hash256> merklePath, Runnable recorded);
    }

    private final EventLoop loop;
    private final PoolConnection pool;
    private final JobDeclarator declarator;
    private final TemplateSource templates;
    private final CustomJobs jobs;
    private final InstantSource clock;
    private final BlockSink blocks;
    /** What the three say while they are told something; each says little at once. */
    private final Queue<CustomJobsInput> inputs = new ArrayDeque<>();

    private Consumer<UpstreamEvent> events = event -> {};
    private ScheduledFuture<?> deadline;
    private boolean feeding;

    /**
     * @param loop where all of it lives
     * @param pool of which we select the work
     */
    public DeclaringUpstream(
            EventLoop loop,
            PoolConnection pool,
            JobDeclarator declarator,
            TemplateSource templates,
            CustomJobs jobs,
            InstantSource clock,
            BlockSink blocks) {
        this.loop = loop;
        this.pool = pool;
        this.declarator = declarator;
        this.templates = templates;
        this.jobs = jobs;
        this.clock = clock;
        this.blocks = blocks;
    }

    @Override
    public void start(Consumer<UpstreamEvent> to) {
        events = to;
        templates.start(event -> feed(new CustomJobsInput.TemplateReported(event)));
        declarator.start(event -> feed(new CustomJobsInput.DeclaratorReported(event)));
        pool.start(
                event -> feed(new CustomJobsInput.PoolReported(event)),
                answer -> feed(new CustomJobsInput.PoolAnswered(answer)));
    }

    @Override
    public void send(UpstreamCommand command) {
        feed(new CustomJobsInput.Requested(command));
    }

    /** In turn: one that is told something may answer before the others were told of what came before. */
    private void feed(CustomJobsInput input) {
        assert loop.inEventLoop();
        inputs.add(input);
        if (feeding) {
            return;
        }
        feeding = true;
        try {
            while (!inputs.isEmpty()) {
                jobs.on(inputs.remove(), clock.instant()).forEach(this::carryOut);
            }
        } finally {
            feeding = false;
        }
        scheduleDeadline();
    }

    private void carryOut(CustomJobsAction action) {
        switch (action) {
            case CustomJobsAction.Report report -> events.accept(report.event());
            case CustomJobsAction.ToPool toPool -> pool.send(toPool.command());
            case CustomJobsAction.GiveCustomJob give -> pool.submit(give.job());
            case CustomJobsAction.ToDeclarator toDeclarator -> declarator.send(toDeclarator.command());
            case CustomJobsAction.ToTemplates toTemplates -> templates.send(toTemplates.command());
            case CustomJobsAction.BlockFound found -> {
                long number = found.solution().number();
                // Not at once: whoever keeps the block offers it to the network first.
                blocks.found(
                        found.solution(),
                        found.merklePath().siblings(),
                        () -> loop.execute(() -> feed(new CustomJobsInput.BlockRecorded(number))));
            }
        }
    }

    private void scheduleDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        jobs.nextDeadline().ifPresent(at -> {
            long millis = Math.max(1, Duration.between(clock.instant(), at).toMillis());
            deadline = loop.schedule(() -> feed(new CustomJobsInput.TimePassed()), millis, TimeUnit.MILLISECONDS);
        });
    }
}
