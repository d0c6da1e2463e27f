package sluice.proxy.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.upstream.thread.GiveWay;

/**
 * The event bus: takes events from every loop and hands them, in order, on one thread of its own, to its listeners. Loops
 * meet here without a lock. A full bus never blocks a loop: the event is dropped and counted. As long as events come, the
 * bus looks for more by itself every {@link #LINGER}, so that no loop spends a call of the system for each to wake it.
 */
public final class GatewayEvents implements AutoCloseable {
    /** Events that may wait for the listeners. */
    public static final int CAPACITY = 131_072;

    /** How long an event may lie there that comes just after others: those that come meanwhile go with it. */
    public static final Duration LINGER = Duration.ofMillis(5);

    private static final int BATCH = 1_024;
    private static final long LINGER_NANOS = LINGER.toNanos();
    private static final Logger LOG = LoggerFactory.getLogger(GatewayEvents.class);

    /** Folds events into something else; called on the bus thread only. */
    public interface Listener {
        void on(GatewayEvent event);

        /** Everything that had arrived so far has been handed over. */
        default void onBatchEnd() {}
    }

    /** What waits behind events for its turn. */
    private sealed interface Order {
        record Marker(CountDownLatch reached) implements Order {}

        /** Answered by somebody who is confined to the bus thread. */
        record Question(Runnable answer, Runnable refusal) implements Order {}
    }

    // Holds events and orders.
    private final MpscAtomicArrayQueue<Object> queue;
    private final List<Listener> listeners;
    private final List<CountDownLatch> reached = new ArrayList<>(0);
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread;
    private volatile boolean asleep;
    private volatile boolean closing;

    public GatewayEvents(String name, List<Listener> listeners) {
        this(name, listeners, CAPACITY);
    }

    /** @param capacity a power of two */
    GatewayEvents(String name, List<Listener> listeners, int capacity) {
        this.queue = new MpscAtomicArrayQueue<>(capacity);
        this.listeners = List.copyOf(listeners);
        this.thread = Thread.ofPlatform().daemon().name(name + "-events").start(GiveWay.first(this::deliver));
    }

    public void publish(GatewayEvent event) {
        if (!queue.offer(event)) {
            lost.incrementAndGet();
        }
        if (asleep) {
            wake();
        }
    }

    private void wake() {
        asleep = false;
        LockSupport.unpark(thread);
    }

    /** Events dropped because the bus was full. */
    public long lost() {
        return lost.get();
    }

    /**
     * Waits until all that was published before has been handed over; false if it took longer than {@code patience}, or the
     * bus is closed.
     */
    public boolean awaitDelivery(Duration patience) throws InterruptedException {
        CountDownLatch handedOver = new CountDownLatch(1);
        Order.Marker marker = new Order.Marker(handedOver);
        long end = System.nanoTime() + patience.toNanos();
        while (!queue.offer(marker)) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            LockSupport.parkNanos(this, LINGER_NANOS);
        }
        wake();
        if (!thread.isAlive()) {
            return handedOver.getCount() == 0;
        }
        return handedOver.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /**
     * Has {@code answer} given on the bus thread, behind all that was published before: it may look at what a listener
     * keeps. Fails where the bus is full or closes first.
     */
    public <T> CompletableFuture<T> ask(Supplier<T> answer) {
        CompletableFuture<T> answered = new CompletableFuture<>();
        Runnable refusal = () -> answered.completeExceptionally(new RejectedExecutionException("the bus is closed"));
        Order.Question question = new Order.Question(
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
            return answered;
        }
        wake();
        if (!thread.isAlive()) {
            // It may have ended between the two, and then nobody looks at the queue any more.
            refusal.run();
        }
        return answered;
    }

    /** Hands over what has arrived, then ends the bus thread. */
    @Override
    public void close() {
        closing = true;
        wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void deliver() {
        while (!closing) {
            int some = handOverBatch();
            if (some == 0 && queue.isEmpty()) {
                sleep();
            } else if (some < BATCH) {
                LockSupport.parkNanos(this, LINGER_NANOS);
            }
        }
        // No more than had arrived by now, whoever still publishes.
        for (int rest = queue.size(); rest > 0; ) {
            int some = handOverBatch();
            rest = some == 0 ? 0 : rest - some;
        }
        queue.drain(late -> {
            if (late instanceof Order.Question question) {
                question.refusal().run();
            }
        });
    }

    private int handOverBatch() {
        int some = queue.drain(this::handOver, BATCH);
        if (some > 0) {
            listeners.forEach(GatewayEvents::endBatch);
            reached.forEach(CountDownLatch::countDown);
            reached.clear();
        }
        return some;
    }

    // Whoever adds something looks at this flag afterwards, and here the queue is looked at after it: one of both sees
    // it.
    private void sleep() {
        asleep = true;
        if (queue.isEmpty() && !closing) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    private void handOver(Object arrived) {
        switch (arrived) {
            case GatewayEvent event -> handOver(event);
            case Order.Marker marker -> reached.add(marker.reached());
            case Order.Question question -> question.answer().run();
            default -> throw new IllegalStateException("a bus takes no " + arrived.getClass());
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
