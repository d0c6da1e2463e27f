package sluice.proxy.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.route.RouteUpdate;
import sluice.proxy.session.MinerInput;

@Timeout(60)
class MinerLoopTest {
    private static final int LANE = 1;
    private static final int ROUTE = 1;

    private final List<ScriptedSession> sessions = new ArrayList<>();
    // What happened on the loop, in order: how many sessions had been served at each look.
    private final List<Long> served = new ArrayList<>();
    private LoopFixture fixture;

    @BeforeEach
    void makeLoop(@TempDir Path home) {
        fixture = new LoopFixture(home, command -> {});
        fixture.miners.laneOfAll(OptionalInt.of(LANE));
        fixture.miners.engage(LANE, ROUTE, miners -> {});
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private void connect(int miners) throws Exception {
        fixture.onLoop(() -> {
            for (int i = 0; i < miners; i++) {
                ScriptedSession session = new ScriptedSession(input -> List.of());
                sessions.add(session);
                new EmbeddedChannel(
                        new MinerConnection(fixture.miners, i, "default", LoopFixture.visitor(), session, false));
            }
        });
    }

    private static List<MinerInput> updates(ScriptedSession session) {
        return session.inputs.stream()
                .filter(MinerInput.RouteUpdated.class::isInstance)
                .toList();
    }

    private void look() {
        served.add(
                sessions.stream().filter(session -> !updates(session).isEmpty()).count());
    }

    private static JobDelivery delivery(LoopFixture fixture, RouteUpdate update) {
        return new JobDelivery(update, System.nanoTime(), 1, fixture.miners.events(), fixture.miners.clock());
    }

    private void post(RouteUpdate update) {
        fixture.miners.post(ROUTE, update, delivery(fixture, update));
    }

    @Test
    void aRoutineJobForOneSliceOfMinersIsServedInOneGo() throws Exception {
        connect(MinerLoop.ROUTINE_SLICE);
        CountDownLatch loop = fixture.holdLoop();
        post(new RouteUpdate.JobAdded(LoopFixture.activeJob(1)));
        fixture.later(this::look);
        loop.countDown();
        fixture.onLoop(() -> {});
        assertThat(served).containsExactly((long) MinerLoop.ROUTINE_SLICE);
    }

    @Test
    void withOneMinerMoreOthersOnTheLoopGetTheirTurnInBetween() throws Exception {
        connect(MinerLoop.ROUTINE_SLICE + 1);
        CountDownLatch loop = fixture.holdLoop();
        post(new RouteUpdate.JobAdded(LoopFixture.activeJob(1)));
        fixture.later(this::look);
        loop.countDown();
        fixture.afterNextTurn();
        fixture.onLoop(this::look);
        assertThat(served).containsExactly((long) MinerLoop.ROUTINE_SLICE, MinerLoop.ROUTINE_SLICE + 1L);
        assertThat(fixture.events(GatewayEvent.JobDelivered.class))
                .singleElement()
                .extracting(GatewayEvent.JobDelivered::miners)
                .isEqualTo(MinerLoop.ROUTINE_SLICE + 1);
    }

    @Test
    void aNewTipReachesAllAtOnceAndDropsTheRestOfARoutineJob() throws Exception {
        connect(MinerLoop.ROUTINE_SLICE * 2);
        CountDownLatch loop = fixture.holdLoop();
        RouteUpdate job = new RouteUpdate.JobAdded(LoopFixture.activeJob(1));
        RouteUpdate tip = new RouteUpdate.TipChanged(LoopFixture.activeJob(2));
        post(job);
        post(tip);
        fixture.later(this::look);
        loop.countDown();
        fixture.afterNextTurn();
        assertThat(served).containsExactly(MinerLoop.ROUTINE_SLICE * 2L);
        assertThat(updates(sessions.getFirst()))
                .containsExactly(new MinerInput.RouteUpdated(job), new MinerInput.RouteUpdated(tip));
        assertThat(updates(sessions.getLast())).containsExactly(new MinerInput.RouteUpdated(tip));
    }

    @Test
    void anyOtherUpdateWaitsForARoutineJobToHaveGoneRound() throws Exception {
        connect(MinerLoop.ROUTINE_SLICE + 1);
        CountDownLatch loop = fixture.holdLoop();
        RouteUpdate job = new RouteUpdate.JobAdded(LoopFixture.activeJob(1));
        RouteUpdate target = new RouteUpdate.TargetChanged(LoopFixture.TARGET);
        post(job);
        post(target);
        loop.countDown();
        fixture.afterNextTurn();
        assertThat(sessions)
                .allSatisfy(session -> assertThat(updates(session))
                        .containsExactly(new MinerInput.RouteUpdated(job), new MinerInput.RouteUpdated(target)));
    }

    @Test
    void whileMinersAreTurnedAwayThoseWhoseHandshakeEndsLaterGoToo() throws Exception {
        connect(2);
        fixture.miners.turnMinersAway("no-upstream");
        connect(1);
        fixture.onLoop(() -> {});
        assertThat(sessions)
                .allSatisfy(session -> assertThat(session.inputs).contains(new MinerInput.Closed("no-upstream")));
        fixture.miners.takeMiners();
        connect(1);
        fixture.onLoop(() -> {});
        assertThat(sessions.getLast().inputs).noneMatch(MinerInput.Closed.class::isInstance);
    }
}
