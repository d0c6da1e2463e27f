package sluice.proxy.goal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import sluice.config.PinConfig;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.PlacementReason;

/**
 * Puts miners into lanes: all into one where the plan has one for all, else each where its pin says, or else its goal's
 * weight. Confined to the director.
 */
final class MinerPlacer {
    private static final String TOO_MANY_LANES = "too-many-upstream-channels";

    private final DirectorOutbox out;
    private final Goals goals;
    private final Lanes lanes;
    private final Placement placement;
    private final GoalBalancer balancer;
    // Absent until loops were told the first time.
    private Optional<OptionalInt> toldLaneOfAll = Optional.empty();

    MinerPlacer(DirectorOutbox out, Goals goals, Lanes lanes, Placement placement, GoalBalancer balancer) {
        this.out = out;
        this.goals = goals;
        this.lanes = lanes;
        this.placement = placement;
        this.balancer = balancer;
    }

    boolean placesOneByOne() {
        return toldLaneOfAll.filter(OptionalInt::isEmpty).isPresent();
    }

    /** Goals and pins are others: tells loops where miners are now, and moves those who may not stay where they are. */
    void follow(List<PinConfig> pins, Instant now) {
        placement.pins(pins);
        OptionalInt laneOfAll = goals.laneOfAll();
        if (!toldLaneOfAll.equals(Optional.of(laneOfAll))) {
            toldLaneOfAll = Optional.of(laneOfAll);
            out.add(new DirectorAction.LaneOfAll(laneOfAll));
        }
        if (laneOfAll.isPresent()) {
            placement.clear();
        }
        for (Placement.Placed miner : List.copyOf(placement.all())) {
            follow(miner, now);
        }
    }

    private void follow(Placement.Placed miner, Instant now) {
        Goal goal = miner.lane().goal();
        Optional<String> pin = placement.pinOf(miner.facts());
        if (goal.isRetired() || pin.filter(name -> !name.equals(goal.name())).isPresent()) {
            place(miner.loop(), miner.facts(), 0, now);
        } else if (!goal.mayStay(miner.lane(), miner.facts())) {
            move(miner.loop(), miner.facts(), goal, pin.isPresent(), 0, PlacementReason.WEIGHT, now);
        } else if (pin.isPresent() != miner.pinned()) {
            placement.put(miner.loop(), miner.facts(), miner.lane(), pin.isPresent(), 0, now);
        }
    }

    /** A miner without a lane said who it is. */
    void identified(int loop, DirectorInput.MinerFacts miner, Instant now) {
        if (placesOneByOne() && placement.find(miner.connectionId()) == null) {
            place(loop, miner, placement.expectedHashrate(), now);
        }
    }

    /** Says whether the miner was placed. */
    boolean left(long connectionId) {
        return placement.remove(connectionId);
    }

    /** A loop says who is there, and how fast. */
    void counted(DirectorInput.Census census, Instant now) {
        if (!placesOneByOne()) {
            return;
        }
        for (DirectorInput.Counted counted : census.miners()) {
            Placement.Placed known = placement.find(counted.miner().connectionId());
            if (known != null) {
                placement.hashrate(known, counted.hashesPerSecond());
            } else {
                adopt(census.loop(), counted, now);
            }
        }
    }

    /** A miner that was placed before miners were placed one by one: it stays where it is, if it may. */
    private void adopt(int loop, DirectorInput.Counted counted, Instant now) {
        Lane lane = counted.lane().isPresent() ? lanes.find(counted.lane().getAsInt()) : null;
        Optional<String> pin = placement.pinOf(counted.miner());
        boolean stays = lane != null
                && lane.goal().hasOneLane()
                && !lane.goal().isRetired()
                && pin.filter(name -> !name.equals(lane.goal().name())).isEmpty();
        if (stays) {
            placement.put(loop, counted.miner(), lane, pin.isPresent(), counted.hashesPerSecond(), now);
        } else {
            place(loop, counted.miner(), counted.hashesPerSecond(), now);
        }
    }

    private void place(int loop, DirectorInput.MinerFacts miner, double hashrate, Instant now) {
        Optional<String> pin = placement.pinOf(miner);
        String goal = pin.orElseGet(() -> balancer.place(goals.forBalancer(), placement.hashrates(), hashrate));
        move(
                loop,
                miner,
                goals.find(goal),
                pin.isPresent(),
                hashrate,
                pin.isPresent() ? PlacementReason.PIN : PlacementReason.WEIGHT,
                now);
    }

    /** Carries out what the balancer wants. */
    void move(List<GoalBalancer.Move> moves, PlacementReason reason, Instant now) {
        for (GoalBalancer.Move wanted : moves) {
            Placement.Placed miner = placement.find(wanted.connectionId());
            Goal goal = goals.find(wanted.to());
            if (miner != null && goal != null) {
                move(miner.loop(), miner.facts(), goal, false, 0, reason, now);
            }
        }
    }

    private void move(
            int loop,
            DirectorInput.MinerFacts miner,
            Goal goal,
            boolean pinned,
            double hashrate,
            PlacementReason reason,
            Instant now) {
        Placement.Placed before = placement.find(miner.connectionId());
        String from = before == null ? "" : before.lane().goal().name();
        Optional<Lane> free = goal.laneFor(miner);
        if (free.isEmpty() && lanes.isFull()) {
            out.add(new DirectorAction.Refuse(
                    loop, miner.connectionId(), TOO_MANY_LANES, Director.MAX_LANES + " are in use"));
            return;
        }
        Lane lane = free.orElseGet(() -> lanes.add(goal, goal.identityOf(miner.userIdentity()), now));
        placement.put(loop, miner, lane, pinned, hashrate, now);
        out.publish(new GatewayEvent.MinerPlaced(now, miner.connectionId(), goal.name(), lane.number(), from, reason));
        out.add(new DirectorAction.Place(loop, miner.connectionId(), lane.number()));
    }
}
