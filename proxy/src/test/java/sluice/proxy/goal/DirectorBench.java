package sluice.proxy.goal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import sluice.config.AfterHold;
import sluice.config.FailoverConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.job.VectorJobs;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.RouteDeadline;
import sluice.proxy.route.RouteReplica;
import sluice.proxy.route.RouteUpdate;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

/**
 * Plays the upstreams, the loops and the clock of one director, and holds all it says against what its shell can do: a
 * test that uses it checks that all along.
 */
final class DirectorBench {
    static final Target TARGET = Difficulty.targetOf(1);
    static final Target FIRST_WANTED = Difficulty.targetOf(8192);
    static final FailoverConfig FAILOVER = FailoverConfig.DEFAULT;

    private static final Duration NEVER = Duration.ofDays(10_000);

    /** As many wake-ups at one instant show a director that does not sleep. */
    private static final int MANY = 20;

    final Director director;
    final List<GatewayEvent> events = new ArrayList<>();
    final List<DirectorAction> said = new ArrayList<>();
    final Map<Integer, Opened> opened = new TreeMap<>();
    final Map<Integer, Opened> feeding = new TreeMap<>();
    final Map<Long, Integer> places = new LinkedHashMap<>();
    final Map<Long, String> refused = new LinkedHashMap<>();
    final Map<Long, ChangeResult> answers = new LinkedHashMap<>();
    final List<DirectorAction.RecordBlock> toRecord = new ArrayList<>();
    OptionalInt laneOfAll = OptionalInt.empty();
    boolean portsOpen = true;
    Instant now = Instant.ofEpochSecond(1_790_000_000L);
    private final Map<Deadline, Instant> deadlines = new LinkedHashMap<>();
    private final Set<Integer> removedLanes = new HashSet<>();
    private Instant wakeAt;
    private int tips;
    private long lastChange;

    private record Deadline(int route, RouteDeadline kind) {}

    /** An upstream that was opened, as its far end and the loops see it. */
    static final class Opened {
        final int route;
        final PlanSketch.Pool pool;
        final Optional<String> identity;
        final RouteReplica replica = new RouteReplica(new Numbering());
        final List<UpstreamCommand> commands = new ArrayList<>();
        boolean closing;
        boolean over;

        Opened(DirectorAction.Open open) {
            route = open.route();
            pool = (PlanSketch.Pool) open.upstream();
            identity = open.userIdentity();
        }

        <T extends UpstreamCommand> List<T> commands(Class<T> kind) {
            return commands.stream().filter(kind::isInstance).map(kind::cast).toList();
        }

        List<UpstreamCommand.SubmitShare> shares() {
            return commands(UpstreamCommand.SubmitShare.class);
        }

        MiningJob job() {
            return replica.currentJob().orElseThrow();
        }

        @Override
        public String toString() {
            return pool.name() + identity.map(user -> " of " + user).orElse("");
        }
    }

    DirectorBench(RoutingPlan plan, FailoverConfig failover) {
        this(plan, failover, NEVER);
    }

    DirectorBench(RoutingPlan plan, FailoverConfig failover, Duration keepalive) {
        this(plan, failover, false, keepalive);
    }

    private DirectorBench(RoutingPlan plan, FailoverConfig failover, boolean narrow, Duration keepalive) {
        director = new Director(plan, failover, narrow, keepalive, FIRST_WANTED, new Numbering());
    }

    /** Started in a gateway whose miners' indexes are few. */
    static DirectorBench narrow(PlanSketch plan) {
        DirectorBench bench = new DirectorBench(plan.plan(), FAILOVER, true, NEVER);
        bench.tell(new DirectorInput.Started());
        return bench;
    }

    /** Started, with nothing usable yet. */
    static DirectorBench started(PlanSketch plan) {
        return started(plan, FAILOVER);
    }

    static DirectorBench started(PlanSketch plan, FailoverConfig failover) {
        DirectorBench bench = new DirectorBench(plan.plan(), failover);
        bench.tell(new DirectorInput.Started());
        return bench;
    }

