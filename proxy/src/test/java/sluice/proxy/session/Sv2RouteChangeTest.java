package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.proxy.route.Numbering;

/** What SV2 channels see of another route: a job with its tip, and what belongs to it. */
class Sv2RouteChangeTest {
    private static final long STANDARD_JOBS_ONLY = 1;
    private static final long REQUIRES_VERSION_ROLLING = 4;
    private static final int GRANTED = 24;

    private final Sv2Farm farm = new Sv2Farm();
    private final Numbering numbering = new Numbering();
    private final PlayedRoute a = route("aaaaaaaa", true);
    private final PlayedRoute b = route("bbbb", true);

    private PlayedRoute route(String prefix, boolean rolling) {
        return new PlayedRoute(prefix, numbering, farm.now, rolling);
    }

    private void work(PlayedRoute route, int height) {
        route.opens(GRANTED, Sv2Farm.EASY_TARGET);
        route.tip(PlayedRoute.block(height, farm.now));
    }

    private static void move(Sv2Client miner, PlayedRoute from, PlayedRoute to) {
        from.feeds(update -> {});
        miner.feed(new MinerInput.RouteChanged(to.replica));
        to.feeds(update -> miner.feed(new MinerInput.RouteUpdated(update)));
    }

    /** A connection that is fed by {@code a}. */
    private Sv2Client connect(long flags) {
        Sv2Client miner = farm.connect(flags);
        move(miner, b, a);
        return miner;
    }

    private static List<Class<?>> kinds(Sv2Client miner) {
        return miner.inbox.stream().<Class<?>>map(Object::getClass).toList();
    }

    private void assertMines(Sv2Client miner, Sv2ClientChannel channel, PlayedRoute route) {
        miner.forwarded.clear();
        miner.send(channel.mine());
        assertThat(miner.forwarded).hasSize(1);
        assertThat(miner.forwarded.getFirst().job().generation()).isEqualTo(route.replica.generation());
    }

    @Test
    void theJobOfTheOtherRouteComesWithItsTipAndThePrefixStays() {
        work(a, 1);
        work(b, 2);
        Sv2Client miner = connect(REQUIRES_VERSION_ROLLING);
        Sv2ClientChannel extended = miner.openExtended(4);
        Sv2ClientChannel standard = miner.openStandard();
        Bytes prefix = extended.prefix();
        miner.clear();

        move(miner, a, b);

        assertThat(kinds(miner))
                .as("once for the group")
                .containsExactly(NewExtendedMiningJob.class, SetNewPrevHash.class);
        assertThat(miner.only(NewExtendedMiningJob.class).coinbaseTxPrefix().hex())
                .contains(b.prefix.hex());
        assertThat(miner.only(SetNewPrevHash.class).prevHash())
                .isEqualTo(b.current().tip().prevHash());
        assertMines(miner, extended, b);
        assertThat(miner.forwarded.getFirst().upstreamExtranonce())
                .isEqualTo(Bytes.concat(Bytes.zeros(16), prefix, Bytes.zeros(4)));
        assertMines(miner, standard, b);
    }

    @Test
    void eachShapeHasItsOwnFrame() {
        work(a, 1);
        work(b, 2);
        Sv2Client miner = connect(REQUIRES_VERSION_ROLLING);
        Sv2ClientChannel small = miner.openExtended(4);
        Sv2ClientChannel large = miner.openExtended(8);
        miner.clear();
        move(miner, a, b);
        assertThat(miner.all(SetNewPrevHash.class))
                .extracting(SetNewPrevHash::channelId)
                .containsExactly(small.group(), large.group());
        assertMines(miner, small, b);
        assertMines(miner, large, b);
    }

    @Test
    void minersOfStandardJobsAreToldOneByOne() {
        work(a, 1);
        work(b, 2);
        Sv2Client miner = connect(STANDARD_JOBS_ONLY);
        Sv2ClientChannel first = miner.openStandard();
        Sv2ClientChannel second = miner.openStandard();
        miner.clear();
        move(miner, a, b);
        assertThat(kinds(miner))
                .containsExactly(NewMiningJob.class, SetNewPrevHash.class, NewMiningJob.class, SetNewPrevHash.class);
        assertMines(miner, first, b);
        assertMines(miner, second, b);
    }

