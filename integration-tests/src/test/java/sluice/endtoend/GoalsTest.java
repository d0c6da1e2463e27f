package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import sluice.config.AddressRange;
import sluice.config.IdentityMode;
import sluice.config.PinConfig;
import sluice.config.UserPattern;
import sluice.protocol.sv2.message.extension.WorkerIdentity;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.PlacementReason;

/** Miners of one farm that mine for several goals: by weight, and where a pin says so for theirs alone. */
class GoalsTest extends ScriptedPoolScenario {
    private static final String SECOND_PORT = "lan2";
    private static final PoolScript NAMES = PoolScript.GOOD.supporting(Set.of(WorkerIdentity.EXTENSION_TYPE));

    private static EdgeUpstream naming(ScriptedSv2Pool pool) {
        return EdgeUpstream.of(pool).naming(IdentityMode.PER_SHARE);
    }

    private static PinConfig users(String goal, String pattern) {
        return new PinConfig(goal, List.of(UserPattern.parse(pattern)), List.of(), List.of());
    }

    private static List<String> goalsOf(EdgeGateway gateway) {
        return gateway.events().all(GatewayEvent.MinerPlaced.class).stream()
                .map(GatewayEvent.MinerPlaced::goal)
                .toList();
    }

    @Test
    void pinnedMinersOnlyEverMineForTheirPool() throws Exception {
        ScriptedSv2Pool left = pool("A", NAMES);
        ScriptedSv2Pool right = pool("B", NAMES);
        EdgeGateway gateway = gatewayTo(
                EdgeRouting.NONE
                        .goal("left", 1_000, naming(left))
                        .goal("right", 1, naming(right))
                        .pin(users("right", "farm.s19-*"))
                        .pin(new PinConfig("right", List.of(), List.of(AddressRange.parse("127.0.0.64/26")), List.of()))
                        .pin(new PinConfig("right", List.of(), List.of(), List.of(SECOND_PORT)))
                        .pin(users("left", "farm.*")),
                EdgeGateway.Plan.EASY.withPort(SECOND_PORT).redistributingAfter(Duration.ZERO));
        List<WatchedMiner> miners = List.of(
                gateway.sv1("farm.s19-1"),
                gateway.standard("farm.s19-2"),
                gateway.sv1From("127.0.0.65", "byaddress"),
                gateway.sv1At(SECOND_PORT, "byport"),
                gateway.sv2("farm.other"),
                gateway.sv1("nobody"));
        miners.forEach(WatchedMiner::awaitJob);

        miners.forEach(WatchedMiner::mineSteadily);
        left.awaitGoodShares(30);
        right.awaitGoodShares(30);
        right.die();
        await("shares without a pool").until(() -> gateway.seen().upstream().unforwardable() > 10);
        right.awaitGoodShares(right.comeBack(), 20);
        left.die();
        await("its miner that is not pinned at the other pool")
                .until(() -> right.workers().contains("nobody"));
        left.awaitGoodShares(left.comeBack(), 20);
        for (WatchedMiner miner : miners) {
            miner.stopMining();
        }

        assertThat(left.workers()).containsExactly("farm.other", "nobody");
        assertThat(right.workers()).containsExactly("byaddress", "byport", "farm.s19-1", "farm.s19-2", "nobody");
        assertThat(miners).noneMatch(WatchedMiner::isOver);
        gateway.assertBooksBalance(List.of(left, right));
    }

    @Test
    void newMinersAreSplitByWeight() throws Exception {
        ScriptedSv2Pool large = pool("A", NAMES);
        ScriptedSv2Pool small = pool("B", NAMES);
        EdgeGateway gateway =
                gatewayTo(EdgeRouting.NONE.goal("large", 3, naming(large)).goal("small", 1, naming(small)));
        large.awaitChannels(1);
        small.awaitChannels(1);
        List<WatchedMiner> miners = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            miners.add(i % 2 == 0 ? gateway.sv1("m" + i) : gateway.sv2("m" + i));
            miners.getLast().awaitJob();
        }

        WatchedMiner.mineAll(miners, 2);

        large.awaitGoodShares(12);
        small.awaitGoodShares(4);
        assertThat(large.workers()).hasSize(6);
        assertThat(small.workers()).hasSize(2);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(large, small));
    }

    @Test
    void minersOfAGoalWithoutAPoolMineForTheOtherGoalAndKeepTheirConnection() throws Exception {
        ScriptedSv2Pool left = pool("A");
        ScriptedSv2Pool right = pool("B");
        EdgeGateway gateway = gatewayTo(
                EdgeRouting.NONE.goal("left", 1, EdgeUpstream.of(left)).goal("right", 1, EdgeUpstream.of(right)),
                EdgeGateway.Plan.EASY.redistributingAfter(Duration.ZERO));
        left.awaitChannels(1);
        right.awaitChannels(1);
        List<WatchedMiner> miners = new ArrayList<>(gateway.oneOfEach());
        miners.add(gateway.sv1("dave"));
        miners.getLast().awaitJob();
        assertThat(goalsOf(gateway)).containsExactlyInAnyOrder("left", "left", "right", "right");
        List<String> extranonces = miners.stream().map(WatchedMiner::extranonce).toList();

        left.die();
        gateway.awaitJobsOf(right);
        WatchedMiner.mineAll(miners, 2);

        right.awaitGoodShares(8);
        assertThat(miners.stream().map(WatchedMiner::extranonce)).isEqualTo(extranonces);
        assertThat(moved(gateway, PlacementReason.EVACUATION)).hasSize(2);
        miners.forEach(WatchedMiner::assertUndisturbed);
        gateway.assertBooksBalance(List.of(left, right));
    }

    private static Stream<GatewayEvent.MinerPlaced> moved(EdgeGateway gateway, PlacementReason reason) {
        return gateway.events().all(GatewayEvent.MinerPlaced.class).stream()
                .filter(placed -> placed.reason() == reason);
    }
}
