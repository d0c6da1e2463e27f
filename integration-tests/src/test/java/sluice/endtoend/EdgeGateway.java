package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import sluice.config.AfterHold;
import sluice.config.FailoverConfig;
import sluice.config.LimitsConfig;
import sluice.config.ProfileConfig;
import sluice.config.SoloConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.endtoend.netty.BufferLeaks;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.goal.ChangeResult;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.goal.UpstreamPlan;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.MinersPort;
import sluice.proxy.netty.SoloUpstream;
import sluice.proxy.netty.TemplateSourceFactory;
import sluice.proxy.view.FarmSnapshot;
import sluice.upstream.netty.LocalTemplateSource;
import sluice.upstream.template.SimulatedChain;
import sluice.upstream.template.TemplateSource;

/** A gateway on loopback in front of scripted pools, and the watched miners behind it. */
public final class EdgeGateway implements AutoCloseable {
    private static final int LOOPS = 2;

    private final EventRecorder events = new EventRecorder();
    private final List<WatchedMiner> miners = new ArrayList<>();
    private final Path blocks;
    private final Plan plan;
    private final Gateway gateway;
    private final Map<String, InetSocketAddress> ports = new HashMap<>();

    /** What may differ between gateways. {@link #EASY} has one difficulty, so that every good share also goes to the pool. */
    public record Plan(
            VardiffConfig vardiff,
            LimitsConfig limits,
            Sv1Config sv1,
            FailoverConfig failover,
            List<String> ports,
            InstantSource clock,
            List<ProfileConfig> profiles) {
        public static final Plan EASY = new Plan(
                new VardiffConfig(false, 60, PoolScript.EASY, PoolScript.EASY),
                LimitsConfig.DEFAULT,
                Sv1Config.DEFAULT,
                FailoverConfig.DEFAULT,
                List.of(MinersPort.DEFAULT_NAME),
                InstantSource.system(),
                List.of());

        public Plan with(Sv1Config other) {
            return new Plan(vardiff, limits, other, failover, ports, clock, profiles);
        }

        public Plan with(VardiffConfig other) {
            return new Plan(other, limits, sv1, failover, ports, clock, profiles);
        }

        public Plan with(InstantSource other) {
            return new Plan(vardiff, limits, sv1, failover, ports, other, profiles);
        }

        private Plan with(FailoverConfig other) {
            return new Plan(vardiff, limits, sv1, other, ports, clock, profiles);
        }

        /** Some miners are treated differently. */
        public Plan withProfiles(List<ProfileConfig> others) {
            return new Plan(vardiff, limits, sv1, failover, ports, clock, others);
        }

        /** Besides the default port. */
        Plan withPort(String name) {
            List<String> more = new ArrayList<>(ports);
            more.add(name);
            return new Plan(vardiff, limits, sv1, failover, List.copyOf(more), clock, profiles);
        }

        Plan failingBackAfter(Duration time) {
            return with(new FailoverConfig(
                    failover.hold(),
                    failover.afterHold(),
                    time,
                    failover.switchTimeout(),
                    failover.noJobTimeout(),
                    failover.rejectsTimeout(),
                    failover.redistributeAfter(),
                    failover.rebalanceInterval()));
        }

        public Plan closingPortsAfter(Duration hold) {
            return with(new FailoverConfig(
                    hold,
                    AfterHold.CLOSE,
                    failover.failbackAfter(),
                    failover.switchTimeout(),
                    failover.noJobTimeout(),
                    failover.rejectsTimeout(),
                    failover.redistributeAfter(),
                    failover.rebalanceInterval()));
        }

        /** On a simulated chain, whose path for blocks is called chain. */
        Plan miningSoloAfter(Duration hold) {
            return with(new FailoverConfig(
                    hold,
                    AfterHold.SOLO,
                    failover.failbackAfter(),
                    failover.switchTimeout(),
                    failover.noJobTimeout(),
                    failover.rejectsTimeout(),
                    failover.redistributeAfter(),
                    failover.rebalanceInterval()));
        }

        private boolean minesSolo() {
            return failover.afterHold() == AfterHold.SOLO;
        }

        Plan preparingFor(Duration time) {
            return with(new FailoverConfig(
                    failover.hold(),
                    failover.afterHold(),
                    failover.failbackAfter(),
                    time,
                    failover.noJobTimeout(),
                    failover.rejectsTimeout(),
                    failover.redistributeAfter(),
                    failover.rebalanceInterval()));
        }

        Plan redistributingAfter(Duration time) {
            return with(new FailoverConfig(
                    failover.hold(),
                    failover.afterHold(),
                    failover.failbackAfter(),
                    failover.switchTimeout(),
                    failover.noJobTimeout(),
                    failover.rejectsTimeout(),
                    time,
                    failover.rebalanceInterval()));
        }
    }

