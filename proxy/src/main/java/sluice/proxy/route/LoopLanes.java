package sluice.proxy.route;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import sluice.upstream.UpstreamChannel;

/**
 * Routes and lanes as one event loop sees them: a replica of every route that is open, the route that feeds each lane, and
 * the loop's miners in each. An update is applied to its replica once and then handed to the miners whose lane that route
 * feeds. Pure; confined to its loop.
 *
 * @param <M> a miner's connection
 */
public final class LoopLanes<M> {
    /** What carries out what concerns the miners of this loop. */
    public interface Host<M> {
        /** Their replica has taken {@code update}: tell {@code miners.get(from)} to {@code miners.get(to - 1)}. */
        void update(List<M> miners, int from, int to, RouteUpdate update);

        /** They are fed from another route from now on, be it that their lane is or that they have moved. */
        void changeRoute(List<M> miners, RouteReplica replica);

        /** Come back for the rest when others on the loop had their turn. */
        void later(Runnable rest);

        /** Every route with work has had a new tip since the last time: what was mined before is stale a tip ago. */
        void everyRouteHasNewTip();
    }

    /** Is told how many miners of this loop something was written to. */
    @FunctionalInterface
    public interface Delivery {
        void delivered(int miners);
    }

    private static final int NO_ROUTE = -1;

    private final Host<M> host;
    private final Numbering numbering;
    private final int routineSlice;
    private final RouteReplica nothing;
    private final Map<Integer, Replicated> routes = new HashMap<>();
    // In order of their numbers, so that equal inputs give equal runs.
    private final Map<Integer, Lane> lanes = new TreeMap<>();
    private final Map<Integer, Lane> fedBy = new HashMap<>();
    private final Map<M, Lane> homes = new HashMap<>();
    private final Set<M> homeless = new LinkedHashSet<>();
    private OptionalInt laneOfAll = OptionalInt.empty();

    private static final class Replicated {
        final RouteReplica replica;
        long tipsSeen;

        Replicated(RouteReplica replica) {
            this.replica = replica;
        }

        boolean lacksNewTip() {
            return replica.hasWork() && replica.tips() == tipsSeen;
        }
    }

    private final class Lane {
        final int number;
        final Set<M> members = new LinkedHashSet<>();
        RouteReplica replica = nothing;
        int route = NO_ROUTE;
        Routine<M> routine;

        Lane(int number) {
            this.number = number;
        }
    }

    /**
     * A routine update on its way through a lane's miners.
     *
     * @param next the place of the next in {@code miners}
     * @param told how many of those before were still there
     */
    private record Routine<M>(RouteUpdate update, Delivery delivery, List<M> miners, int next, int told) {
        boolean isOver() {
            return next == miners.size();
        }
    }

    /**
     * @param nothing the replica of no route: what a miner begins with
     * @param routineSlice miners served in one go by a routine job; others on the loop get their turn in between
     */
    public LoopLanes(Host<M> host, RouteReplica nothing, Numbering numbering, int routineSlice) {
        this.host = host;
        this.nothing = nothing;
        this.numbering = numbering;
        this.routineSlice = routineSlice;
    }

    /** Takes an update of {@code route}. A new tip goes to all miners at once, a routine job goes round in slices. */
    public void update(int route, RouteUpdate update, Delivery delivery) {
        Lane lane = fedBy.get(route);
        if (lane != null) {
            finishRoutine(lane, update);
        }
        Replicated replicated = routes.computeIfAbsent(route, number -> new Replicated(new RouteReplica(numbering)));
        replicated.replica.apply(update);
        lookAtTips();
        if (lane == null) {
            delivery.delivered(0);
            return;
        }
        List<M> miners = List.copyOf(lane.members);
        if (isRoutine(update)) {
            lane.routine = new Routine<>(update, delivery, miners, 0, 0);
            continueRoutine(lane);
        } else {
            host.update(miners, 0, miners.size(), update);
            delivery.delivered(miners.size());
        }
    }

    /** {@code route} feeds {@code lane} from now on. */
    public void engage(int lane, int route, Delivery delivery) {
        Lane engaged = lane(lane);
        dropRoutine(engaged);
        fedBy.remove(engaged.route);
        fedBy.put(route, engaged);
        engaged.route = route;
        engaged.replica = routes.computeIfAbsent(route, number -> new Replicated(new RouteReplica(numbering))).replica;
        List<M> miners = List.copyOf(engaged.members);
        host.changeRoute(miners, engaged.replica);
        delivery.delivered(miners.size());
    }

    /** The route is closed for good. Miners that it feeds keep what they have until their lane is fed by another. */
    public void forget(int route) {
        routes.remove(route);
        lookAtTips();
    }