    @Test
    void lateSharesOnTheSameTipAreForwardedWithTheirOwnJob() {
        work(a, 1);
        work(b, 1);
        for (long flags : new long[] {REQUIRES_VERSION_ROLLING, STANDARD_JOBS_ONLY}) {
            Sv2Client miner = connect(flags);
            Sv2ClientChannel channel = miner.openStandard();
            Sv2Message late = channel.mine();
            move(miner, a, b);
            miner.send(late);
            assertThat(miner.forwarded).hasSize(1);
            assertThat(miner.forwarded.getFirst().job().generation()).isEqualTo(a.replica.generation());
            miner.clear();
            miner.send(late);
            assertThat(miner.only(SubmitSharesError.class).errorCode()).isEqualTo("duplicate-share");
        }
    }

    @Test
    void lateSharesOnAnotherTipAreStale() {
        work(a, 1);
        work(b, 2);
        Sv2Client miner = connect(REQUIRES_VERSION_ROLLING);
        Sv2ClientChannel channel = miner.openExtended(4);
        Sv2Message late = channel.mine();
        move(miner, a, b);
        miner.clear();
        miner.send(late);
        assertThat(miner.only(SubmitSharesError.class).errorCode()).isEqualTo("stale-share");
    }

    @Test
    void sharesOfTheOldJobAreAcknowledgedBeforeTheNew() {
        work(a, 1);
        work(b, 1);
        Sv2Client miner = connect(REQUIRES_VERSION_ROLLING);
        miner.send(miner.openExtended(4).mine());
        miner.clear();
        move(miner, a, b);
        assertThat(kinds(miner))
                .containsExactly(SubmitSharesSuccess.class, NewExtendedMiningJob.class, SetNewPrevHash.class);
    }

