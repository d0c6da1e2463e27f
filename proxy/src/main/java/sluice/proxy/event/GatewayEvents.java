package sluice.proxy.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event bus: takes events from every loop and hands them, in order, on one thread of its own, to its listeners. The
 * only place where loops meet on a lock. A full bus never blocks a loop: the event is dropped and counted.
 */
public final class GatewayEvents implements AutoCloseable {
    /** Events that may wait for the listeners. */
    public static final int CAPACITY = 131_072;

    private static final int BATCH = 1_024;
    private static final Logger LOG = LoggerFactory.getLogger(GatewayEvents.class);

    /** Folds events into something else; called on the bus thread only. */
    public interface Listener {
        void on(GatewayEvent event);

        /** Everything that had arrived so far has been handed over. */
        default void onBatchEnd() {}
    }

    private sealed interface Entry {
        record Event(GatewayEvent event) implements Entry {}

        record Marker(CountDownLatch reached) implements Entry {}

        /** Answered by somebody who is confined to the bus thread. */
        record Question(Runnable answer, Runnable refusal) implements Entry {}

        record Stop() implements Entry {}
    }

    private final ArrayBlockingQueue<Entry> queue;
    private final List<Listener> listeners;
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread;

    public GatewayEvents(String name, List<Listener> listeners) {
        this(name, listeners, CAPACITY);
    }

    GatewayEvents(String name, List<Listener> listeners, int capacity) {
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.listeners = List.copyOf(listeners);
        this.thread = Thread.ofPlatform().daemon().name(name + "-events").start(this::deliver);
    }

    public void publish(GatewayEvent event) {
        if (!queue.offer(new Entry.Event(event))) {
            lost.incrementAndGet();
        }
    }

    /** Events dropped because the bus was full. */
    public long lost() {
        return lost.get();
    }

    /** Waits until all that was published before has been handed over; false if it took longer than {@code patience}. */
    public boolean awaitDelivery(Duration patience) throws InterruptedException {
        CountDownLatch reached = new CountDownLatch(1);
        long nanos = patience.toNanos();
        return queue.offer(new Entry.Marker(reached), nanos, TimeUnit.NANOSECONDS)
                && reached.await(nanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Has {@code answer} given on the bus thread, behind all that was published before: it may look at what a listener
     * keeps. Fails where the bus is full or closes first.
     */
    public <T> CompletableFuture<T> ask(Supplier<T> answer) {
        CompletableFuture<T> answered = new CompletableFuture<>();
        Runnable refusal = () -> answered.completeExceptionally(new RejectedExecutionException("the bus is closed"));
        Entry.Question question = new Entry.Question(
                () -> {
                    try {
                        answered.complete(answer.get());
                    } catch (RuntimeException bug) {
                        answered.completeExceptionally(bug);
                    }
                },
                refusal);
        if (!queue.offer(question)) {
            answered.completeExceptionally(new RejectedExecutionException("the bus is full"));
        } else if (!thread.isAlive()) {
            // It may have ended between the two, and then nobody looks at the queue any more.
            refusal.run();
        }
        return answered;
    }

    /** Hands over what has arrived, then ends the bus thread. */
    @Override
    public void close() {
        try {
            queue.put(new Entry.Stop());
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void deliver() {
        List<Entry> batch = new ArrayList<>(BATCH);
        boolean running = true;
        while (running) {
            try {
                batch.add(queue.take());
            } catch (InterruptedException e) {
                return;
            }
            queue.drainTo(batch, BATCH - 1);
            List<CountDownLatch> reached = new ArrayList<>(0);
            for (Entry entry : batch) {
                switch (entry) {
                    case Entry.Event event -> handOver(event.event());
                    case Entry.Marker marker -> reached.add(marker.reached());
                    case Entry.Question question -> question.answer().run();
                    case Entry.Stop stop -> running = false;
                }
            }
            batch.clear();
            listeners.forEach(GatewayEvents::endBatch);
            reached.forEach(CountDownLatch::countDown);
        }
        for (Entry late = queue.poll(); late != null; late = queue.poll()) {
            if (late instanceof Entry.Question question) {
                question.refusal().run();
            }
        }
    }

    private void handOver(GatewayEvent event) {
        for (Listener listener : listeners) {
            try {
                listener.on(event);
            } catch (RuntimeException bug) {
                LOG.error("event listener {} failed on {}", listener, event, bug);
            }
        }
    }

    private static void endBatch(Listener listener) {
        try {
            listener.onBatchEnd();
        } catch (RuntimeException bug) {
            LOG.error("event listener {} failed at the end of a batch", listener, bug);
        }
    }
}