    /** Started, and the upstreams of these names have given work in this order. */
    static DirectorBench mining(PlanSketch plan, String... ready) {
        DirectorBench bench = started(plan);
        for (String upstream : ready) {
            bench.ready(upstream);
        }
        bench.said.clear();
        return bench;
    }

    static FailoverConfig failover(Duration hold, AfterHold afterHold) {
        return new FailoverConfig(
                hold,
                afterHold,
                FAILOVER.failbackAfter(),
                FAILOVER.switchTimeout(),
                FAILOVER.noJobTimeout(),
                FAILOVER.rejectsTimeout(),
                FAILOVER.redistributeAfter(),
                FAILOVER.rebalanceInterval());
    }

    // ---- what happens to the director

    void tell(DirectorInput input) {
        for (DirectorAction action : List.copyOf(director.on(input, now))) {
            said.add(action);
            take(action);
        }
    }

    private void take(DirectorAction action) {
        switch (action) {
            case DirectorAction.Open open -> {
                assertThat(opened).doesNotContainKey(open.route());
                opened.put(open.route(), new Opened(open));
            }
            case DirectorAction.ToUpstream to -> {
                Opened upstream = living(to.route());
                assertThat(upstream.closing)
                        .as("%s to %s, which was told to close", to.command(), upstream)
                        .isFalse();
                upstream.commands.add(to.command());
                upstream.closing = to.command() instanceof UpstreamCommand.Close;
            }
            case DirectorAction.Forget forget -> {
                Opened gone = living(forget.route());
                assertThat(gone.closing).as("%s was told to close", gone).isTrue();
                gone.over = true;
                deadlines.keySet().removeIf(deadline -> deadline.route() == forget.route());
            }
            case DirectorAction.Broadcast broadcast ->
                living(broadcast.route()).replica.apply(broadcast.update());
            case DirectorAction.Engage engage -> {
                assertThat(removedLanes).doesNotContain(engage.lane());
                feeding.put(engage.lane(), living(engage.route()));
            }
            case DirectorAction.RemoveLane remove -> {
                assertThat(removedLanes.add(remove.lane())).isTrue();
                feeding.remove(remove.lane());
                assertThat(places.values())
                        .as("nobody is left in a lane that goes")
                        .doesNotContain(remove.lane());
            }
            case DirectorAction.LaneOfAll all -> {
                laneOfAll = all.lane();
                if (laneOfAll.isPresent()) {
                    places.clear();
                }
            }
            case DirectorAction.Place place -> {
                assertThat(removedLanes).doesNotContain(place.lane());
                places.put(place.connectionId(), place.lane());
            }
            case DirectorAction.Refuse refuse -> refused.put(refuse.connectionId(), refuse.reason());
            case DirectorAction.RecordBlock record -> toRecord.add(record);
            case DirectorAction.Publish publish -> events.add(publish.event());
            case DirectorAction.SetRouteDeadline set -> {
                if (!opened.get(set.route()).over) {
                    deadlines.put(new Deadline(set.route(), set.deadline()), set.at());
                }
            }
            case DirectorAction.WakeAt wake -> wakeAt = wake.at();
            case DirectorAction.ClosePorts close -> {
                assertThat(portsOpen).isTrue();
                portsOpen = false;
            }
            case DirectorAction.OpenPorts open -> {
                assertThat(portsOpen).isFalse();
                portsOpen = true;
            }
            case DirectorAction.Answer answer ->
                assertThat(answers.put(answer.id(), answer.result())).isNull();
        }
    }

    private Opened living(int route) {
        Opened upstream = opened.get(route);
        assertThat(upstream).as("route %d", route).isNotNull();
        assertThat(upstream.over).as("%s is over", upstream).isFalse();
        return upstream;
    }

