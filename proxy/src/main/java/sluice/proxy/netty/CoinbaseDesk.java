package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import sluice.proxy.coinbase.CoinbaseAction;
import sluice.proxy.coinbase.CoinbaseInput;
import sluice.proxy.coinbase.CoinbaseOutcome;
import sluice.proxy.coinbase.CoinbaseProvider;
import sluice.proxy.coinbase.CoinbaseStanding;
import sluice.proxy.coinbase.OutputsRefusal;
import sluice.proxy.event.GatewayEvent;
import sluice.upstream.template.TemplateSource;

/**
 * Runs the {@link CoinbaseProvider} on the control loop: whoever subscribes gets the gateway's templates with whom they pay.
 */
public final class CoinbaseDesk {
    private final EventLoop loop;
    private final TemplateHub templates;
    private final Consumer<GatewayEvent> events;
    private final Consumer<OptionalDouble> leastDifficulty;
    private final InstantSource clock;
    private final CoinbaseProvider provider;
    private final TemplateSource paidFor;
    private final TemplateAudience audience = new TemplateAudience();
    /** What subscribers cause while they are told something; each causes little at once. */
    private final Queue<Runnable> next = new ArrayDeque<>();

    private boolean busy;
    private ScheduledFuture<?> deadline;

    /** @param leastDifficulty told below which difficulty no miner may go, where there is such a bound */
    CoinbaseDesk(
            EventLoop loop,
            TemplateHub templates,
            Consumer<GatewayEvent> events,
            Consumer<OptionalDouble> leastDifficulty,
            InstantSource clock) {
        this.loop = loop;
        this.templates = templates;
        this.events = events;
        this.leastDifficulty = leastDifficulty;
        this.clock = clock;
        this.provider = new CoinbaseProvider(clock.instant());
        this.paidFor = templates.subscribe();
    }

    void start() {
        paidFor.start(event -> feed(new CoinbaseInput.TemplateReported(event), refusal -> {}));
    }

    void stop() {
        audience.dismiss();
        cancelDeadline();
    }

    /** The gateway's templates, with whom they pay, as a source of one's own. */
    public TemplateSource subscribe() {
        return audience.join(paidFor::send);
    }

    /** From any thread; fails where the gateway is closed. */
    CompletableFuture<CoinbaseOutcome> ask(CoinbaseInput.FromModule input) {
        CompletableFuture<CoinbaseOutcome> answer = new CompletableFuture<>();
        loop.execute(() -> feed(input, refusal -> answer.complete(new CoinbaseOutcome(refusal, provider.standing()))));
        return answer;
    }

    /** From any thread; fails where the gateway is closed. */
    CompletableFuture<CoinbaseStanding> standing() {
        return CompletableFuture.supplyAsync(provider::standing, loop);
    }

    private void feed(CoinbaseInput input, Consumer<Optional<OutputsRefusal>> judged) {
        assert loop.inEventLoop();
        next.add(() -> take(input, judged));
        if (busy) {
            return;
        }
        busy = true;
        try {
            for (Runnable step = next.poll(); step != null; step = next.poll()) {
                step.run();
            }
        } finally {
            busy = false;
        }
        scheduleDeadline();
    }

    private void take(CoinbaseInput input, Consumer<Optional<OutputsRefusal>> judged) {
        for (CoinbaseAction action : provider.on(input, clock.instant())) {
            switch (action) {
                case CoinbaseAction.Report report -> audience.tell(report.event());
                case CoinbaseAction.Reserve reserve -> templates.reserveBeside(reserve.room());
                case CoinbaseAction.LeastDifficulty least -> leastDifficulty.accept(least.difficulty());
                case CoinbaseAction.Publish publish -> events.accept(publish.event());
                case CoinbaseAction.Judged verdict -> judged.accept(verdict.refusal());
            }
        }
    }

    private void scheduleDeadline() {
        cancelDeadline();
        provider.nextDeadline().ifPresent(at -> {
            long millis = Math.max(1, Duration.between(clock.instant(), at).toMillis() + 1);
            deadline = loop.schedule(
                    () -> feed(new CoinbaseInput.TimePassed(), refusal -> {}), millis, TimeUnit.MILLISECONDS);
        });
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
