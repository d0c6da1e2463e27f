package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.RouteUpdate;

/** What an SV1 miner sees of another route: a job to begin afresh with, and what belongs to it. */
class Sv1RouteChangeTest {
    private static final String STALE = "[21,";
    private static final String ACCEPTED = "\"result\":true";

    private final Sv1Farm farm = new Sv1Farm(Sv1Farm.EASY);
    private final Numbering numbering = new Numbering();
    private final PlayedRoute a = route("aaaaaaaa", true);
    private final PlayedRoute b = route("bbbb", true);

    private PlayedRoute route(String prefix, boolean rolling) {
        return new PlayedRoute(prefix, numbering, farm.now, rolling);
    }

    private void work(PlayedRoute route, int height) {
        route.opens(16, Sv1Farm.EASIEST);
        route.tip(PlayedRoute.block(height, farm.now));
    }

    private static void move(Sv1Miner miner, PlayedRoute from, PlayedRoute to) {
        from.feeds(update -> {});
        miner.gets(new MinerInput.RouteChanged(to.replica));
        to.feeds(update -> miner.gets(new MinerInput.RouteUpdated(update)));
    }

    /** A miner that is fed by {@code a}. */
    private Sv1Miner mining() {
        Sv1Miner miner = farm.mining();
        move(miner, b, a);
        miner.hears();
        return miner;
    }

    private boolean isOf(PlayedRoute route, Sv1Miner miner) {
        return miner.work.coinbase1().hex().contains(route.prefix.hex());
    }

    @Test
    void theJobOfTheOtherRouteReplacesAllOthersAndTheExtranonceStays() {
        work(a, 1);
        work(b, 2);
        Sv1Miner miner = mining();
        Bytes extranonce1 = miner.extranonce1;
        assertThat(isOf(a, miner)).isTrue();

        move(miner, a, b);

        assertThat(miner.hearsMethods()).containsExactly("mining.notify");
        assertThat(miner.work.cleanJobs()).isTrue();
        assertThat(isOf(b, miner)).isTrue();
        assertThat(miner.submitsShare(0)).contains(ACCEPTED);
        assertThat(miner.extranonce1).isEqualTo(extranonce1);
        assertThat(miner.forwarded.getLast().job().generation()).isEqualTo(b.replica.generation());
        assertThat(miner.forwarded.getLast().upstreamExtranonce())
                .isEqualTo(Bytes.concat(Bytes.zeros(8), extranonce1, Bytes.zeros(4)));
    }

    @Test
    void lateSharesOnTheSameTipAreForwardedWithTheirOwnJob() {
        work(a, 1);
        work(b, 1);
        Sv1Miner miner = mining();
        Sv1Miner.Attempt late = miner.attempt();
        Target target = Difficulty.targetOf(miner.difficulty);
        move(miner, a, b);
        long nonce = late.nonce(0, target, true);
        assertThat(miner.submits(late, nonce, "")).contains(ACCEPTED);
        assertThat(miner.forwarded).hasSize(1);
        assertThat(miner.forwarded.getFirst().job()).isSameAs(a.current());
        assertThat(miner.submits(late, nonce, "")).as("a duplicate").contains("[22,");
    }

    @Test
    void lateSharesOnAnotherTipAreStale() {
        work(a, 1);
        work(b, 2);
        Sv1Miner miner = mining();
        Sv1Miner.Attempt late = miner.attempt();
        long nonce = late.nonce(0, Difficulty.targetOf(miner.difficulty), true);
        move(miner, a, b);
        assertThat(miner.submits(late, nonce, "")).contains(STALE);
    }

    @Test
    void aNewTipOfTheOtherRouteMakesLateSharesStale() {
        work(a, 1);
        work(b, 1);
        Sv1Miner miner = mining();
        Sv1Miner.Attempt late = miner.attempt();
        long nonce = late.nonce(0, Difficulty.targetOf(miner.difficulty), true);
        move(miner, a, b);
        b.tip(PlayedRoute.block(2, farm.now));
        assertThat(miner.submits(late, nonce, "")).contains(STALE);
    }

