package sluice.proxy.cli.flood;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One {@link HostileClients flood} after the other. */
final class HostileCrowd extends Crowd {
    /** With the number of clients and of their first host: begins a flood, and waits until the first of them is there. */
    static final String START = "start";

    /** Ends the flood and answers how many connections it has made, by kind. */
    static final String STOP = "stop";

    // They run where nobody else wants the processor.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final InetSocketAddress gateway;
    private final int sharesPerSecond;
    private HostileClients clients;

    HostileCrowd(InetSocketAddress gateway, int sharesPerSecond) {
        this.gateway = gateway;
        this.sharesPerSecond = sharesPerSecond;
    }

    @Override
    Object carryOut(List<String> order) throws InterruptedException {
        return switch (order.getFirst()) {
            case START -> {
                clients = new HostileClients(gateway, sharesPerSecond);
                clients.start(Integer.parseInt(order.get(1)), Integer.parseInt(order.get(2)));
                Patience.await(
                        PATIENCE, () -> clients.connections().values().stream().anyMatch(count -> count > 0));
                yield "started";
            }
            case STOP -> stop();
            default -> throw new IllegalArgumentException("hostile clients cannot " + order);
        };
    }

    private Map<String, Long> stop() {
        clients.close();
        Map<String, Long> connections = new TreeMap<>();
        clients.connections()
                .forEach((kind, count) -> connections.put(kind.name().toLowerCase(Locale.ROOT), count));
        return connections;
    }
}
