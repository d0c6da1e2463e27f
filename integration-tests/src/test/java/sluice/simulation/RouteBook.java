package sluice.simulation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sluice.proxy.route.RouteReplica;

/** Which route of a gateway each connection to a pool and each generation of jobs belongs to. */
final class RouteBook {
    private final Map<Integer, Integer> byLink = new HashMap<>();
    private final Map<Long, Integer> byGeneration = new HashMap<>();

    void connected(int link, int route) {
        byLink.put(link, route);
    }

    void began(long generation, int route) {
        byGeneration.put(generation, route);
    }

    /** The route of the jobs of this generation, or null. */
    Integer ofGeneration(long generation) {
        return byGeneration.get(generation);
    }

    /** Throws unless one of {@code sources}, which a miner was given as {@code job}, is of the route that feeds it. */
    void require(List<UpstreamJobs.Source> sources, RouteReplica feeding, ToldJob job) {
        Integer route = feeding == null ? null : byGeneration.get(feeding.generation());
        for (UpstreamJobs.Source source : sources) {
            if (source.link() == UpstreamJobs.NO_LINK
                    || byLink.get(source.link()).equals(route)) {
                return;
            }
        }
        throw new BrokenInvariant("%s is of route %s, its miner is fed by route %s"
                .formatted(job, byLink.get(sources.getLast().link()), route));
    }
}
