package sluice.upstream.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.upstream.failover.TemplateAction;
import sluice.upstream.failover.TemplateFailover;
import sluice.upstream.failover.TemplateInput;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

/** Runs several template sources as one, as a {@link TemplateFailover} says. Confined to its loop. */
public final class FailoverTemplates implements TemplateSource {
    private static final Logger LOG = LoggerFactory.getLogger(FailoverTemplates.class);

    private final List<Member> members;
    private final EventLoop loop;
    private final InstantSource clock;
    private final TemplateFailover failover;
    // Sources report while they are being asked, so inputs wait here for their turn; never more than a few.
    private final Queue<TemplateInput> inputs = new ArrayDeque<>();

    private Consumer<TemplateEvent> events = event -> {};
    private ScheduledFuture<?> deadline;
    private boolean feeding;

    /** A source and what is known of it. */
    public record Member(TemplateFailover.Source description, TemplateSource source) {}

    /** @param members in order, the best first; blocks are offered to each of them by itself, and their verdicts stay there */
    public FailoverTemplates(List<Member> members, EventLoop loop, InstantSource clock) {
        this.members = List.copyOf(members);
        this.loop = loop;
        this.clock = clock;
        this.failover =
                new TemplateFailover(members.stream().map(Member::description).toList(), clock.instant());
    }

    @Override
    public void start(Consumer<TemplateEvent> to) {
        assert loop.inEventLoop();
        events = to;
        for (int i = 0; i < members.size(); i++) {
            int place = i;
            members.get(i).source().start(event -> feed(new TemplateInput.Reported(place, event)));
        }
    }

    @Override
    public void send(TemplateCommand command) {
        assert loop.inEventLoop();
        feed(new TemplateInput.Requested(command));
    }

    /** A block as the member of that place in the order takes it; empty where that can do nothing with it. */
    public Optional<BlockSolution> solutionFor(int member, BlockSolution solution) {
        return failover.solutionFor(member, solution);
    }

    private void feed(TemplateInput input) {
        inputs.add(input);
        if (feeding) {
            return;
        }
        feeding = true;
        try {
            for (TemplateInput next = inputs.poll(); next != null; next = inputs.poll()) {
                failover.on(next, clock.instant()).forEach(this::carryOut);
            }
        } finally {
            feeding = false;
        }
        scheduleDeadline();
    }

    private void carryOut(TemplateAction action) {
        switch (action) {
            case TemplateAction.Send send -> members.get(send.source()).source().send(send.command());
            case TemplateAction.Report report -> events.accept(report.event());
            case TemplateAction.Switched switched ->
                LOG.info("templates come from {} now: {}", switched.to(), switched.reason());
        }
    }

    private void scheduleDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        failover.nextDeadline().ifPresent(at -> {
            long millis = Math.max(1, Duration.between(clock.instant(), at).toMillis());
            deadline = loop.schedule(() -> feed(new TemplateInput.TimePassed()), millis, TimeUnit.MILLISECONDS);
        });
    }
}
