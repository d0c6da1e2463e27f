package sluice.proxy.cli.demo;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;

/** Who was moved from one goal to another. Safe for any thread. */
final class PlacementLog implements GatewayEvents.Listener {
    private final Map<Long, String> userOfConnection = new ConcurrentHashMap<>();
    private final Queue<Long> movedConnections = new ConcurrentLinkedQueue<>();

    @Override
    public void on(GatewayEvent event) {
        if (event instanceof GatewayEvent.ChannelOpened opened) {
            userOfConnection.put(opened.connectionId(), opened.userIdentity());
        } else if (event instanceof GatewayEvent.MinerPlaced placed
                && !placed.from().isEmpty()
                && !placed.from().equals(placed.goal())) {
            movedConnections.add(placed.connectionId());
        }
    }

    /** Moves of all miners. */
    int moves() {
        return movedConnections.size();
    }

    /** Moves of the miners with this user identity. */
    int movesOf(String user) {
        return (int) movedConnections.stream()
                .filter(connection -> user.equals(userOfConnection.get(connection)))
                .count();
    }
}
