package sluice.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;

/** The one clock of a run: tasks in the order of their times, and a time that jumps from each to the next. */
final class VirtualTime implements InstantSource {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** A run that needs more has gone wild. */
    private static final int MAX_TASKS = 20_000_000;

    private final PriorityQueue<Timer> queue = new PriorityQueue<>();
    private long nanos;
    private long tasks;
    private long lastOrder;
    private Instant now = START;

    /** A task that waits for its time. */
    static final class Timer implements Comparable<Timer> {
        private final long at;
        // Tasks of the same time run in the order in which they were asked for.
        private final long order;
        private Runnable task;

        private Timer(long at, long order, Runnable task) {
            this.at = at;
            this.order = order;
            this.task = task;
        }

        void cancel() {
            task = null;
        }

        @Override
        public int compareTo(Timer other) {
            return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
        }
    }

    @Override
    public Instant instant() {
        return now;
    }

    /** Nanoseconds since {@link #START}. */
    long nanos() {
        return nanos;
    }

    Duration elapsed() {
        return Duration.ofNanos(nanos);
    }

    long tasks() {
        return tasks;
    }

    Timer after(Duration delay, Runnable task) {
        return atNanos(nanos + Math.max(0, delay.toNanos()), task);
    }

    Timer at(Instant due, Runnable task) {
        return after(Duration.between(now, due), task);
    }

    Timer atNanos(long due, Runnable task) {
        Timer timer = new Timer(Math.max(nanos, due), ++lastOrder, task);
        queue.add(timer);
        return timer;
    }

    /** Runs everything that is due within {@code span}, and stops at its end. */
    void pass(Duration span) {
        long end = nanos + span.toNanos();
        while (!queue.isEmpty() && queue.peek().at <= end) {
            Timer next = queue.poll();
            Runnable task = next.task;
            if (task == null) {
                continue;
            }
            moveTo(next.at);
            if (++tasks > MAX_TASKS) {
                throw new BrokenInvariant("more than " + MAX_TASKS + " tasks: something feeds itself");
            }
            task.run();
        }
        moveTo(end);
    }

    private void moveTo(long time) {
        if (time != nanos) {
            nanos = time;
            now = START.plusNanos(time);
        }
    }
}
