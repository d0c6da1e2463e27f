package sluice.proxy.api.pool;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Has something done after a while. */
@FunctionalInterface
public interface Later {
    void after(Duration time, Runnable task);

    /** On this loop. */
    static Later on(Executor loop) {
        return (time, task) -> CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS, loop)
                .execute(task);
    }
}
