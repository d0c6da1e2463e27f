package sluice.upstream.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.LocalTemplates;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

/** Lets time pass for templates that are made within this process. Confined to its loop. */
public final class LocalTemplateSource implements TemplateSource {
    private final EventLoop loop;
    private final LocalTemplates templates;
    private final InstantSource clock;
    private Consumer<TemplateEvent> events = event -> {};
    private ScheduledFuture<?> nextLook;
    private boolean closed;

    public LocalTemplateSource(EventLoop loop, LocalTemplates templates, InstantSource clock) {
        this.loop = loop;
        this.templates = templates;
        this.clock = clock;
    }

    @Override
    public void start(Consumer<TemplateEvent> to) {
        events = to;
        events.accept(new TemplateEvent.NewTip(templates.current()));
        look();
    }

    @Override
    public void send(TemplateCommand command) {
        switch (command) {
            case TemplateCommand.SubmitBlock submit -> submit(submit.solution());
            // What is made in this process leaves room for the largest coinbase there may be.
            case TemplateCommand.ReserveCoinbase reserve -> {}
            // It looks on its own, and nobody else knows of it first.
            case TemplateCommand.LookNow look -> {}
            case TemplateCommand.Close close -> {
                closed = true;
                if (nextLook != null) {
                    nextLook.cancel(false);
                }
            }
        }
    }

    private void look() {
        for (TemplateEvent event : templates.advance(clock.instant())) {
            if (closed) {
                return;
            }
            events.accept(event);
        }
        if (!closed) {
            scheduleLook();
        }
    }

    private void scheduleLook() {
        if (nextLook != null) {
            nextLook.cancel(false);
        }
        Instant next = templates.nextChange();
        if (next.equals(Instant.MAX)) {
            return;
        }
        long millis = Math.max(1, Duration.between(clock.instant(), next).toMillis());
        nextLook = loop.schedule(this::look, millis, TimeUnit.MILLISECONDS);
    }

    private void submit(BlockSolution solution) {
        BlockVerdict verdict = solution.block()
                .map(block -> templates.submit(block, clock.instant()))
                .orElseThrow(
                        () -> new IllegalStateException("template " + solution.templateId() + " has transactions"));
        if (!closed) {
            events.accept(new TemplateEvent.BlockJudged(solution.number(), verdict));
            look();
        }
    }
}
