package sluice.proxy.cli.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import sluice.config.DeclarationMode;
import sluice.config.FailoverConfig;
import sluice.config.GoalConfig;
import sluice.config.RoutingConfig;
import sluice.config.SoloConfig;
import sluice.config.VardiffConfig;
import sluice.protocol.bitcoin.Descriptor;
import sluice.protocol.bitcoin.Network;
import sluice.protocol.bitcoin.TxOut;
import sluice.proxy.event.GatewayEvent.SwitchKind;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.netty.PoolUpstream;
import sluice.proxy.view.FarmSnapshot;

/**
 * The farm makes its own jobs for a pool; then the pool's job declaration server is killed, then the pool itself, and then
 * both come back: miners go from declared jobs to the pool's own, to solo mining, and back up again.
 */
public final class DeclarationScenario implements Scenario {
    /** With jobs that the farm has declared. */
    static final String DECLARED = "A";

    /** The same pool with jobs of its own. */
    static final String OWN = "A~pool";

    private static final Duration BLOCK_INTERVAL = Duration.ofSeconds(3);
    private static final Duration FAILBACK_AFTER = Duration.ofSeconds(1);
    private static final double SHARES_PER_MINUTE = 300;
    private static final double MINERS_PART_OF_MACHINE = 0.3;
    private static final int CALMS_IN_DURATION = 5;
    private static final int JOBS_TO_SEE = 3;
    private static final int LOOPS = 2;
    private static final SoloConfig SOLO = new SoloConfig(
            // An OP_RETURN output: nobody can be paid on a chain that does not exist.
            Descriptor.parse("raw(6a046661726d)", Network.REGTEST), Network.REGTEST, "/Sluice demo farm/");

    private final Duration failbackAfter;

    public DeclarationScenario() {
        this(FAILBACK_AFTER);
    }

    DeclarationScenario(Duration failbackAfter) {
        this.failbackAfter = failbackAfter;
    }

    @Override
    public DemoReport play(Stage stage) throws IOException, InterruptedException {
        Pace pace = Pace.of(stage.miners(), MINERS_PART_OF_MACHINE);
        VardiffConfig difficulty = pace.fixed(stage.sharesPerMinute(SHARES_PER_MINUTE));
        try (DemoNode node = new DemoNode(pace.chain(BLOCK_INTERVAL), stage);
                DemoFarm farm = new DemoFarm(stage)) {
            DemoPool pool = farm.pool(DECLARED, new DemoPool.Nature(difficulty, node));
            farm.open(
                    plan(pool, difficulty, stage),
                    failover(),
                    List.of(node.templates(List.of(new TxOut(0, SOLO.payout().script())))),
                    difficulty,
                    LOOPS);
            farm.mineAll(pace);
            return new Story(stage, farm, pool).tell();
        }
    }

    private RoutingPlan plan(DemoPool pool, VardiffConfig difficulty, Stage stage) {
        return PoolUpstream.plan(
                new RoutingConfig(
                        List.of(pool.withDeclaredJobs(DeclarationMode.FULL_TEMPLATE)),
                        List.of(new GoalConfig(
                                RoutingPlan.DEFAULT_GOAL,
                                GoalConfig.DEFAULT_WEIGHT,
                                List.of(DECLARED, SoloConfig.NAME))),
                        List.of(),
                        Optional.of(SOLO)),
                new PoolUpstream.Common(difficulty, failover(), stage.softwareVersion(), stage.clock()));
    }

    private FailoverConfig failover() {
        FailoverConfig usual = FailoverConfig.DEFAULT;
        return new FailoverConfig(
                usual.hold(),
                usual.afterHold(),
                failbackAfter,
                usual.switchTimeout(),
                usual.noJobTimeout(),
                usual.rejectsTimeout(),
                usual.redistributeAfter(),
                usual.rebalanceInterval());
    }

