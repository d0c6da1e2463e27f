package sluice.proxy.api.miningos;

import java.util.Optional;
import sluice.config.GatewayConfig;
import sluice.config.PoolAddress;
import sluice.config.RoutingConfig;
import sluice.config.SoloConfig;
import sluice.config.Sv1PoolAddress;
import sluice.config.Sv2PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.proxy.goal.RoutingStanding;

/**
 * The one pool that a gateway has in the eyes of MiningOS: that which feeds the first goal, or would.
 *
 * @param upstream empty for solo mining
 * @param working whether any goal has work
 */
record Feeding(Optional<UpstreamConfig> upstream, boolean working) {
    static Feeding of(RoutingStanding routing, GatewayConfig config) {
        Optional<String> name = routing.goals().stream()
                .flatMap(goal -> goal.lanes().stream())
                .flatMap(lane -> lane.upstream().stream())
                .findFirst();
        boolean working = routing.goals().stream()
                .anyMatch(goal -> goal.unusableSince().isEmpty()
                        && goal.lanes().stream()
                                .anyMatch(lane -> lane.upstream().isPresent()));
        return new Feeding(name.flatMap(fed -> upstream(fed, config.routing())), working);
    }

    /** Before anything feeds it, the first of the first goal. */
    static Optional<UpstreamConfig> first(RoutingConfig routing) {
        return routing.goals().stream()
                .flatMap(goal -> goal.upstreams().stream())
                .findFirst()
                .flatMap(name -> upstream(name, routing));
    }

    private static Optional<UpstreamConfig> upstream(String name, RoutingConfig routing) {
        return routing.upstreams().stream().filter(one -> isFrom(one, name)).findFirst();
    }

    /** Whether logs and status call {@code pool} so: its own jobs, beside those declared to it, have a name that begins alike. */
    static boolean isFrom(UpstreamConfig pool, String name) {
        return name.equals(pool.name()) || name.startsWith(pool.name() + "~");
    }

    static String publicKey(PoolAddress address) {
        return switch (address) {
            case Sv2PoolAddress sv2 -> sv2.authorityKey().map(Object::toString).orElse("");
            case Sv1PoolAddress sv1 -> "";
        };
    }

    /** What the coinbases say that we make; empty where we make none. */
    static String tag(GatewayConfig config) {
        boolean declares = config.routing().upstreams().stream()
                .anyMatch(upstream -> upstream.declaration().isPresent());
        return config.routing().solo().map(SoloConfig::tag).orElse(declares ? SoloConfig.DEFAULT_TAG : "");
    }
}
