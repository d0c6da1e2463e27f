package sluice.proxy.goal;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import sluice.config.FailoverConfig;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.RouteInput;
import sluice.upstream.UpstreamEvent;

/**
 * Decides which upstream feeds which miners: owns all routes, one selector for each lane, the plan in force and the change
 * that may be under way. Failover, fail-back, an operator's switch, a reload and the move of a single miner all end in the
 * same two words to the loops, {@link DirectorAction.Engage} and {@link DirectorAction.Place}. Pure; confined to the control
 * loop.
 */
public final class Director {
    /** Lanes, and so upstream connections in use, of the whole gateway; a miner that would need one more is refused. */
    public static final int MAX_LANES = 1_024;

    private final DirectorOutbox out = new DirectorOutbox();
    private final Goals goals = new Goals();
    private final Upstreams upstreams = new Upstreams();
    private final PlanInForce inForce;
    private final Routes routes;
    private final Lanes lanes;
    private final MinerPlacer placer;
    private final Redistribution redistribution;
    private final PortGate ports;
    private final LastResort lastResort;
    private final Switchover switchover;
    private final Alarm alarm = new Alarm(out);
    private Optional<String> stopReason = Optional.empty();

    /** For a gateway in which every miner's local index is its own. */
    public Director(
            RoutingPlan plan, FailoverConfig failover, Duration keepalive, Target firstWanted, Numbering numbering) {
        this(plan, failover, false, keepalive, firstWanted, numbering);
    }

    /**
     * @param narrow whether miners' local indexes are few, so that several miners have the same and need different lanes
     * @param keepalive after so long without a job, the one in force is repeated
     * @param firstWanted the easiest target an upstream should set while no miner has said otherwise
     */
    public Director(
            RoutingPlan plan,
            FailoverConfig failover,
            boolean narrow,
            Duration keepalive,
            Target firstWanted,
            Numbering numbering) {
        Placement placement = new Placement();
        GoalBalancer balancer = new GoalBalancer(Redistribution.settings(failover));
        inForce = new PlanInForce(plan, failover);
        routes = new Routes(out, numbering, keepalive, firstWanted);
        lanes = new Lanes(out, routes, upstreams, inForce, narrow);
        placer = new MinerPlacer(out, goals, lanes, placement, balancer);
        redistribution = new Redistribution(goals, placement, placer, balancer, inForce);
        ports = new PortGate(out, goals, inForce);
        lastResort = new LastResort(goals, upstreams, inForce);
        switchover = new Switchover(out, inForce, upstreams, goals, lanes, placer, redistribution);
    }

    /** Takes one input. The list is the director's own and is valid until the next call. */
    public List<DirectorAction> on(DirectorInput input, Instant now) {
        out.clear();
        if (stopReason.isEmpty()) {
            take(input, now);
        } else {
            takeAfterStop(input, now);
        }
        return out.actions();
    }

    private void take(DirectorInput input, Instant now) {
        boolean settles = switch (input) {
            // Every share comes by here, so these do no more than they must.
            case DirectorInput.Forward forward -> {
                routes.forward(forward.share(), now);
                yield false;
            }
            case DirectorInput.BlockRecorded recorded -> {
                routes.recorded(recorded.share(), now);
                yield true;
            }
            case DirectorInput.Demand demand -> {
                onDemand(demand, now);
                yield false;
            }
            case DirectorInput.RouteDeadlineReached reached -> {
                routes.onDeadline(reached.route(), reached.deadline(), now);
                yield false;
            }
            case DirectorInput.FromUpstream from -> onUpstream(from, now);
            case DirectorInput.Started started -> {
                switchover.begin(now);
                yield true;
            }
            case DirectorInput.MinerIdentified identified -> {
                placer.identified(identified.loop(), identified.miner(), now);
                yield true;
            }
            case DirectorInput.MinerLeft left -> placer.left(left.connectionId());
            case DirectorInput.Census census -> {
                placer.counted(census, now);
                yield true;
            }
            case DirectorInput.Change asked -> {
                switchover.prepare(asked, now);
                yield true;
            }
            case DirectorInput.Activate asked -> {
                switchover.prepare(asked, now);
                yield true;
            }
            case DirectorInput.TimePassed time -> {
                onTime(now);
                yield true;
            }
            case DirectorInput.Stopped stop -> {
                stop(stop.reason(), now);
                yield false;
            }
        };
        if (settles) {
            settle(now);
        }
    }

