package sluice.proxy.goal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.upstream.failover.UpstreamSelector;

/** One goal as it is applied: its order of upstreams and its lanes. Confined to the director. */
final class Goal {
    private final String name;
    private final boolean narrow;
    private int weight;
    private List<UpstreamSelector.Entry> order;
    private Optional<String> preferred = Optional.empty();
    private int aggregation;
    private boolean channelPerIdentity;
    private final List<Lane> lanes = new ArrayList<>();
    private Instant unusableSince;
    private boolean evacuated;

    /**
     * @param narrow whether miners' indexes are few, so that a lane takes each once
     * @param aggregation most miners in one lane; 0 for all
     * @param channelPerIdentity whether each user identity gets a lane of its own
     */
    Goal(
            String name,
            boolean narrow,
            int weight,
            List<UpstreamSelector.Entry> order,
            int aggregation,
            boolean channelPerIdentity) {
        this.name = name;
        this.narrow = narrow;
        apply(weight, order, aggregation, channelPerIdentity);
    }

    void apply(int newWeight, List<UpstreamSelector.Entry> newOrder, int newAggregation, boolean perIdentity) {
        weight = newWeight;
        order = List.copyOf(newOrder);
        preferred = preferred.filter(key -> order.stream().anyMatch(entry -> entry.upstream().equals(key)));
        aggregation = newAggregation;
        channelPerIdentity = perIdentity;
    }

    String name() {
        return name;
    }

    int weight() {
        return weight;
    }

    List<UpstreamSelector.Entry> order() {
        return order;
    }

    /** What the operator put in front of the order by name, until the order comes without it. */
    Optional<String> preferred() {
        return preferred;
    }

    void prefer(Optional<String> key) {
        preferred = key;
    }

    List<Lane> lanes() {
        return lanes;
    }

    /** The lane that is always there, and shows whether an upstream can be had. */
    Lane first() {
        return lanes.getFirst();
    }

    /** Whether one lane takes all miners, whoever they are. */
    boolean hasOneLane() {
        return aggregation == 0 && !channelPerIdentity && !narrow;
    }

    /** The lane for one more miner; empty where a new one has to be made. */
    Optional<Lane> laneFor(DirectorInput.MinerFacts miner) {
        Optional<String> identity = identityOf(miner.userIdentity());
        return lanes.stream()
                .filter(lane -> lane.identity().equals(identity))
                .filter(lane -> !isLimited(lane) || lane.members() < aggregation)
                .filter(lane -> lane.hasSeat(miner.index()))
                .findFirst();
    }

    /** Whose lane a miner belongs to; empty where it shares one user with others, or gives no name. */
    Optional<String> identityOf(String userIdentity) {
        return channelPerIdentity ? Optional.of(userIdentity).filter(name -> !name.isEmpty()) : Optional.empty();
    }

    /** Whether this miner, which is in {@code lane}, belongs there, as far as the goal is concerned. */
    boolean mayStay(Lane lane, DirectorInput.MinerFacts miner) {
        if (!lanes.contains(lane) || !lane.identity().equals(identityOf(miner.userIdentity()))) {
            return false;
        }
        // Where indexes are few, its own is taken in its lane: by itself.
        return isLimited(lane)
                ? lane.members() <= aggregation
                : narrow || lane == laneFor(miner).orElse(lane);
    }

    private boolean isLimited(Lane lane) {
        return aggregation > 0 && lane.identity().isEmpty() && !channelPerIdentity;
    }

    boolean isUsable() {
        return lanes.stream().anyMatch(Lane::isUsable);
    }

    /** Notes whether it is usable now. */
    void look(Instant now) {
        if (isUsable()) {
            unusableSince = null;
        } else if (unusableSince == null) {
            unusableSince = now;
        }
    }

    /** Since when none of its lanes was seen to be usable; empty while one is. */
    Optional<Instant> unusableSince() {
        return Optional.ofNullable(unusableSince);
    }

    /** Whether its unpinned miners were given to other goals because it has no usable upstream. */
    boolean isEvacuated() {
        return evacuated;
    }

    void evacuated(boolean now) {
        evacuated = now;
    }
}