    /** Lets time pass, and wakes the director whenever it wanted that. */
    void pass(Duration time) {
        Instant end = now.plus(time);
        int atOnce = 0;
        for (Instant next = nextAlarm(); next != null && !next.isAfter(end); next = nextAlarm()) {
            atOnce = next.isAfter(now) ? 0 : atOnce + 1;
            assertThat(atOnce).as("wake-ups at one instant").isLessThan(MANY);
            now = next.isAfter(now) ? next : now;
            ring();
        }
        now = end;
    }

    private Instant nextAlarm() {
        Instant next = wakeAt;
        for (Instant at : deadlines.values()) {
            next = next == null || at.isBefore(next) ? at : next;
        }
        return next;
    }

    private void ring() {
        if (wakeAt != null && !wakeAt.isAfter(now)) {
            wakeAt = null;
            tell(new DirectorInput.TimePassed());
            return;
        }
        Deadline due = deadlines.entrySet().stream()
                .filter(entry -> !entry.getValue().isAfter(now))
                .findFirst()
                .orElseThrow()
                .getKey();
        deadlines.remove(due);
        tell(new DirectorInput.RouteDeadlineReached(due.route(), due.kind()));
    }

    /** As {@link #pass}, but the director is asked at every step whether something is due, whatever it wanted. */
    void passAsking(Duration time, Duration step) {
        for (Instant end = now.plus(time); now.isBefore(end); ) {
            now = now.plus(step);
            while (deadlines.values().stream().anyMatch(at -> !at.isAfter(now))) {
                wakeAt = null;
                ring();
            }
            tell(new DirectorInput.TimePassed());
        }
        wakeAt = null;
    }

    // ---- upstreams

    /** The upstream that was opened last under this name and not told to close. */
    Opened upstream(String name) {
        return upstreams(name).getLast();
    }

    List<Opened> upstreams(String name) {
        List<Opened> all = opened.values().stream()
                .filter(upstream -> upstream.pool.name().equals(name) && !upstream.closing && !upstream.over)
                .toList();
        assertThat(all).as("upstreams called %s that are open", name).isNotEmpty();
        return all;
    }

    /** Names of those that are open and not told to close, in the order they were opened. */
    List<String> open() {
        return opened.values().stream()
                .filter(upstream -> !upstream.closing && !upstream.over)
                .map(Opened::toString)
                .toList();
    }

    void event(Opened upstream, UpstreamEvent event) {
        tell(new DirectorInput.FromUpstream(upstream.route, event));
    }

    /** It opens its channel and gives a job with its tip. */
    Opened ready(String name) {
        return ready(upstream(name));
    }

    Opened ready(Opened upstream) {
        return ready(upstream, true);
    }

    Opened ready(Opened upstream, boolean versionRolling) {
        connected(upstream, versionRolling);
        tip(upstream);
        return upstream;
    }

    void connected(Opened upstream, boolean versionRolling) {
        event(
                upstream,
                new UpstreamEvent.ChannelOpened(new UpstreamChannel(
                        upstream.pool.name(), VectorJobs.UPSTREAM_PREFIX, VectorJobs.GRANTED, TARGET, versionRolling)));
    }

    /** A future job, and at once its tip: the next block. */
    void tip(Opened upstream) {
        byte[] prevHash = new byte[32];
        prevHash[0] = (byte) ++tips;
        event(upstream, new UpstreamEvent.JobAnnounced(VectorJobs.upstreamJob(OptionalLong.empty(), true)));
        event(
                upstream,
                new UpstreamEvent.TipChanged(
                        7, new ChainTip(Hash256.of(prevHash, 0), 0x1d00_ffffL, now.getEpochSecond())));
    }

    void lost(String name) {
        lost(upstream(name), UpstreamEvent.Step.MINING, "connection reset");
    }

    void lost(Opened upstream, UpstreamEvent.Step step, String reason) {
        event(upstream, new UpstreamEvent.Lost(step, reason));
    }

    /** It was told to close and says its last. */
    void closed(Opened upstream) {
        assertThat(upstream.closing).isTrue();
        lost(upstream, UpstreamEvent.Step.MINING, "closed by us");
    }

