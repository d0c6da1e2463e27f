package sluice.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.config.IdentityTemplate;
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
import sluice.proxy.translation.PoolNames;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamJob;

class RouteTest {
    private static final Target ROUTE_TARGET = Difficulty.targetOf(2);
    private static final UpstreamChannel CHANNEL =
            new UpstreamChannel("pool", VectorJobs.UPSTREAM_PREFIX, 8, ROUTE_TARGET, true);

    private final Route route =
            new Route("pool", PoolNames.OWN, Duration.ofSeconds(30), Difficulty.targetOf(1), new Numbering());
    private Instant now = Instant.ofEpochSecond(0x680be961L);
    private MiningJob current;

    private List<RouteAction> upstream(UpstreamEvent event) {
        return List.copyOf(route.on(new RouteInput.FromUpstream(event), now));
    }

    private static <T> List<T> of(List<RouteAction> actions, Class<T> kind) {
        return actions.stream()
                .map(action -> switch (action) {
                    case RouteAction.Broadcast broadcast -> broadcast.update();
                    case RouteAction.ToUpstream to -> to.command();
                    case RouteAction.Publish publish -> publish.event();
                    default -> action;
                })
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    private static UpstreamJob job(long id, OptionalLong minNtime) {
        UpstreamJob vector = VectorJobs.upstreamJob(minNtime, true);
        return new UpstreamJob(
                id,
                minNtime,
                vector.version(),
                true,
                vector.merklePath(),
                vector.coinbasePrefix(),
                vector.coinbaseSuffix(),
                vector.extranoncePrefix());
    }

    private ForwardedShare share(boolean block) {
        return new ForwardedShare(
                1,
                16,
                MinerOrigin.LOCAL,
                "acct.w1",
                current,
                ExtranonceShape.ROLL_4,
                Bytes.fromHex("0100000000000000"),
                VectorJobs.SHARE_NONCE,
                current.ntime(),
                VectorJobs.VERSION,
                Hash256.ZERO,
                block);
    }

    private List<RouteAction> forward() {
        return List.copyOf(route.on(new RouteInput.Forward(share(false)), now));
    }

    @BeforeEach
    void upstreamGivesWork() {
        route.on(new RouteInput.Engaged(), now);
        upstream(new UpstreamEvent.ChannelOpened(CHANNEL));
        upstream(new UpstreamEvent.JobAnnounced(job(7, OptionalLong.empty())));
        current = of(upstream(new UpstreamEvent.TipChanged(7, VectorJobs.SHARE_TIP)), RouteUpdate.TipChanged.class)
                .getFirst()
                .activated();
    }

    @Test
    void aShareGoesUpUnderTheNameThatItsPoolSeesAndIsReportedUnderItsMiners() {
        Route named = new Route(
                "pool",
                new PoolNames(IdentityTemplate.parse("farm.{worker}"), 255),
                Duration.ofSeconds(30),
                Difficulty.targetOf(1),
                new Numbering());
        named.on(new RouteInput.Engaged(), now);
        named.on(new RouteInput.FromUpstream(new UpstreamEvent.ChannelOpened(CHANNEL)), now);
        named.on(new RouteInput.FromUpstream(new UpstreamEvent.JobAnnounced(job(7, OptionalLong.empty()))), now);
        named.on(new RouteInput.FromUpstream(new UpstreamEvent.TipChanged(7, VectorJobs.SHARE_TIP)), now);

        assertThat(named.on(new RouteInput.Forward(share(false)), now))
                .filteredOn(RouteAction.ToUpstream.class::isInstance)
                .extracting(action -> ((RouteAction.ToUpstream) action).command())
                .singleElement()
                .asInstanceOf(type(UpstreamCommand.SubmitShare.class))
                .returns("farm.w1", UpstreamCommand.SubmitShare::userIdentity);
        assertThat(named.on(new RouteInput.FromUpstream(new UpstreamEvent.ShareRejected(1, "difficulty-too-low")), now))
                .filteredOn(RouteAction.Publish.class::isInstance)
                .extracting(action -> ((RouteAction.Publish) action).event())
                .contains(new GatewayEvent.UpstreamRejected(now, "pool", "acct.w1", "difficulty-too-low"));
    }

    @Test
    void aTipActivatesItsFutureJobWithTheTargetInForceThen() {
        upstream(new UpstreamEvent.JobAnnounced(job(8, OptionalLong.empty())));
        upstream(new UpstreamEvent.TargetChanged(Difficulty.targetOf(4)));
        List<RouteAction> actions = upstream(new UpstreamEvent.TipChanged(8, VectorJobs.BLOCK_TIP));
        MiningJob activated =
                of(actions, RouteUpdate.TipChanged.class).getFirst().activated();
        assertThat(activated.tip()).isEqualTo(VectorJobs.BLOCK_TIP);
        assertThat(activated.routeTarget()).contains(Difficulty.targetOf(4));
        assertThat(current.routeTarget()).contains(ROUTE_TARGET);
        assertThat(activated.id()).isGreaterThan(current.id());
        assertThat(of(actions, GatewayEvent.ChainTipUpdated.class)).hasSize(1);
    }

    @Test
    void aJobAnnouncedAnewTakesThePlaceOfTheOneWithItsIdAndOfNoOther() {
        announceFutures(100, Route.MAX_FUTURE_JOBS);
        MiningJob anew = announceFutures(100 + Route.MAX_FUTURE_JOBS - 1, 1);
        assertThat(activate(100)).isPresent();
        announceFutures(100, Route.MAX_FUTURE_JOBS);
        assertThat(activate(100 + Route.MAX_FUTURE_JOBS - 1).orElseThrow().id()).isGreaterThan(anew.id());
    }

    @Test
    void aJobThatMinersMayHaveForgottenComesUnderAFreshId() {
        MiningJob kept = announceFutures(100, 1);
        for (int i = 1; i < Route.MAX_FUTURE_JOBS; i++) {
            announceFutures(200, 1);
        }
        assertThat(activate(100).orElseThrow().id()).isEqualTo(kept.id());
        MiningJob forgotten = announceFutures(100, 1);
        for (int i = 1; i < Route.MAX_FUTURE_JOBS; i++) {
            announceFutures(200, 1);
        }
        MiningJob last = announceFutures(200, 1);
        MiningJob activated = activate(100).orElseThrow();
        assertThat(activated.source()).isSameAs(forgotten.source());
        assertThat(activated.id()).isGreaterThan(last.id());
    }

    /** Announces future jobs with consecutive ids of the upstream; answers the last. */
    private MiningJob announceFutures(int firstId, int count) {
        MiningJob last = null;
        for (int id = firstId; id < firstId + count; id++) {
            last = of(
                            upstream(new UpstreamEvent.JobAnnounced(job(id, OptionalLong.empty()))),
                            RouteUpdate.JobAdded.class)
                    .getFirst()
                    .job();
        }
        return last;
    }

    private Optional<MiningJob> activate(int id) {
        return of(upstream(new UpstreamEvent.TipChanged(id, VectorJobs.BLOCK_TIP)), RouteUpdate.TipChanged.class)
                .stream()
                .map(RouteUpdate.TipChanged::activated)
                .findFirst();
    }

    @Test
    void anActiveJobStandsBesideTheOthersOfItsTip() {
        List<RouteAction> actions =
                upstream(new UpstreamEvent.JobAnnounced(job(8, OptionalLong.of(VectorJobs.SHARE_TIP.minNtime() + 5))));
        MiningJob added = of(actions, RouteUpdate.JobAdded.class).getFirst().job();
        assertThat(added.isFuture()).isFalse();
        assertThat(added.tip()).isEqualTo(VectorJobs.SHARE_TIP);
        assertThat(added.ntime()).isEqualTo(VectorJobs.SHARE_TIP.minNtime() + 5);
    }

    @Test
    void sharesGoUpWithSequenceNumbersOfTheirOwnAndTheUpstreamsJobId() {
        UpstreamCommand.SubmitShare first =
                of(forward(), UpstreamCommand.SubmitShare.class).getFirst();
        UpstreamCommand.SubmitShare second =
                of(forward(), UpstreamCommand.SubmitShare.class).getFirst();
        assertThat(first.sequence()).isEqualTo(1);
        assertThat(second.sequence()).isEqualTo(2);
        assertThat(first.jobId()).isEqualTo(7);
        assertThat(first.extranonce()).isEqualTo(Bytes.fromHex("0100000000000000"));
        assertThat(first.userIdentity()).isEqualTo("acct.w1");
        assertThat(route.unanswered()).isEqualTo(2);
    }

    @Test
    void aBatchAnswersAllSharesUpToItsLastExceptTheRejectedOnes() {
        for (int i = 0; i < 10; i++) {
            forward();
        }
        List<RouteAction> rejection = upstream(new UpstreamEvent.ShareRejected(4, "stale-share"));
        assertThat(of(rejection, GatewayEvent.UpstreamRejected.class)).hasSize(1);
        GatewayEvent.UpstreamAccepted accepted = of(
                        upstream(new UpstreamEvent.SharesAccepted(9, 8, 16)), GatewayEvent.UpstreamAccepted.class)
                .getFirst();
        assertThat(accepted.count()).isEqualTo(8);
        assertThat(accepted.work()).isEqualTo(8 * Difficulty.of(ROUTE_TARGET));
        assertThat(route.unanswered()).isEqualTo(1);
    }

    @Test
    void aRejectionThatComesAfterItsBatchStillFindsItsShare() {
        for (int i = 0; i < 10; i++) {
            forward();
        }
        assertThat(of(upstream(new UpstreamEvent.SharesAccepted(10, 9, 0)), GatewayEvent.UpstreamAccepted.class)
                        .getFirst()
                        .count())
                .isEqualTo(9);
        assertThat(route.unanswered()).isEqualTo(1);
        assertThat(of(
                        upstream(new UpstreamEvent.ShareRejected(3, "invalid-share")),
                        GatewayEvent.UpstreamRejected.class))
                .hasSize(1);
        assertThat(route.unanswered()).isZero();
        assertThat(upstream(new UpstreamEvent.ShareRejected(3, "invalid-share")))
                .as("a verdict for nothing is not counted")
                .isEmpty();
    }

    @Test
    void aBatchThatCountsMoreThanItCoversMakesUpForOneThatCountedFewer() {
        forward();
        forward();
        upstream(new UpstreamEvent.SharesAccepted(2, 1, 0));
        assertThat(route.unanswered()).isEqualTo(1);
        assertThat(of(upstream(new UpstreamEvent.SharesAccepted(2, 1, 0)), GatewayEvent.UpstreamAccepted.class)
                        .getFirst()
                        .count())
                .isEqualTo(1);
        assertThat(route.unanswered()).isZero();
    }

    @Test
    void sharesWithoutAVerdictAreCountedWhenTheUpstreamIsLost() {
        forward();
        forward();
        List<RouteAction> actions = upstream(new UpstreamEvent.Lost(UpstreamEvent.Step.MINING, "connection reset"));
        assertThat(of(actions, GatewayEvent.UpstreamUnanswered.class).getFirst().count())
                .isEqualTo(2);
        assertThat(of(actions, RouteUpdate.UpstreamLost.class)).hasSize(1);
        assertThat(of(forward(), GatewayEvent.ShareUnforwardable.class)
                        .getFirst()
                        .reason())
                .isEqualTo("no-upstream");
    }

    @Test
    void sharesOfAnEarlierChannelAreNeverSentToTheNextOne() {
        upstream(new UpstreamEvent.Lost(UpstreamEvent.Step.MINING, "connection reset"));
        upstream(new UpstreamEvent.ChannelOpened(CHANNEL));
        assertThat(of(forward(), GatewayEvent.ShareUnforwardable.class)
                        .getFirst()
                        .reason())
                .isEqualTo("upstream-gone");
    }

    @Test
    void aBlockIsRecordedBeforeItIsSent() {
        List<RouteAction> actions = List.copyOf(route.on(new RouteInput.Forward(share(true)), now));
        RouteAction.RecordBlock record = actions.stream()
                .filter(RouteAction.RecordBlock.class::isInstance)
                .map(RouteAction.RecordBlock.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(record.block().header().hash().display())
                .isEqualTo("000054cc966c174fc21b056b994c0aa265c40126222040984f571230b9adde1f");
        assertThat(of(actions, UpstreamCommand.SubmitShare.class)).isEmpty();
        assertThat(of(forward(), UpstreamCommand.SubmitShare.class).getFirst().sequence())
                .as("a share that overtakes it on the disk")
                .isEqualTo(1);
        List<RouteAction> sent = List.copyOf(route.on(new RouteInput.BlockRecorded(record.share()), now));
        assertThat(of(sent, UpstreamCommand.SubmitShare.class).getFirst().sequence())
                .isEqualTo(2);
        assertThat(of(upstream(new UpstreamEvent.SharesAccepted(2, 2, 1)), GatewayEvent.BlockAnswered.class)
                        .getFirst()
                        .rejection())
                .isEmpty();
    }

    @Test
    void aBlockThatCannotGoUpAnyMoreIsLeftToWhoeverMadeItsJob() {
        ForwardedShare block = share(true);
        route.on(new RouteInput.Forward(block), now);
        upstream(new UpstreamEvent.Lost(UpstreamEvent.Step.MINING, "connection reset"));

        List<RouteAction> actions = List.copyOf(route.on(new RouteInput.BlockRecorded(block), now));

        assertThat(of(actions, GatewayEvent.ShareUnforwardable.class)).hasSize(1);
        UpstreamCommand.SubmitShare rescued =
                of(actions, UpstreamCommand.RescueBlock.class).getFirst().share();
        assertThat(rescued.jobId()).isEqualTo(block.job().source().jobId());
        assertThat(rescued.extranonce()).isEqualTo(block.upstreamExtranonce());
        assertThat(of(forward(), UpstreamCommand.RescueBlock.class))
                .as("a share that is no block")
                .isEmpty();
    }

    @Test
    void pendingSharesAreBounded() {
        for (int i = 0; i < Route.MAX_PENDING_SHARES; i++) {
            route.on(new RouteInput.Forward(share(false)), now);
        }
        assertThat(of(forward(), GatewayEvent.ShareUnforwardable.class)
                        .getFirst()
                        .reason())
                .isEqualTo("too-many-unanswered");
        assertThat(route.unanswered()).isEqualTo(Route.MAX_PENDING_SHARES);
    }

    @Test
    void futureJobsAreBoundedAndTheOldestGivesWay() {
        for (int id = 100; id <= 100 + Route.MAX_FUTURE_JOBS; id++) {
            upstream(new UpstreamEvent.JobAnnounced(job(id, OptionalLong.empty())));
        }
        assertThat(upstream(new UpstreamEvent.TipChanged(100, VectorJobs.BLOCK_TIP)))
                .isEmpty();
        assertThat(upstream(new UpstreamEvent.TipChanged(101, VectorJobs.BLOCK_TIP)))
                .isNotEmpty();
    }

    @Test
    void demandIsToldOnceASecondAndOnlyWhenItChanged() {
        List<RouteAction> first = List.copyOf(route.on(new RouteInput.Demand(0, 1e12, Difficulty.targetOf(100)), now));
        assertThat(first).containsExactly(new RouteAction.SetDeadline(RouteDeadline.DEMAND, now.plusSeconds(1)));
        assertThat(List.copyOf(route.on(new RouteInput.Demand(1, 2e12, Target.MAX), now)))
                .isEmpty();
        List<RouteAction> told = List.copyOf(route.on(new RouteInput.DeadlineReached(RouteDeadline.DEMAND), now));
        assertThat(of(told, UpstreamCommand.UpdateDemand.class))
                .containsExactly(new UpstreamCommand.UpdateDemand(3e12, Difficulty.targetOf(100)));
        route.on(new RouteInput.Demand(0, 1e12, Difficulty.targetOf(100)), now);
        assertThat(List.copyOf(route.on(new RouteInput.DeadlineReached(RouteDeadline.DEMAND), now)))
                .isEmpty();
    }

    @Test
    void silenceRepeatsTheJobWithALaterNtimeUnderANewId() {
        now = now.plusSeconds(30);
        MiningJob again = of(
                        List.copyOf(route.on(new RouteInput.DeadlineReached(RouteDeadline.KEEPALIVE), now)),
                        RouteUpdate.JobRepeated.class)
                .getFirst()
                .job();
        assertThat(again.id()).isGreaterThan(current.id());
        assertThat(again.ntime()).isEqualTo(current.ntime() + 30);
        assertThat(again.source()).isSameAs(current.source());
        for (int i = 0; i < 300; i++) {
            now = now.plusSeconds(30);
            again = of(
                            List.copyOf(route.on(new RouteInput.DeadlineReached(RouteDeadline.KEEPALIVE), now)),
                            RouteUpdate.JobRepeated.class)
                    .getFirst()
                    .job();
        }
        assertThat(again.ntime()).isEqualTo(VectorJobs.SHARE_TIP.minNtime() + 7_200);
    }

    @Test
    void aBlockOnItsWayToTheDiskIsUnderWayUntilItsVerdictCame() {
        assertThat(route.hasSharesUnderWay()).isFalse();
        ForwardedShare block = share(true);
        route.on(new RouteInput.Forward(block), now);
        assertThat(route.unanswered()).isZero();
        assertThat(route.hasSharesUnderWay()).isTrue();
        route.on(new RouteInput.BlockRecorded(block), now);
        assertThat(route.unanswered()).isEqualTo(1);
        upstream(new UpstreamEvent.SharesAccepted(1, 1, 1));
        assertThat(route.hasSharesUnderWay()).isFalse();
    }

    @Test
    void nothingGoesUpOnceTheUpstreamIsToldToCloseAndWhatItOwesIsStillCounted() {
        forward();
        route.on(new RouteInput.Demand(0, 1e12, ROUTE_TARGET), now);
        route.on(new RouteInput.Closing(), now);
        List<RouteAction> late = forward();
        assertThat(of(late, GatewayEvent.ShareUnforwardable.class))
                .extracting(GatewayEvent.ShareUnforwardable::reason)
                .containsExactly("upstream-gone");
        assertThat(of(late, UpstreamCommand.class)).isEmpty();
        assertThat(of(
                        List.copyOf(route.on(new RouteInput.DeadlineReached(RouteDeadline.DEMAND), now)),
                        UpstreamCommand.class))
                .isEmpty();
        assertThat(of(upstream(new UpstreamEvent.SharesAccepted(1, 1, 1)), GatewayEvent.UpstreamAccepted.class))
                .hasSize(1);
    }

    @Test
    void aTipWithAnotherNetworkTargetIsSaidToChangeTheDifficulty() {
        ChainTip first = VectorJobs.SHARE_TIP;
        upstream(new UpstreamEvent.JobAnnounced(job(8, OptionalLong.empty())));
        assertThat(of(upstream(new UpstreamEvent.TipChanged(8, first)), GatewayEvent.MiningDifficultyChanged.class))
                .as("the same network target")
                .isEmpty();
        upstream(new UpstreamEvent.JobAnnounced(job(9, OptionalLong.empty())));
        ChainTip harder = new ChainTip(Hash256.ZERO, 0x1c00_ffffL, first.minNtime());
        assertThat(of(upstream(new UpstreamEvent.TipChanged(9, harder)), GatewayEvent.MiningDifficultyChanged.class))
                .containsExactly(new GatewayEvent.MiningDifficultyChanged(now, first.nbits(), 0x1c00_ffffL));
    }
}
