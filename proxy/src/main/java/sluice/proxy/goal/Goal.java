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
    private Terms terms;
    private Optional<String> preferred = Optional.empty();
    private final List<Lane> lanes = new ArrayList<>();
    private boolean retired;
    private Instant unusableSince;
    private boolean evacuated;

    /** Stands for the aggregation of a goal that sets none. */
    static final int ALL_MINERS = 0;

    /**
     * What a plan says of a goal.
     *
     * @param order its upstreams by key, best first
     * @param aggregation most miners in one lane, or {@link #ALL_MINERS}
     * @param channelPerIdentity whether each user identity gets a lane of its own
     */
    record Terms(int weight, List<UpstreamSelector.Entry> order, int aggregation, boolean channelPerIdentity) {
        Terms {
            order = List.copyOf(order);
        }
    }

    /** @param narrow whether miners' indexes are few, so that a lane takes each once */
    Goal(String name, boolean narrow, Terms terms) {
        this.name = name;
        this.narrow = narrow;
        this.terms = terms;
    }

    void apply(Terms next) {
        terms = next;
        preferred = preferred.filter(
                key -> next.order().stream().anyMatch(entry -> entry.upstream().equals(key)));
    }

    String name() {
        return name;
    }

    int weight() {
        return terms.weight();
    }

    List<UpstreamSelector.Entry> order() {
        return terms.order();
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

    /** Whether this lane stays, also without a miner. */
    boolean keeps(Lane lane) {
        return !retired && first() == lane;
    }

    /** It is in no plan any more: its miners leave. */
    void retire() {
        retired = true;
    }

    boolean isRetired() {
        return retired;
    }

    /** Whether one lane takes all miners, whoever they are. */
    boolean hasOneLane() {
        return terms.aggregation() == ALL_MINERS && !terms.channelPerIdentity() && !narrow;
    }

    /** The lane for one more miner; empty where a new one has to be made. */
    Optional<Lane> laneFor(DirectorInput.MinerFacts miner) {
        Optional<String> identity = identityOf(miner.userIdentity());
        return lanes.stream()
                .filter(lane -> lane.identity().equals(identity))
                .filter(lane -> !isLimited() || lane.members() < terms.aggregation())
                .filter(lane -> lane.hasSeat(miner.index()))
                .findFirst();
    }

    /** Whose lane a miner belongs to; empty where it shares one user with others, or gives no name. */
    Optional<String> identityOf(String userIdentity) {
        return Optional.of(userIdentity).filter(name -> terms.channelPerIdentity() && !name.isEmpty());
    }

    /** Whether this miner, which is in {@code lane}, belongs there, as far as the goal is concerned. */
    boolean mayStay(Lane lane, DirectorInput.MinerFacts miner) {
        if (!lane.identity().equals(identityOf(miner.userIdentity()))) {
            return false;
        }
        // Where indexes are few, its own is taken in its lane: by itself.
        return isLimited()
                ? lane.members() <= terms.aggregation()
                : narrow || lane == laneFor(miner).orElse(lane);
    }

    private boolean isLimited() {
        return terms.aggregation() != ALL_MINERS && !terms.channelPerIdentity();
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