    // The client itself fails on an id that it was told before.
    @ParameterizedTest
    @ValueSource(longs = {STANDARD_JOBS_ONLY, REQUIRES_VERSION_ROLLING})
    void whoComesBackGetsTheJobUnderAnIdThatItWasNeverTold(long flags) {
        work(a, 1);
        work(b, 1);
        Sv2Client miner = connect(flags);
        Sv2ClientChannel channel = miner.openStandard();
        for (int times = 0; times < 3; times++) {
            move(miner, a, b);
            assertMines(miner, channel, b);
            move(miner, b, a);
            assertMines(miner, channel, a);
            a.activeJob();
            a.repeatJob();
            assertMines(miner, channel, a);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {STANDARD_JOBS_ONLY, REQUIRES_VERSION_ROLLING})
    void jobsThatWaitOnBothSidesAreGivenUnderIdsThatAreNews(long flags) {
        work(a, 1);
        work(b, 1);
        Sv2Client miner = connect(flags);
        Sv2ClientChannel channel = miner.openStandard();
        long toldAtA = a.future();
        long untoldAtB = b.future();
        move(miner, a, b);
        b.future();
        a.future();
        move(miner, b, a);
        a.future();
        a.activate(toldAtA, PlayedRoute.block(2, farm.now));
        assertMines(miner, channel, a);
        b.activate(untoldAtB, PlayedRoute.block(2, farm.now));
        move(miner, a, b);
        assertMines(miner, channel, b);
        move(miner, b, a);
        assertMines(miner, channel, a);
    }

    @ParameterizedTest
    @ValueSource(longs = {STANDARD_JOBS_ONLY, REQUIRES_VERSION_ROLLING})
    void aTipThatComesForAJobOfAnEarlierStayIsToldWithThatJob(long flags) {
        work(a, 1);
        work(b, 1);
        Sv2Client miner = connect(flags);
        Sv2ClientChannel channel = miner.openStandard();
        long early = a.future();
        move(miner, a, b);
        a.future();
        move(miner, b, a);
        miner.clear();
        a.future();
        assertThat(miner.inbox).as("of the job that is news").hasSize(1);
        miner.clear();
        a.activate(early, PlayedRoute.block(2, farm.now));
        assertThat(miner.inbox).as("the job under another id, and its tip").hasSize(2);
        assertMines(miner, channel, a);
    }

    @Test
    void aChannelThatOpensBetweenTwoStaysKnowsNothingThatTheOthersMayNotHearAgain() {
        work(a, 1);
        work(b, 1);
        Sv2Client miner = connect(REQUIRES_VERSION_ROLLING);
        miner.openExtended(4);
        long waiting = a.future();
        move(miner, a, b);
        miner.openExtended(4);
        move(miner, b, a);
        Sv2ClientChannel third = miner.openExtended(4);
        a.activate(waiting, PlayedRoute.block(2, farm.now));
        a.activeJob();
        assertThat(miner.channels.values()).allMatch(channel -> channel.current().id == third.current().id);
        for (Sv2ClientChannel channel : List.copyOf(miner.channels.values())) {
            assertMines(miner, channel, a);
        }
    }

    @Test
    void aRouteWithoutWorkLeavesTheOldJobsUntilItHasSome() {
        work(a, 1);
        Sv2Client miner = connect(REQUIRES_VERSION_ROLLING);
        Sv2ClientChannel channel = miner.openExtended(4);
        miner.clear();
        move(miner, a, b);
        assertThat(miner.inbox).isEmpty();
        assertMines(miner, channel, a);
        b.opens(GRANTED, Sv2Farm.EASY_TARGET);
        Sv2Message late = channel.mine();
        long future = b.future();
        b.activate(future, PlayedRoute.block(1, farm.now));
        assertMines(miner, channel, b);
        miner.send(late);
        assertThat(miner.forwarded).as("on the same tip").hasSize(2);
    }

    @Test
    void aRouteThatIsOnItsWayBackLeavesTheOldJobsUntilItHasWork() {
        work(a, 1);
        work(b, 1);
        b.lost();
        b.opens(GRANTED, Sv2Farm.EASY_TARGET);
        Sv2Client miner = connect(REQUIRES_VERSION_ROLLING);
        Sv2ClientChannel channel = miner.openExtended(4);
        miner.clear();
        move(miner, a, b);
        assertThat(miner.inbox).as("nobody takes what b had before").isEmpty();
        assertMines(miner, channel, a);
        miner.clear();
        miner.send(new OpenStandardMiningChannel(9, "late", 0f, Target.MAX));
        assertThat(miner.inbox).as("it waits").isEmpty();
        b.tip(PlayedRoute.block(1, farm.now));
        assertThat(miner.all(OpenStandardMiningChannelSuccess.class)).hasSize(1);
        assertMines(miner, channel, b);
        assertMines(miner, miner.newest(), b);
    }

    @ParameterizedTest
    @ValueSource(longs = {STANDARD_JOBS_ONLY, REQUIRES_VERSION_ROLLING})
    void anOpenThatWaitsForALaneIsServedWithOneJobWhenItHasOne(long flags) {
        work(a, 1);
        Sv2Client miner = farm.connect(flags);
        miner.send(new OpenStandardMiningChannel(1, "rig1", 0f, Target.MAX));
        miner.send(new OpenStandardMiningChannel(2, "rig2", 0f, Target.MAX));
        assertThat(miner.identities).containsExactly("rig1");
        miner.clear();
        move(miner, b, a);
        assertThat(kinds(miner))
                .containsExactly(
                        OpenStandardMiningChannelSuccess.class,
                        NewMiningJob.class,
                        SetNewPrevHash.class,
                        OpenStandardMiningChannelSuccess.class,
                        NewMiningJob.class,
                        SetNewPrevHash.class);
        for (Sv2ClientChannel channel : List.copyOf(miner.channels.values())) {
            assertMines(miner, channel, a);
        }
    }

    @Test
    void anOpenThatWaitedIsServedBesideChannelsThatFollowTheRoute() {
        a.opens(8, Sv2Farm.EASY_TARGET);
        a.tip(PlayedRoute.block(1, farm.now));
        work(b, 5);
        Sv2Client miner = connect(REQUIRES_VERSION_ROLLING);
        Sv2ClientChannel small = miner.openExtended(4);
        a.opens(GRANTED, Sv2Farm.EASY_TARGET);
        miner.send(new OpenExtendedMiningChannel(9, "wide", 0f, Target.MAX, 8));
        assertThat(miner.channels).as("the job in force is too narrow").hasSize(1);
        miner.clear();
        move(miner, a, b);
        assertThat(kinds(miner))
                .as("the group's job and tip, then the new channel's")
                .containsExactly(
                        NewExtendedMiningJob.class,
                        SetNewPrevHash.class,
                        OpenExtendedMiningChannelSuccess.class,
                        NewExtendedMiningJob.class,
                        SetNewPrevHash.class);
        assertMines(miner, small, b);
        assertMines(miner, miner.newest(), b);
    }

    @Test
    void anOpenThatWaitsForALaneIsRefusedInTheEnd() {
        Sv2Client miner = farm.connect(STANDARD_JOBS_ONLY);
        miner.send(new OpenStandardMiningChannel(1, "rig1", 0f, Target.MAX));
        farm.pass(Sv2Opening.PATIENCE);
        miner.reach(MinerDeadline.OPEN);
        assertThat(miner.only(OpenMiningChannelError.class).errorCode()).isEqualTo("no-upstream");
        work(a, 1);
        move(miner, b, a);
        assertThat(miner.channels).isEmpty();
    }

    @Test
    void aChannelThatTheOtherGrantDoesNotHoldIsClosedAndNoOther() {
        work(a, 1);
        b.opens(11, Sv2Farm.EASY_TARGET);
        b.tip(PlayedRoute.block(1, farm.now));
        Sv2Client miner = connect(REQUIRES_VERSION_ROLLING);
        Sv2ClientChannel small = miner.openExtended(4);
        Sv2ClientChannel large = miner.openExtended(8);
        miner.clear();
        move(miner, a, b);
        assertThat(kinds(miner)).containsExactly(CloseChannel.class, NewExtendedMiningJob.class, SetNewPrevHash.class);
        assertThat(miner.only(CloseChannel.class))
                .isEqualTo(new CloseChannel(large.id(), "min-extranonce-size-too-large"));
        assertMines(miner, small, b);
        assertThat(miner.disconnect).isNull();
    }

    @Test
    void theTargetOfTheOtherRouteComesBeforeItsJob() {
        Target easy = Sv2Farm.EASY_TARGET;
        Target easier = Difficulty.targetOf(Sv2Farm.EASY / 2);
        a.opens(GRANTED, easy);
        a.tip(PlayedRoute.block(1, farm.now));
        b.opens(GRANTED, easier);
        b.tip(PlayedRoute.block(1, farm.now));
        Sv2Client miner = connect(REQUIRES_VERSION_ROLLING);
        Sv2ClientChannel channel = miner.openExtended(4);
        Sv2Message late = channel.mine();
        miner.clear();
        move(miner, a, b);
        assertThat(kinds(miner)).containsExactly(SetTarget.class, NewExtendedMiningJob.class, SetNewPrevHash.class);
        assertThat(channel.current().target).isEqualTo(easier);
        assertMines(miner, channel, b);
        miner.send(late);
        assertThat(miner.forwarded).as("by the target of its own job").hasSize(2);
    }

    @Test
    void aRouteThatForbidsVersionRollingSaysSoInItsJob() {
        PlayedRoute fixed = route("ffffff", false);
        work(a, 1);
        work(fixed, 1);
        Sv2Client copes = connect(0);
        Sv2ClientChannel channel = copes.openExtended(4);
        move(copes, a, fixed);
        assertThat(channel.current().versionRollingAllowed()).isFalse();
        Sv2Client needs = connect(REQUIRES_VERSION_ROLLING);
        needs.openExtended(4);
        needs.clear();
        move(needs, a, fixed);
        assertThat(needs.only(CloseChannel.class).reasonCode()).isEqualTo("version-rolling-not-allowed");
        assertThat(needs.disconnect).isNull();
    }

    @Test
    void whoHasNoLaneIsToldNotToRollWhereOneOfTheUpstreamsForbidsIt() {
        PlayedRoute fixed = route("ffffff", false);
        work(fixed, 1);
        Sv2Client early = farm.connect(STANDARD_JOBS_ONLY);
        early.send(new OpenStandardMiningChannel(1, "rig1", 0f, Target.MAX));
        move(early, a, fixed);
        assertThat(early.disconnect.reason())
                .as("it was told that it may roll, and a standard job cannot say otherwise")
                .isEqualTo("version-rolling-forbidden");

        farm.context.versionRollingAllowed(false);
        Sv2Client again = farm.connect(STANDARD_JOBS_ONLY);
        again.send(new OpenStandardMiningChannel(1, "rig1", 0f, Target.MAX));
        move(again, a, fixed);
        assertThat(again.disconnect).as("no second time").isNull();
        assertMines(again, again.newest(), fixed);
        work(a, 1);
        move(again, fixed, a);
        assertMines(again, again.newest(), a);
    }

    @Test
    void aConnectionThatIsNotSetUpYetBeginsWhereItIsThen() {
        work(a, 1);
        work(b, 1);
        Sv2Client miner = farm.connect();
        move(miner, b, a);
        move(miner, a, b);
        assertThat(miner.inbox).isEmpty();
        miner.send(Sv2Farm.setup(REQUIRES_VERSION_ROLLING));
        assertMines(miner, miner.openExtended(4), b);
    }

    @Test
    void aConnectionWithoutChannelsHearsNothing() {
        work(a, 1);
        work(b, 1);
        Sv2Client miner = connect(REQUIRES_VERSION_ROLLING);
        miner.clear();
        move(miner, a, b);
        farm.pass(Duration.ofSeconds(1));
        assertThat(miner.inbox).isEmpty();
    }
}