    @Test
    void whoComesBackGetsTheJobUnderAnIdThatItWasNeverTold() {
        work(a, 1);
        work(b, 1);
        Sv1Miner miner = mining();
        String first = miner.work.jobId();
        for (int times = 0; times < 3; times++) {
            move(miner, a, b);
            assertThat(isOf(b, miner)).isTrue();
            assertThat(miner.submitsShare(times * 1_000L)).contains(ACCEPTED);
            move(miner, b, a);
            assertThat(isOf(a, miner)).isTrue();
            assertThat(miner.work.jobId()).isNotEqualTo(first);
            assertThat(miner.submitsShare(times * 1_000L)).contains(ACCEPTED);
        }
        assertThat(miner.forwarded).hasSize(6);
        assertThat(miner.forwarded.stream()
                        .map(share -> share.job().generation())
                        .distinct())
                .containsExactly(b.replica.generation(), a.replica.generation());
    }

    @Test
    void jobsThatWaitOnBothSidesAreGivenUnderIdsThatAreNews() {
        work(a, 1);
        work(b, 1);
        Sv1Miner miner = mining();
        long waitingAtA = a.future();
        long waitingAtB = b.future();
        move(miner, a, b);
        move(miner, b, a);
        b.activate(waitingAtB, PlayedRoute.block(2, farm.now));
        a.activate(waitingAtA, PlayedRoute.block(2, farm.now));
        assertThat(isOf(a, miner)).isTrue();
        assertThat(miner.work.cleanJobs()).isTrue();
        assertThat(miner.submitsShare(0)).contains(ACCEPTED);
        move(miner, a, b);
        assertThat(isOf(b, miner)).isTrue();
        assertThat(miner.submitsShare(0)).contains(ACCEPTED);
        a.activeJob();
        a.repeatJob();
        move(miner, b, a);
        assertThat(isOf(a, miner)).isTrue();
        assertThat(miner.submitsShare(5_000)).contains(ACCEPTED);
        a.activeJob();
        a.repeatJob();
        assertThat(miner.submitsShare(9_000)).contains(ACCEPTED);
    }

    @Test
    void minersThatMoveTogetherAreSentTheSameBytes() {
        work(a, 1);
        work(b, 1);
        Sv1Miner one = mining();
        Sv1Miner other = mining();
        move(one, a, b);
        move(other, a, b);
        move(one, b, a);
        move(other, b, a);
        assertThat(one.sent.getLast()).isSameAs(other.sent.getLast());
    }

    @Test
    void aRouteWithoutWorkLeavesTheOldJobsUntilItHasSome() {
        work(a, 1);
        Sv1Miner miner = mining();
        Sv1Miner.Attempt old = miner.attempt();
        move(miner, a, b);
        assertThat(miner.hears()).isEmpty();
        assertThat(miner.submitsShare(0)).contains(ACCEPTED);
        assertThat(miner.forwarded.getLast().job()).isSameAs(a.current());
        miner.hears();
        b.opens(16, Sv1Farm.EASIEST);
        assertThat(miner.hears()).isEmpty();
        b.tip(PlayedRoute.block(1, farm.now));
        assertThat(miner.hearsMethods()).containsExactly("mining.notify");
        assertThat(miner.work.cleanJobs()).isTrue();
        long nonce = old.nonce(50_000, Difficulty.targetOf(miner.difficulty), true);
        assertThat(miner.submits(old, nonce, "")).as("on the same tip").contains(ACCEPTED);
        b.tip(PlayedRoute.block(2, farm.now));
        assertThat(miner.submits(old, nonce + 1, "")).contains(STALE);
    }

    @Test
    void aRouteThatIsOnItsWayBackLeavesTheOldJobsUntilItHasWork() {
        work(a, 1);
        work(b, 1);
        b.lost();
        b.opens(16, Sv1Farm.EASIEST);
        Sv1Miner miner = mining();
        move(miner, a, b);
        assertThat(miner.hears()).isEmpty();
        b.tip(PlayedRoute.block(1, farm.now));
        assertThat(isOf(b, miner)).isTrue();
    }