    /** The lane is no more; whoever is still in it has no lane. */
    public void removeLane(int lane) {
        Lane gone = lanes.remove(lane);
        if (gone != null) {
            dropRoutine(gone);
            fedBy.remove(gone.route);
            gone.members.forEach(homes::remove);
            homeless.addAll(gone.members);
        }
    }

    /** Where every miner is and goes from now on; empty where each is placed one by one. */
    public void laneOfAll(OptionalInt lane) {
        laneOfAll = lane;
        if (lane.isPresent()) {
            List<M> elsewhere = new ArrayList<>(homeless);
            lanes.values().stream()
                    .filter(other -> other.number != lane.getAsInt())
                    .forEach(other -> elsewhere.addAll(other.members));
            moveAll(elsewhere, lane(lane.getAsInt()));
        }
    }

    /** Whether no upstream of a route that is open forbids a job's version to be rolled. */
    public boolean isVersionRollingAllowed() {
        return routes.values().stream()
                .flatMap(route -> route.replica.channel().stream())
                .allMatch(UpstreamChannel::versionRollingAllowed);
    }

    /** A miner joins: where all are, or with no lane until it is {@link #place placed}. */
    public void join(M miner) {
        if (laneOfAll.isPresent()) {
            place(miner, laneOfAll.getAsInt());
        } else {
            homeless.add(miner);
        }
    }

    /** Puts a miner into a lane, out of the one it may be in. */
    public void place(M miner, int lane) {
        Lane to = lane(lane);
        if (homes.get(miner) != to) {
            moveAll(List.of(miner), to);
        }
    }

    private void moveAll(List<M> miners, Lane to) {
        for (M miner : miners) {
            remove(miner);
            homes.put(miner, to);
            to.members.add(miner);
        }
        host.changeRoute(miners, to.replica);
    }

    /** A miner is gone. */
    public void remove(M miner) {
        Lane home = homes.remove(miner);
        if (home == null) {
            homeless.remove(miner);
        } else {
            home.members.remove(miner);
        }
    }

    /** The miners of this loop in a lane: a view, until the next call. */
    public Collection<M> members(int lane) {
        Lane known = lanes.get(lane);
        return known == null ? List.of() : Collections.unmodifiableSet(known.members);
    }

    /** The lane of a miner, if it has one. */
    public OptionalInt laneOf(M miner) {
        Lane home = homes.get(miner);
        return home == null ? OptionalInt.empty() : OptionalInt.of(home.number);
    }

    private Lane lane(int number) {
        return lanes.computeIfAbsent(number, Lane::new);
    }

    private static boolean isRoutine(RouteUpdate update) {
        return update instanceof RouteUpdate.JobRepeated
                || (update instanceof RouteUpdate.JobAdded added && !added.job().isFuture());
    }

    private void continueRoutine(Lane lane) {
        if (lane.routine == null) {
            return;
        }
        Routine<M> routine = serve(lane, lane.routine, routineSlice);
        if (routine.isOver()) {
            lane.routine = null;
            routine.delivery().delivered(routine.told());
        } else {
            lane.routine = routine;
            host.later(() -> continueRoutine(lane));
        }
    }

    /** Tells so many more, without those that have left the lane since the routine began. */
    private Routine<M> serve(Lane lane, Routine<M> routine, int most) {
        int end = Math.min(routine.next() + most, routine.miners().size());
        List<M> slice = routine.miners().subList(routine.next(), end).stream()
                .filter(lane.members::contains)
                .toList();
        host.update(slice, 0, slice.size(), routine.update());
        return new Routine<>(
                routine.update(), routine.delivery(), routine.miners(), end, routine.told() + slice.size());
    }

    // The next update must not overtake a routine one. A new tip makes the rest of it worthless, so it is dropped then.
    private void finishRoutine(Lane lane, RouteUpdate next) {
        if (lane.routine != null && !(next instanceof RouteUpdate.TipChanged)) {
            lane.routine = serve(lane, lane.routine, lane.routine.miners().size());
        }
        dropRoutine(lane);
    }

    private void dropRoutine(Lane lane) {
        if (lane.routine != null) {
            Routine<M> dropped = lane.routine;
            lane.routine = null;
            dropped.delivery().delivered(dropped.told());
        }
    }

    private void lookAtTips() {
        if (routes.isEmpty()) {
            return;
        }
        boolean anyNew = false;
        for (Replicated route : routes.values()) {
            if (route.lacksNewTip()) {
                return;
            }
            anyNew |= route.replica.tips() != route.tipsSeen;
        }
        if (anyNew) {
            for (Replicated route : new ArrayList<>(routes.values())) {
                route.tipsSeen = route.replica.tips();
            }
            host.everyRouteHasNewTip();
        }
    }
}
