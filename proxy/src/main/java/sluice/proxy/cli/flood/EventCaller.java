package sluice.proxy.cli.flood;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/** A caller of the API that has asked for its stream of events. What it counts may be read when its thread has ended. */
final class EventCaller implements Runnable {
    private static final int FAST_BYTES = 64 * 1024;
    // 40 kB a second, where 200 miners make some 260 kB of events.
    private static final int SLOW_BYTES = 4_096;
    private static final int SLOW_PAUSE_MILLIS = 100;
    // Small, so that what is not read waits at the gateway and not in the kernel.
    private static final int KERNEL_BYTES = 8_192;
    // A gateway lets nobody stay stuck for longer than that.
    private static final int STUCK_MILLIS = 30_000;
    private static final int RETRY_MILLIS = 500;
    private static final String ID = "id: ";
    private static final String EVENT = "event: ";
    private static final String DATA = "data: ";
    private static final String LOST = "EventsLost";

    private final InetSocketAddress api;
    private final String token;
    private final ReadingPace pace;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private volatile Socket socket = new Socket();
    private String lastId = "";
    private boolean isLoss;
    private long bytes;
    private long events;
    private long lost;
    private long skipped;
    private long streams;

    EventCaller(InetSocketAddress api, String token, ReadingPace pace) {
        this.api = api;
        this.token = token;
        this.pace = pace;
    }

    /** Waits until it has heard its first event, or has asked where it reads none; says whether that came in time. */
    boolean awaitBegun(Duration patience) throws InterruptedException {
        return begun.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends its thread. */
    void stop() throws IOException {
        stopped.countDown();
        socket.close();
    }

    ReaderCrowd.Told told() {
        return new ReaderCrowd.Told(streams, bytes, events, lost, skipped);
    }

    @Override
    public void run() {
        try {
            while (stopped.getCount() > 0) {
                listen();
                stopped.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private void listen() throws InterruptedException {
        try (Socket own = new Socket()) {
            socket = own;
            if (stopped.getCount() == 0) {
                return;
            }
            if (pace != ReadingPace.FAST) {
                own.setReceiveBufferSize(KERNEL_BYTES);
            }
            own.connect(api);
            own.getOutputStream().write(request().getBytes(US_ASCII));
            streams++;
            if (pace == ReadingPace.STUCK) {
                begun.countDown();
                stopped.await(STUCK_MILLIS, TimeUnit.MILLISECONDS);
            } else {
                read(own.getInputStream());
            }
        } catch (IOException ended) {
            line.reset();
        }
    }

    private String request() {
        // Whoever is slow begins with a backlog, so that all its buffers are full from the start.
        String since = pace == ReadingPace.FAST ? "" : "?last_event_id=oldest";
        return "GET /api/v1/events" + since + " HTTP/1.1\r\nHost: "
                + api.getAddress().getHostAddress()
                + "\r\nAuthorization: Bearer " + token + "\r\n"
                + (lastId.isEmpty() ? "" : "Last-Event-ID: " + lastId + "\r\n") + "\r\n";
    }

    private void read(InputStream in) throws IOException, InterruptedException {
        boolean isFast = pace == ReadingPace.FAST;
        byte[] buffer = new byte[isFast ? FAST_BYTES : SLOW_BYTES];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            bytes += count;
            for (int i = 0; i < count; i++) {
                if (buffer[i] == '\n') {
                    hear(line.toString(UTF_8));
                    line.reset();
                } else {
                    line.write(buffer[i]);
                }
            }
            if (!isFast) {
                stopped.await(SLOW_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    // A chunk of the stream has whole events, so the sizes of chunks stand in lines of their own.
    private void hear(String text) {
        if (text.startsWith(ID)) {
            String id = text.substring(ID.length());
            if (!lastId.isEmpty()) {
                skipped += number(id) - number(lastId) - 1;
            }
            lastId = id;
        } else if (text.startsWith(EVENT)) {
            isLoss = text.endsWith(LOST);
            if (!isLoss) {
                events++;
                begun.countDown();
            }
        } else if (isLoss && text.startsWith(DATA)) {
            lost += JsonMapper.shared()
                    .readTree(text.substring(DATA.length()))
                    .path("data")
                    .path("count")
                    .asLong();
        }
    }

    /** How many events had happened with this one: its id counts those of two sorts. */
    private static long number(String id) {
        String[] parts = id.split("-", -1);
        return Long.parseLong(parts[1]) + Long.parseLong(parts[2]);
    }
}
