package sluice.proxy.api.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.proxy.api.ApiStream;

class ApiStreamsTest {
    private static final String ASK = "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private ServedApi api;
    private final Source source = new Source();

    /** Gives what it was told to, and counts. */
    private static final class Source implements ApiStream {
        final ConcurrentLinkedQueue<byte[]> events = new ConcurrentLinkedQueue<>();
        final AtomicInteger taken = new AtomicInteger();
        final AtomicInteger stopped = new AtomicInteger();
        volatile boolean endless;
        volatile Runnable wake;

        @Override
        public void start(Runnable onNews) {
            wake = onNews;
        }

        @Override
        public byte[] take(int most) {
            taken.incrementAndGet();
            if (endless) {
                return new byte[most];
            }
            byte[] next = events.poll();
            return next == null ? new byte[0] : next;
        }

        @Override
        public void stop() {
            stopped.incrementAndGet();
        }
    }

    @BeforeEach
    void serve() throws IOException {
        api = ServedApi.onPort(ServedApi.IN_NO_HURRY);
        api.stream.set(source);
    }

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void eventsGoOutAsTheyCome() throws IOException {
        source.events.add("data: 1\n\n".getBytes(UTF_8));
        try (RawCaller caller = api.caller()) {
            caller.says(ASK);
            assertThat(caller.hears(text -> text.contains("data: 1\n\n"))).contains("content-type: text/event-stream");
            source.events.add("data: 2\n\n".getBytes(UTF_8));
            source.wake.run();
            caller.hears(text -> text.contains("data: 2\n\n"));
        }
        await().until(() -> source.stopped.get() == 1);
    }

    @Test
    void noMoreIsTakenThanASlowCallerReads() throws IOException {
        source.endless = true;
        try (RawCaller caller = api.caller()) {
            caller.says(ASK).hears(text -> text.contains("\r\n\r\n"));
            // The loop that serves the stream answers others meanwhile, so it is not in it.
            try (RawCaller other = api.caller()) {
                other.says("GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(other.hearsAnswer()).startsWith("HTTP/1.1 200");
            }
            // Until the kernels' buffers are full, too.
            await().until(() -> {
                int before = source.taken.get();
                source.wake.run();
                api.refused("a question that waits behind the wake");
                return source.taken.get() == before;
            });
            assertThat((long) source.taken.get() * OpenStream.BATCH_LIMIT).isLessThan(64 << 20);
        }
        await().until(() -> source.stopped.get() == 1);
    }

    @Test
    void whoAsksAgainOnTheSameConnectionIsClosed() throws IOException {
        try (RawCaller caller = api.caller()) {
            caller.says(ASK).hears(text -> text.contains("\r\n\r\n"));
            assertThat(caller.tries(ASK).hearsAll()).doesNotContain("HTTP/1.1 4");
        }
        await().until(() -> source.stopped.get() == 1);
        assertThat(api.refused("request-behind-stream")).isEqualTo(1);
    }
}
