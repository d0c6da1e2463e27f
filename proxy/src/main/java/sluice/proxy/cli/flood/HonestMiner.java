package sluice.proxy.cli.flood;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ThreadLocalRandom;
import sluice.protocol.sv1.Sv1Encoder;
import sluice.protocol.sv1.Sv1Limits;
import sluice.protocol.sv1.Sv1LineCodec;
import sluice.protocol.sv1.Sv1ServerDecoder;
import sluice.proxy.miner.ClientAction;
import sluice.proxy.miner.ClientEvent;
import sluice.proxy.miner.ClientInput;
import sluice.proxy.miner.HashSearch;
import sluice.proxy.miner.Share;
import sluice.proxy.miner.Sv1MinerClient;

/**
 * A miner that finds a share about every so often and measures how long each waits for its answer. Everything of it happens
 * on the thread that runs it.
 */
final class HonestMiner implements Runnable {
    /** Why a share of a former tip is refused. */
    static final String STALE = "stale";

    private static final int MOST_HASHES = 1 << 16;
    private static final int BUFFER_BYTES = 8_192;
    private static final int DRAIN_MILLIS = 5_000;

    private final InetSocketAddress gateway;
    private final int intervalMillis;
    private final Measurements measurements;
    private final InstantSource clock;
    private final Sv1MinerClient client;
    private final Sv1LineCodec lines = new Sv1LineCodec(Sv1Limits.SERVER);
    private final Sv1ServerDecoder decoder = new Sv1ServerDecoder();
    private final HashSearch search = HashSearch.ofThread(0, 1);
    private final ArrayDeque<Long> sentAt = new ArrayDeque<>();
    private Socket socket;
    private boolean working;
    private boolean ended;
    private volatile boolean stopping;

    HonestMiner(
            InetSocketAddress gateway,
            String user,
            int intervalMillis,
            Measurements measurements,
            InstantSource clock) {
        this.gateway = gateway;
        this.intervalMillis = intervalMillis;
        this.measurements = measurements;
        this.clock = clock;
        this.client = new Sv1MinerClient(new Sv1MinerClient.Settings(user, "x", OptionalDouble.empty()), 0);
    }

    /** Finds no more shares; the thread ends when all have their answer. */
    void stop() {
        stopping = true;
    }

    @Override
    public void run() {
        try (Socket own = new Socket()) {
            socket = own;
            socket.setTcpNoDelay(true);
            socket.connect(gateway);
            feed(new ClientInput.Connected());
            mine();
        } catch (IOException lost) {
            measurements.connectionLost(String.valueOf(lost.getMessage()));
        }
        measurements.unanswered(sentAt.size());
    }

    private void mine() throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long due = nextDue(System.nanoTime());
        long drainUntil = Long.MAX_VALUE;
        while (!ended) {
            long now = System.nanoTime();
            if (stopping && drainUntil == Long.MAX_VALUE) {
                drainUntil = now + DRAIN_MILLIS * 1_000_000L;
            }
            if (stopping && (sentAt.isEmpty() || now > drainUntil)) {
                return;
            }
            if (now >= due && !stopping) {
                findShare();
                due = nextDue(now);
            }
            socket.setSoTimeout((int) Math.clamp((due - System.nanoTime()) / 1_000_000, 1, intervalMillis * 2L));
            try {
                int count = socket.getInputStream().read(buffer);
                if (count < 0) {
                    throw new IOException("closed by the gateway");
                }
                // Taken before the line is understood, which is the miner's own time.
                long heard = System.nanoTime();
                lines.feed(buffer, 0, count, (bytes, from, size) -> hear(bytes, from, size, heard));
            } catch (SocketTimeoutException shareIsDue) {
                continue;
            }
        }
    }

    private long nextDue(long from) {
        return from + ThreadLocalRandom.current().nextLong(intervalMillis * 2L) * 1_000_000L;
    }

    private void findShare() throws IOException {
        if (working) {
            Optional<Share> share = search.search(MOST_HASHES).share();
            if (share.isPresent()) {
                feed(new ClientInput.ShareFound(share.get()));
            }
        }
    }

    private void hear(byte[] bytes, int from, int size, long at) {
        try {
            feed(new ClientInput.Sv1Received(decoder.decode(bytes, from, size)), at);
        } catch (IOException lost) {
            ended = true;
            measurements.connectionLost(String.valueOf(lost.getMessage()));
        }
    }

    private void feed(ClientInput input) throws IOException {
        feed(input, System.nanoTime());
    }

    private void feed(ClientInput input, long at) throws IOException {
        for (ClientAction action : client.on(input, clock.instant())) {
            switch (action) {
                case ClientAction.SendSv1 send -> socket.getOutputStream().write(Sv1Encoder.encode(send.message()));
                case ClientAction.StartWork start -> {
                    search.take(start.work());
                    working = true;
                }
                case ClientAction.StopWork stop -> working = false;
                case ClientAction.Publish(ClientEvent event) -> count(event, at);
                case ClientAction.Disconnect disconnect -> throw new IOException(disconnect.reason());
                case ClientAction.Reconnect reconnect -> throw new IOException("sent elsewhere");
                case ClientAction.SendSv2 never -> throw new IllegalStateException("an SV1 miner");
                case ClientAction.SetDeadline deadline -> {}
                case ClientAction.Tell tell -> {}
            }
        }
    }

    private void count(ClientEvent event, long at) {
        switch (event) {
            case ClientEvent.ShareSent sent -> {
                sentAt.add(System.nanoTime());
                measurements.submitted();
            }
            case ClientEvent.SharesAccepted accepted -> measurements.accepted(at - sentAt.remove());
            case ClientEvent.ShareRejected rejected -> {
                sentAt.remove();
                measurements.refused(rejected.reason());
            }
            case ClientEvent.ShareStale stale -> {
                sentAt.remove();
                measurements.refused(STALE);
            }
            case ClientEvent.Ready ready -> measurements.ready();
            case ClientEvent.ExtranonceAssigned assigned -> {}
            case ClientEvent.JobStarted started -> {}
            case ClientEvent.ShareDiscarded discarded -> {}
            case ClientEvent.SharesUnanswered unanswered -> {}
            case ClientEvent.ConnectionLost lost -> {}
        }
    }
}