    @Test
    void theDifficultyOfTheOtherRouteComesBeforeItsJob() {
        Sv1Farm fast = new Sv1Farm(new VardiffConfig(true, 6, 1, 8192));
        a.opens(16, Difficulty.targetOf(1e9));
        a.tip(PlayedRoute.block(1, farm.now));
        b.opens(16, Difficulty.targetOf(512));
        b.tip(PlayedRoute.block(1, farm.now));
        Sv1Miner miner = fast.mining();
        move(miner, b, a);
        assertThat(miner.difficulty).isEqualTo(8192);
        miner.hears();
        move(miner, a, b);
        assertThat(miner.hearsMethods()).containsExactly("mining.set_difficulty", "mining.notify");
        assertThat(miner.difficulty).isEqualTo(512);
        move(miner, b, a);
        assertThat(miner.difficulty).isEqualTo(8192);
    }

    @Test
    void theMaskOfTheOtherRouteComesBeforeItsJob() {
        PlayedRoute fixed = route("ffffff", false);
        work(a, 1);
        work(fixed, 1);
        Sv1Miner miner = farm.connect();
        move(miner, fixed, a);
        miner.says("{\"id\":1,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\"],"
                + "{\"version-rolling.mask\":\"1fffe000\"}]}");
        miner.says("{\"id\":2,\"method\":\"mining.subscribe\",\"params\":[]}");
        miner.says("{\"id\":3,\"method\":\"mining.authorize\",\"params\":[\"w\",\"x\"]}");
        miner.hears();
        move(miner, a, fixed);
        assertThat(miner.hears())
                .satisfiesExactly(
                        mask -> assertThat(mask).contains("mining.set_version_mask", "00000000"),
                        job -> assertThat(job).contains("mining.notify"));
        Sv1Miner.Attempt plain = miner.attempt();
        Sv1Miner.Attempt rolled = new Sv1Miner.Attempt(
                plain.work(), plain.extranonce1(), plain.extranonce2(), plain.ntime(), plain.version() | 0x2000);
        assertThat(miner.submits(rolled, rolled.nonce(0, Difficulty.targetOf(miner.difficulty), true), "00002000"))
                .contains("\"result\":null");
        miner.hears();
        move(miner, fixed, a);
        assertThat(miner.hearsMethods()).containsExactly("mining.set_version_mask", "mining.notify");
    }

    @Test
    void whoHasNotSaidWhoItIsGetsItsFirstJobFromWhereItIsThen() {
        work(a, 1);
        work(b, 1);
        Sv1Miner miner = farm.connect();
        move(miner, b, a);
        miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}");
        move(miner, a, b);
        assertThat(miner.work).isNull();
        miner.says("{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"w\",\"x\"]}");
        assertThat(isOf(b, miner)).isTrue();
    }

    @Test
    void whoSaysWhoItIsBeforeItHasALaneIsGivenWorkWhenItIsPlaced() {
        Sv1Miner miner = farm.mining();
        assertThat(miner.identities).containsExactly("w");
        assertThat(miner.work).isNull();
        work(a, 1);
        move(miner, b, a);
        assertThat(miner.work.cleanJobs()).isTrue();
        assertThat(miner.submitsShare(0)).contains(ACCEPTED);
    }

    @Test
    void aJobOfTheRouteBeforeThatComesLateIsIgnored() {
        work(a, 1);
        work(b, 1);
        Sv1Miner miner = mining();
        move(miner, a, b);
        miner.hears();
        a.activeJob();
        miner.gets(new MinerInput.RouteUpdated(new RouteUpdate.JobAdded(a.current())));
        miner.gets(new MinerInput.RouteUpdated(new RouteUpdate.TipChanged(a.current())));
        assertThat(miner.hears()).isEmpty();
    }
}