    /** @param directory for found blocks */
    EdgeGateway(Path directory, Plan plan, EdgeRouting routing) throws IOException {
        BufferLeaks.watch();
        this.blocks = directory;
        this.plan = plan;
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        gateway = Gateway.start(
                new GatewaySettings(
                                "edge",
                                plan.ports().stream()
                                        .map(name -> new MinersPort(name, any))
                                        .toList(),
                                Farm.freshKey(),
                                plan.vardiff(),
                                plan.limits(),
                                plan.sv1(),
                                directory,
                                LOOPS)
                        .withProfiles(plan.profiles()),
                plan.minesSolo()
                        ? withSolo(routing.plan(plan.vardiff(), plan.sv1(), plan.clock()), plan.clock())
                        : routing.plan(plan.vardiff(), plan.sv1(), plan.clock()),
                plan.failover(),
                plan.minesSolo() ? List.of(new ChainFactory(plan.clock())) : List.of(),
                plan.clock(),
                List.of(events));
        for (int i = 0; i < plan.ports().size(); i++) {
            ports.put(plan.ports().get(i), gateway.addresses().get(i));
        }
    }

    private static RoutingPlan withSolo(RoutingPlan pools, InstantSource clock) {
        List<UpstreamPlan> upstreams = new ArrayList<>(pools.upstreams());
        upstreams.add(UpstreamPlan.simple(new SoloUpstream(SoloConfig.NAME, Bytes.fromHex("51"), Bytes.EMPTY, clock)));
        return new RoutingPlan(upstreams, pools.goals(), pools.pins());
    }

    /** Templates of a simulated chain. */
    private record ChainFactory(InstantSource clock) implements TemplateSourceFactory {
        @Override
        public String name() {
            return "chain";
        }

        @Override
        public boolean takesEveryBlock() {
            return true;
        }

        @Override
        public TemplateSource create(EventLoop loop, Executor handshakes) {
            SimulatedChain chain = new SimulatedChain(
                    SimulatedChain.Settings.regtest(Duration.ofSeconds(5)), new SplittableRandom(1), clock.instant());
            return new LocalTemplateSource(loop, chain, clock);
        }
    }

    /** What was said to a block. */
    String deliveries(Hash256 block) throws IOException {
        return Files.readString(blocks.resolve(block.display() + ".deliveries"));
    }

    /** An SV1 miner, an SV2 miner with an extended and one with a standard channel, that have a job. */
    List<WatchedMiner> oneOfEach() throws IOException {
        List<WatchedMiner> three = List.of(sv1("alice"), sv2("bob"), standard("carol"));
        three.forEach(WatchedMiner::awaitJob);
        return three;
    }

    /** An SV1 miner that is logged in. */
    WatchedSv1Miner sv1(String user) throws IOException {
        return keep(WatchedSv1Miner.login(gateway.address(), user));
    }

    /** An SV1 miner that came in by this port. */
    WatchedSv1Miner sv1At(String port, String user) throws IOException {
        return keep(WatchedSv1Miner.login(ports.get(port), user));
    }

    /** An SV1 miner whose machine has this address. */
    WatchedSv1Miner sv1From(String address, String user) throws IOException {
        return keep(WatchedSv1Miner.login(InetAddress.getByName(address), gateway.address(), user));
    }

    /** An SV2 miner whose standard channel is open. */
    WatchedSv2Miner standard(String user) throws IOException {
        return keep(WatchedSv2Miner.loginStandard(gateway.address(), gateway.authorityKey(), user));
    }

    /** An SV1 miner that has asked to be logged in. */
    WatchedSv1Miner sv1Asking(String user) throws IOException {
        return keep(WatchedSv1Miner.start(gateway.address(), user));
    }

    /** An SV2 miner whose channel is open. */
    WatchedSv2Miner sv2(String user) throws IOException {
        return keep(WatchedSv2Miner.login(gateway.address(), gateway.authorityKey(), user));
    }

    /** An SV2 miner that has asked for its channel. */
    WatchedSv2Miner sv2Asking(String user) throws IOException {
        return keep(WatchedSv2Miner.start(gateway.address(), gateway.authorityKey(), user));
    }

    /** Asks for another routing and waits for what comes of it. */
    ChangeResult apply(EdgeRouting routing) throws Exception {
        return answer(gateway.apply(routing.plan(plan.vardiff(), plan.sv1(), plan.clock()), plan.failover()));
    }

    /** Asks for an upstream of the only goal to be put in front, or for its order again. */
    ChangeResult activate(Optional<String> upstream) throws Exception {
        return answer(gateway.activate(RoutingPlan.DEFAULT_GOAL, upstream));
    }

