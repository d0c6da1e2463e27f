package sluice.proxy.api.sink;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiProblem;
import sluice.proxy.api.event.EventFeed;
import sluice.proxy.api.pool.Later;

/**
 * Those who wait for a share, one for each sink. They are woken by the event of a share, behind which the share itself is
 * there, so the miners' loops have nothing to do with it. Confined to the API's loop.
 */
public final class ShareWaits {
    /** From the first share on that somebody waited for: a busy farm shall not come to one request for each share. */
    static final Duration GATHERING = Duration.ofMillis(100);

    private final EventFeed feed;
    private final Executor loop;
    private final Later later;
    private final Map<String, Wait> waits = new HashMap<>();

    /** @param loop the API's */
    public ShareWaits(EventFeed feed, Executor loop, Later later) {
        this.feed = feed;
        this.loop = loop;
        this.later = later;
    }

    /**
     * Answers after {@code most}, or soon after there is something. Whoever waits for the same sink already is sent away: as a
     * rule that is a connection of the same module that broke.
     */
    CompletionStage<ApiAnswer> await(
            String sink, Duration most, BooleanSupplier isSomething, Supplier<ApiAnswer> answer) {
        Wait wait = new Wait(isSomething, answer);
        Wait earlier = waits.put(sink, wait);
        if (earlier != null) {
            earlier.sendAway();
        }
        wait.answered.whenComplete((given, fault) -> waits.remove(sink, wait));
        wait.begin(most);
        return wait.answered;
    }

    /** How many wait. */
    int waiting() {
        return waits.size();
    }

    private final class Wait {
        private final BooleanSupplier isSomething;
        private final Supplier<ApiAnswer> answer;
        private final CompletableFuture<ApiAnswer> answered = new CompletableFuture<>();
        private final Runnable wake = this::wake;
        private final AtomicBoolean woken = new AtomicBoolean();

        Wait(BooleanSupplier isSomething, Supplier<ApiAnswer> answer) {
            this.isSomething = isSomething;
            this.answer = answer;
        }

        void begin(Duration most) {
            later.after(most, this::end);
            feed.onMore(wake);
            look();
        }

        /** On the bus thread. */
        private void wake() {
            if (woken.compareAndSet(false, true)) {
                loop.execute(() -> {
                    woken.set(false);
                    look();
                });
            }
        }

        private void look() {
            if (!answered.isDone() && isSomething.getAsBoolean()) {
                feed.noMore(wake);
                later.after(GATHERING, this::end);
            }
        }

        private void end() {
            feed.noMore(wake);
            if (answered.isDone()) {
                return;
            }
            try {
                answered.complete(answer.get());
            } catch (RuntimeException fault) {
                answered.completeExceptionally(fault);
            }
        }

        void sendAway() {
            feed.noMore(wake);
            answered.complete(ApiAnswer.problem(ApiProblem.of(
                    409, "asked-again", "Somebody else asks", "another request for the shares of this sink has come")));
        }
    }
}
