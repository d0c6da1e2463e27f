package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandshakeWorkersTest {
    @Test
    void takesStepsUpToTheLimitAndRejectsOneMoreUntilAThreadIsFree() throws InterruptedException {
        AtomicInteger done = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(HandshakeWorkers.MAX_WAITING);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ExecutorService workers = HandshakeWorkers.start(1)) {
            workers.execute(() -> {
                held.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            held.await();
            for (int step = 0; step < HandshakeWorkers.MAX_WAITING; step++) {
                workers.execute(() -> {
                    done.incrementAndGet();
                    all.countDown();
                });
            }
            assertThatThrownBy(() -> workers.execute(done::incrementAndGet))
                    .isInstanceOf(RejectedExecutionException.class);
            release.countDown();
            all.await();
            assertThat(done).hasValue(HandshakeWorkers.MAX_WAITING);
        }
    }
}
