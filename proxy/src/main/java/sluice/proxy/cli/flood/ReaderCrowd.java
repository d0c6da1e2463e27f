package sluice.proxy.cli.flood;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Callers of the API that read its events, each on a thread of its own. */
final class ReaderCrowd extends Crowd {
    /** With pace, number of readers and token: has them begin to read. Answers how many have, in good time. */
    static final String START = "start";

    /** Ends them and answers what all of them were {@link Told}. */
    static final String STOP = "stop";

    // They run where nobody else wants the processor.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final InetSocketAddress api;
    private final List<EventCaller> callers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /**
     * What readers heard.
     *
     * @param streams requests that began a stream
     * @param events those of which a reader was told that it had missed them are not among them
     * @param lost events of which a reader was told that it had missed them
     * @param skipped events that are missing between two others by the numbers in their ids
     */
    record Told(long streams, long bytes, long events, long lost, long skipped) {
        static final Told NOTHING = new Told(0, 0, 0, 0, 0);

        Told plus(Told other) {
            return new Told(
                    streams + other.streams,
                    bytes + other.bytes,
                    events + other.events,
                    lost + other.lost,
                    skipped + other.skipped);
        }
    }

    ReaderCrowd(InetSocketAddress api) {
        this.api = api;
    }

    @Override
    Object carryOut(List<String> order) throws InterruptedException {
        return switch (order.getFirst()) {
            case START -> start(ReadingPace.valueOf(order.get(1)), Integer.parseInt(order.get(2)), order.get(3));
            case STOP -> stop();
            default -> throw new IllegalArgumentException("readers cannot " + order.getFirst());
        };
    }

    private int start(ReadingPace pace, int count, String token) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            EventCaller caller = new EventCaller(api, token, pace);
            callers.add(caller);
            threads.add(Thread.ofPlatform().name("reader-" + i).daemon().start(caller));
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        int begun = 0;
        for (EventCaller caller : callers) {
            begun += caller.awaitBegun(Duration.ofNanos(end - System.nanoTime())) ? 1 : 0;
        }
        return begun;
    }

    private Told stop() throws InterruptedException {
        try {
            for (EventCaller caller : callers) {
                caller.stop();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Told told = callers.stream().map(EventCaller::told).reduce(Told.NOTHING, Told::plus);
        callers.clear();
        threads.clear();
        return told;
    }
}
