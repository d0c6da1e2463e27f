package sluice.proxy.cli.flood;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hostile clients of all kinds in equal numbers. Each has one connection, does its deed, and comes again a moment after it
 * was closed. Every kind comes from addresses of its own in 127.0.0.0/8, ten clients from each.
 */
final class HostileClients implements AutoCloseable {
    private static final int CLIENTS_OF_AN_ADDRESS = 10;
    private static final int RECEIVE_BUFFER = 16 * 1024;
    private static final int CONNECT_MILLIS = 5_000;
    private static final int COME_AGAIN_MILLIS = 1_000;

    private final InetSocketAddress gateway;
    private final int sharesPerSecond;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Map<Hostility, AtomicLong> connections = new EnumMap<>(Hostility.class);

    HostileClients(InetSocketAddress gateway, int sharesPerSecond) {
        this.gateway = gateway;
        this.sharesPerSecond = sharesPerSecond;
        for (Hostility kind : Hostility.values()) {
            connections.put(kind, new AtomicLong());
        }
    }

    /** @param firstHost the last part of the addresses begins here */
    void start(int clients, int firstHost) {
        Hostility[] kinds = Hostility.values();
        for (int i = 0; i < clients; i++) {
            Hostility kind = kinds[i % kinds.length];
            int host = i / kinds.length / CLIENTS_OF_AN_ADDRESS + firstHost;
            byte[] address = {127, (byte) (host >> 8), (byte) (kind.ordinal() + 1), (byte) host};
            threads.submit(() -> comeAgainAndAgain(kind, InetAddress.getByAddress(address)));
        }
    }

    /** Connections that were made so far, by kind. */
    Map<Hostility, Long> connections() {
        Map<Hostility, Long> counts = new EnumMap<>(Hostility.class);
        connections.forEach((kind, count) -> counts.put(kind, count.get()));
        return counts;
    }

    private Void comeAgainAndAgain(Hostility kind, InetAddress from) throws InterruptedException {
        Hostility.Pacer pacer = new Hostility.Pacer() {
            @Override
            public void rest(int millis) throws InterruptedException {
                if (over.await(millis, TimeUnit.MILLISECONDS)) {
                    throw new InterruptedException("the flood is over");
                }
            }

            @Override
            public int sharesPerTenth() {
                return Math.max(1, sharesPerSecond / 10);
            }
        };
        // Not all in the same moment.
        pacer.rest(ThreadLocalRandom.current().nextInt(COME_AGAIN_MILLIS));
        while (true) {
            try (Socket socket = new Socket()) {
                open.add(socket);
                try {
                    socket.setReceiveBufferSize(RECEIVE_BUFFER);
                    socket.bind(new InetSocketAddress(from, 0));
                    socket.connect(gateway, CONNECT_MILLIS);
                    connections.get(kind).incrementAndGet();
                    kind.attack(socket, pacer);
                } finally {
                    open.remove(socket);
                }
            } catch (IOException closed) {
                // As it should be; it comes again.
            }
            pacer.rest(COME_AGAIN_MILLIS);
        }
    }

    /** Ends all of them. */
    @Override
    public void close() {
        over.countDown();
        for (Socket socket : open) {
            try {
                socket.close();
            } catch (IOException e) {
                continue;
            }
        }
        threads.close();
    }
}
