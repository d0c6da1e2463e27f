package sluice.upstream.netty;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that do the curve arithmetic of handshakes: 0.1 to 0.4 ms each, and a farm that returns from a power cut
 * brings thousands at once, which no event loop may wait for.
 */
public final class HandshakeWorkers {
    /** Steps of handshakes that may wait for a thread; one more is rejected and its connection closed. */
    public static final int MAX_WAITING = 16_384;

    private HandshakeWorkers() {}

    /** A pool of {@code threads} daemon threads. */
    public static ExecutorService start(int threads) {
        return new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING),
                new DefaultThreadFactory("handshake", true));
    }
}