    private static ChangeResult answer(CompletableFuture<ChangeResult> change) throws Exception {
        return change.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** The files of found blocks. */
    List<Path> blockFiles() throws IOException {
        if (!Files.exists(blocks)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(blocks)) {
            return files.filter(file -> file.toString().endsWith(".json")).toList();
        }
    }

    /** Changes of upstream whose first job has reached every miner, the first upstream included. */
    List<GatewayEvent.SwitchDelivered> switches() {
        return events().all(GatewayEvent.SwitchDelivered.class);
    }

    /** Waits until so many changes of upstream have reached every miner; answers the last. */
    GatewayEvent.SwitchDelivered awaitSwitches(int count) {
        await(count + " changes of upstream").until(() -> switches().size() >= count);
        return switches().getLast();
    }

    /** Waits until the only lane is fed by this pool, and every miner has its job. */
    GatewayEvent.SwitchDelivered awaitSwitchTo(ScriptedSv2Pool pool) {
        await("the change to " + pool)
                .until(() -> !switches().isEmpty() && switches().getLast().to().equals(pool.name()));
        return switches().getLast();
    }

    /** Waits until every miner that is connected has a job on this pool's tip. */
    void awaitJobsOf(ScriptedSv2Pool pool) {
        await("jobs of " + pool)
                .until(() -> miners.stream()
                        .filter(miner -> !miner.isOver())
                        .allMatch(miner -> miner.isOnTip(pool.tipHash())));
    }

    /** Waits until there was an event of this type; answers the first. */
    public <T extends GatewayEvent> T awaitEvent(Class<T> type) {
        await(type.getSimpleName()).until(() -> !events().all(type).isEmpty());
        return events().all(type).getFirst();
    }

    private <M extends WatchedMiner> M keep(M miner) {
        miners.add(miner);
        return miner;
    }

    /** All miners that were ever connected. */
    List<WatchedMiner> miners() {
        return List.copyOf(miners);
    }

    public Gateway gateway() {
        return gateway;
    }

    public InetSocketAddress address() {
        return gateway.address();
    }

    /** All that had happened before the call is recorded by now. */
    public EventRecorder events() {
        EventRecorder.settle(gateway);
        return events;
    }

    public FarmSnapshot seen() throws InterruptedException {
        return gateway.settledSnapshot();
    }

    /** Waits until the upstream's channel is open. */
    public void awaitPool() {
        await("the pool").until(() -> seen().upstream().connected());
    }

    /** Waits until it has noticed that its upstream is gone. */
    public void awaitNoPool() {
        await("the loss of the pool").until(() -> !seen().upstream().connected());
    }

    /** Every upstream connection or attempt that ended. */
    List<GatewayEvent.MiningPoolDisconnected> losses() {
        return events().all(GatewayEvent.MiningPoolDisconnected.class);
    }

    /** Waits until so many upstream connections or attempts have ended; answers the last. */
    GatewayEvent.MiningPoolDisconnected awaitLosses(int count) {
        await(count + " losses of the pool").until(() -> losses().size() >= count);
        return losses().getLast();
    }

    /**
     * Asserts that no share was lost or counted twice between these miners, all there are and none of which is mining now,
     * the gateway and these pools. Holds where there is one difficulty, so that every good share goes up.
     */
    void assertBooksBalance(Collection<? extends JudgingPool> pools) throws InterruptedException {
        await("verdicts of the pools").until(() -> {
            FarmSnapshot.Upstream up = seen().upstream();
            return up.verdictLag() == up.unanswered();
        });
        FarmSnapshot seen = seen();
        FarmSnapshot.Upstream up = seen.upstream();
        int sent = miners.stream().mapToInt(WatchedMiner::sent).sum();
        int accepted = miners.stream().mapToInt(WatchedMiner::accepted).sum();
        int rejected = miners.stream()
                .flatMap(miner -> miner.rejected().values().stream())
                .mapToInt(Integer::intValue)
                .sum();
        FarmSnapshot.Shares down = seen.allDownstream();
        assertThat(accepted + rejected).as("each share has one verdict").isEqualTo(sent);
        assertThat(down.accepted())
                .as("what miners were told is what was counted")
                .isEqualTo(accepted);
        assertThat(down.rejected() + down.stale()).isEqualTo(rejected);
        assertThat(up.forwarded() + up.unforwardable())
                .as("every good share goes up or is counted as not going")
                .isEqualTo(accepted);
        assertThat(seen.upstreams().values().stream()
                        .mapToLong(FarmSnapshot.Upstream::forwarded)
                        .sum())
                .as("what went up went to a pool that is named")
                .isEqualTo(up.forwarded());
        long judged = 0;
        long good = 0;
        for (JudgingPool pool : pools) {
            judged += pool.judgedShares();
            good += pool.goodShares();
        }
        assertThat(judged)
                .as("the pools have what was sent, but for what its loss swallowed")
                .isBetween(up.forwarded() - up.unanswered(), up.forwarded());
        assertThat(good).as("the pools accepted what we say").isBetween(up.accepted(), up.accepted() + up.unanswered());
        assertThat(gateway.lostEvents()).isZero();
    }

    @Override
    public void close() {
        miners.forEach(WatchedMiner::close);
        gateway.close();
    }
}
