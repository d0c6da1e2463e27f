package sluice.proxy.goal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import sluice.upstream.failover.Standing;

/**
 * Which upstream feeds which miners now, and why.
 *
 * @param revision how many plans were applied, the first included
 */
public record RoutingStanding(long revision, List<GoalStanding> goals) {
    public RoutingStanding {
        goals = List.copyOf(goals);
    }

    /**
     * @param preferred what an operator put in front of the order by name
     * @param unusableSince since when none of its lanes has work of an upstream that it names; empty while one has
     * @param evacuated whether its miners were given to other goals
     */
    public record GoalStanding(
            String name,
            int weight,
            Optional<String> preferred,
            Optional<Instant> unusableSince,
            boolean evacuated,
            List<LaneStanding> lanes) {
        public GoalStanding {
            lanes = List.copyOf(lanes);
        }
    }

    /**
     * @param identity whose lane it is; empty where its miners share the upstream's own user
     * @param upstream what feeds it; empty where nothing has yet
     * @param unusableSince its miners have their last job only since then
     * @param members miners that were put here one by one; none where all of the goal are
     * @param upstreams in the order of the goal, those not wanted any more behind
     */
    public record LaneStanding(
            int number,
            Optional<String> identity,
            Optional<String> upstream,
            Optional<Instant> unusableSince,
            int members,
            List<UpstreamStanding> upstreams) {
        public LaneStanding {
            upstreams = List.copyOf(upstreams);
        }
    }

    /** How an upstream stands for one lane. {@code standing} calls it by a key that is not always its name. */
    public record UpstreamStanding(String name, Standing standing) {}
}