    /** What is under way still ends in order, but nothing begins any more. */
    private void takeAfterStop(DirectorInput input, Instant now) {
        switch (input) {
            case DirectorInput.Forward forward -> routes.forward(forward.share(), now);
            case DirectorInput.BlockRecorded recorded -> routes.recorded(recorded.share(), now);
            case DirectorInput.FromUpstream from -> onUpstream(from, now);
            case DirectorInput.Change asked -> out.add(new DirectorAction.Answer(asked.id(), stopped()));
            case DirectorInput.Activate asked -> out.add(new DirectorAction.Answer(asked.id(), stopped()));
            default -> {}
        }
    }

    private ChangeResult.Rejected stopped() {
        return new ChangeResult.Rejected("", "", stopReason.orElseThrow());
    }

    /** How many plans were applied, the first included. */
    public long revision() {
        return inForce.revision();
    }

    /** The plan in force. */
    public RoutingPlan plan() {
        return inForce.plan();
    }

    /** What is in force and how it fares. */
    public RoutingStanding standing() {
        return new RoutingStanding(
                inForce.revision(), goals.all().stream().map(this::standing).toList());
    }

    private RoutingStanding.GoalStanding standing(Goal goal) {
        return new RoutingStanding.GoalStanding(
                goal.name(),
                goal.weight(),
                goal.preferred().map(key -> upstreams.find(key).name()),
                goal.unusableSince(),
                goal.isEvacuated(),
                goal.lanes().stream().map(Lane::standing).toList());
    }

    /** Routes that are open, by number. */
    Collection<OpenRoute> openRoutes() {
        return routes.all();
    }

    /** Shares sent up that have no verdict yet, over all routes. */
    public long unanswered() {
        long sum = 0;
        for (OpenRoute route : routes.all()) {
            sum += route.route().unanswered();
        }
        return sum;
    }

    private void onDemand(DirectorInput.Demand demand, Instant now) {
        Lane lane = lanes.find(demand.lane());
        if (lane != null) {
            lane.demand(new RouteInput.Demand(demand.loop(), demand.hashrate(), demand.hardestWanted()), now);
        }
    }

    /** Says whether anything may follow from it. */
    private boolean onUpstream(DirectorInput.FromUpstream from, Instant now) {
        OpenRoute route = routes.find(from.route());
        if (route == null) {
            return false;
        }
        route.lane().onUpstream(route, from.event(), now);
        return !isVerdict(from.event()) || route.phase() != OpenRoute.Phase.OPEN;
    }

    private static boolean isVerdict(UpstreamEvent event) {
        return event instanceof UpstreamEvent.SharesAccepted || event instanceof UpstreamEvent.ShareRejected;
    }

    private void onTime(Instant now) {
        alarm.rung();
        routes.onTime(now);
        lanes.onTime(now);
        redistribution.onTime(now);
    }

    /** Does what follows from what has happened, and says when to come back. */
    private void settle(Instant now) {
        switchover.settle(now);
        goals.look(now);
        redistribution.settle(now);
        ports.settle(now);
        lastResort.settle(now);
        lanes.settle(now);
        alarm.set(Stream.of(
                        routes.nextDeadline().stream(),
                        lanes.deadlines(),
                        switchover.deadline().stream(),
                        redistribution.deadlines(),
                        ports.deadline().stream(),
                        lastResort.deadline().stream())
                .flatMap(due -> due));
    }

    private void stop(String reason, Instant now) {
        stopReason = Optional.of(reason);
        switchover.stop(stopped());
        lanes.stop(reason, now);
        routes.closeAll(reason, now);
    }
}