    /** What happens, step by step; a step that did not come in time ends it. */
    private static final class Story {
        private final Stage stage;
        private final DemoFarm farm;
        private final DemoPool pool;
        private final Expectations expectations;

        Story(Stage stage, DemoFarm farm, DemoPool pool) {
            this.stage = stage;
            this.farm = farm;
            this.pool = pool;
            this.expectations = new Expectations(farm);
        }

        DemoReport tell() throws IOException, InterruptedException {
            mineDeclaredJobs();
            DeclarationReport.Declared declared = new DeclarationReport.Declared(
                    pool.snapshot().customJobs(),
                    pool.snapshot().customJobsRefused(),
                    expectations.accepted(DECLARED),
                    farm.snapshot().blocksAccepted(),
                    pool.blocksAccepted());
            if (expectations.areMet()) {
                loseTheDeclarationServer();
            }
            if (expectations.areMet()) {
                loseThePool();
            }
            if (expectations.areMet()) {
                comeBack();
            }
            farm.mineToTheEnd();
            FarmSummary summary = farm.finish(() -> balance(farm.snapshot()).missing() == 0);
            return new DeclarationReport(
                    summary,
                    declared,
                    summary.gateway().switches(),
                    Steadiness.of(farm.reports()),
                    balance(summary.gateway()),
                    expectations.troubles());
        }

        private ShareBalance balance(FarmSnapshot gateway) {
            return ShareBalance.withSoloMining(farm.reports(), gateway);
        }

        private void mineDeclaredJobs() throws InterruptedException {
            expectations.expect(expectations.minedAt(DECLARED), "no share on a declared job was accepted");
            expectations.expect(
                    () -> pool.snapshot().customJobs() >= JOBS_TO_SEE,
                    "the pool did not take " + JOBS_TO_SEE + " jobs");
            expectations.expect(
                    () -> farm.snapshot().blocksAccepted() > 0,
                    "our node took no block that was found on a declared job");
            expectations.expect(
                    () -> pool.snapshot().blocksAccepted() > 0,
                    "the pool's node took no block that was found on a declared job");
            farm.mineFor(calm());
        }

        private void loseTheDeclarationServer() throws InterruptedException {
            BooleanSupplier left = expectations.next(SwitchKind.FAILOVER);
            BooleanSupplier mined = expectations.minedAt(OWN);
            stage.say("The job declaration server of pool A is killed.");
            pool.killDeclarations();
            expectations.expect(left, "nobody left the declared jobs");
            expectations.expect(mined, "A accepted no work on its own jobs");
            tell(SwitchKind.FAILOVER);
            farm.mineFor(calm());
        }

        private void loseThePool() throws InterruptedException {
            BooleanSupplier left = expectations.next(SwitchKind.FAILOVER);
            stage.say("Pool A is killed, too.");
            pool.kill();
            expectations.expect(left, "nobody went to solo mining");
            long before = farm.snapshot().blocksAccepted();
            expectations.expect(
                    () -> farm.snapshot().blocksAccepted() > before, "no block was found in solo mining and accepted");
            tell(SwitchKind.FAILOVER);
            farm.mineFor(calm());
        }

        private void comeBack() throws IOException, InterruptedException {
            BooleanSupplier mined = expectations.minedAt(DECLARED);
            stage.say("Pool A and its job declaration server are back.");
            pool.revive();
            expectations.expect(mined, "no share on a declared job was accepted after the pool was back");
            tell(SwitchKind.FAILBACK);
        }

        private void tell(SwitchKind kind) {
            expectations.switches(kind).stream()
                    .reduce((first, second) -> second)
                    .ifPresent(latest -> stage.say(
                            "Miners went from %s to %s in %.2f ms (%s).",
                            latest.from(), latest.to(), latest.gap().toNanos() / 1e6, latest.reason()));
        }

        private Duration calm() {
            return stage.duration().dividedBy(CALMS_IN_DURATION);
        }
    }
}