    // ---- miners

    /** A share of this job, as a loop hands it over. */
    void share(MiningJob job) {
        tell(new DirectorInput.Forward(shareOf(job, false)));
    }

    ForwardedShare block(MiningJob job) {
        ForwardedShare block = shareOf(job, true);
        tell(new DirectorInput.Forward(block));
        return block;
    }

    private static ForwardedShare shareOf(MiningJob job, boolean block) {
        return new ForwardedShare(
                1,
                16,
                MinerOrigin.LOCAL,
                "farm.rig1",
                job,
                ExtranonceShape.ROLL_4,
                Bytes.fromHex("0100000000000000"),
                VectorJobs.SHARE_NONCE,
                job.ntime(),
                VectorJobs.VERSION,
                Hash256.ZERO,
                block);
    }

    /** It takes all shares that were sent to it. */
    void accepts(Opened upstream, int shares) {
        event(
                upstream,
                new UpstreamEvent.SharesAccepted(upstream.shares().getLast().sequence(), shares, shares));
    }

    void demand(int loop, int lane, double hashrate) {
        tell(new DirectorInput.Demand(loop, lane, hashrate, TARGET));
    }

    static DirectorInput.MinerFacts facts(long connection, String user) {
        return new DirectorInput.MinerFacts(connection, user, InetAddress.getLoopbackAddress(), "default", 0);
    }

    /** A miner without a lane says who it is. */
    void identified(long connection, String user) {
        tell(new DirectorInput.MinerIdentified(0, facts(connection, user)));
    }

    /** As above, of a gateway whose miners' indexes are few. */
    void identified(long connection, int index) {
        tell(new DirectorInput.MinerIdentified(
                0,
                new DirectorInput.MinerFacts(connection, "rig", InetAddress.getLoopbackAddress(), "default", index)));
    }

    void left(long connection) {
        places.remove(connection);
        tell(new DirectorInput.MinerLeft(connection));
    }

    static DirectorInput.Counted counted(long connection, String user, int lane, double hashrate) {
        return new DirectorInput.Counted(facts(connection, user), OptionalInt.of(lane), hashrate);
    }

    /** All that have a place show this hashrate. */
    void census(double hashrate) {
        tell(new DirectorInput.Census(
                0,
                places.entrySet().stream()
                        .map(place -> counted(place.getKey(), "farm.rig", place.getValue(), hashrate))
                        .toList()));
    }

    /** The upstream that feeds this miner. */
    String feeds(long connection) {
        return String.valueOf(feeding.get(places.get(connection)));
    }

    /** How many miners each upstream feeds. */
    Map<String, Integer> fed() {
        Map<String, Integer> fed = new TreeMap<>();
        places.keySet().forEach(connection -> fed.merge(feeds(connection), 1, Integer::sum));
        return fed;
    }

    // ---- changes

    long change(PlanSketch plan) {
        return change(plan, FAILOVER);
    }

    long change(PlanSketch plan, FailoverConfig failover) {
        tell(new DirectorInput.Change(++lastChange, plan.plan(), failover));
        return lastChange;
    }

    long activate(String goal, String upstream) {
        tell(new DirectorInput.Activate(++lastChange, goal, Optional.of(upstream)));
        return lastChange;
    }

    long comeBack(String goal) {
        tell(new DirectorInput.Activate(++lastChange, goal, Optional.empty()));
        return lastChange;
    }

    // ---- what the director said

    <T extends DirectorAction> List<T> said(Class<T> kind) {
        return said.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <T extends GatewayEvent> List<T> events(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The only upstream that feeds anybody. */
    Opened feeding() {
        assertThat(feeding).hasSize(1);
        return feeding.values().iterator().next();
    }

    boolean broadcasts(Opened upstream, Class<? extends RouteUpdate> kind) {
        return said(DirectorAction.Broadcast.class).stream()
                .anyMatch(broadcast -> broadcast.route() == upstream.route && kind.isInstance(broadcast.update()));
    }
}
