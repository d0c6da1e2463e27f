package sluice.upstream.declaration;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.declaration.DeclaredPool.EASY;
import static sluice.upstream.declaration.DeclaredPool.PAYOUT;
import static sluice.upstream.declaration.DeclaredPool.onTip;
import static sluice.upstream.declaration.DeclaredPool.template;
import static sluice.upstream.declaration.DeclaredPool.withoutTransactions;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamCommand.SubmitShare;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamJob;
import sluice.upstream.session.CustomJobAnswer;
import sluice.upstream.session.UnansweredShares;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateTransactions;

class CustomJobsMiningTest {
    private static final String NEXT_TIP = "77".repeat(32);

    private final DeclaredPool pool = DeclaredPool.mining();

    private static Template nextTip(long id) {
        return onTip(template("gbt_1tx", id), NEXT_TIP);
    }

    private static UpstreamEvent.ShareRejected refused(SubmitShare share, String code) {
        return new UpstreamEvent.ShareRejected(share.sequence(), code);
    }

    @Test
    void aShareGoesUpUnderThePoolsIdOfItsJobAndComesBackUnderTheRoutesNumber() {
        SubmitShare share = pool.share();
        SubmitShare sent = pool.takeSubmitted().getFirst();

        assertThat(sent.jobId()).isGreaterThan(1000);
        assertThat(sent)
                .isEqualTo(new SubmitShare(
                        1,
                        sent.jobId(),
                        share.nonce(),
                        share.ntime(),
                        share.version(),
                        share.extranonce(),
                        share.userIdentity()));
        pool.accepts(1, 1);
        assertThat(pool.takeReports())
                .singleElement()
                .isInstanceOfSatisfying(UpstreamEvent.SharesAccepted.class, accepted -> {
                    assertThat(accepted.lastSequence()).isEqualTo(1);
                    assertThat(accepted.count()).isEqualTo(1);
                });
    }

    @Test
    @Tag("JDC-11")
    void aNewTipIsMinedOnAtOnceAndItsSharesWaitForThePoolToTakeTheJob() {
        pool.newTip(nextTip(2));
        List<UpstreamEvent> reports = pool.takeReports();
        UpstreamJob job = ((UpstreamEvent.JobAnnounced) reports.get(0)).job();
        assertThat(job.isFuture()).isTrue();
        assertThat(reports.get(1))
                .isEqualTo(new UpstreamEvent.TipChanged(job.jobId(), nextTip(2).miningTip()));

        SubmitShare first = pool.share();
        SubmitShare second = pool.share();
        assertThat(pool.takeSubmitted()).isEmpty();

        pool.declared().taken();
        assertThat(pool.takeSubmitted()).extracting(SubmitShare::nonce).containsExactly(first.nonce(), second.nonce());
        assertThat(pool.takeReports()).isEmpty();
    }

    @Test
    @Tag("JDC-11")
    void whatWaitedIsSentOnlyIfItMeetsTheTargetThatThePoolHasByThen() {
        pool.newTip(nextTip(2));
        Target harder = Target.ofCompact(0x2007ffffL);
        UpstreamJob job = pool.jobInForce();
        SubmitShare good = pool.miner.solve(job, harder);
        SubmitShare weak = pool.miner.solve(job, EASY);
        while (meets(job, weak, harder)) {
            weak = pool.miner.solve(job, EASY);
        }
        pool.request(good).request(weak);
        pool.pool(new UpstreamEvent.TargetChanged(harder));
        pool.takeReports();
        pool.declared().taken();

        assertThat(pool.takeSubmitted()).extracting(SubmitShare::nonce).containsExactly(good.nonce());
        assertThat(pool.takeReports()).containsExactly(refused(weak, "difficulty-too-low"));
        pool.request(weak);
        assertThat(pool.takeReports()).containsExactly(refused(weak, "difficulty-too-low"));
    }

    private static boolean meets(UpstreamJob job, SubmitShare share, Target target) {
        return header(job, share).meets(target);
    }

    private static BlockHeader header(UpstreamJob job, SubmitShare share) {
        Template template = nextTip(2);
        return new BlockHeader(
                share.version(),
                template.tip().prevHash(),
                MerklePath.of(job.merklePath())
                        .root(Sha256d.of(
                                job.coinbasePrefix(),
                                job.extranoncePrefix(),
                                share.extranonce(),
                                job.coinbaseSuffix())),
                share.ntime(),
                template.tip().nbits(),
                share.nonce());
    }

    @Test
    @Tag("JDC-11")
    void ofTooManySharesThatWaitTheWorstGivesWay() {
        pool.newTip(nextTip(2));
        UpstreamJob job = pool.jobInForce();
        List<SubmitShare> shares = new ArrayList<>();
        for (int i = 0; i < CustomShares.MAX_CACHED; i++) {
            shares.add(pool.share());
        }
        pool.takeReports();
        assertThat(pool.takeSubmitted()).isEmpty();
        shares.add(pool.share());

        SubmitShare worst = shares.stream()
                .max(Comparator.comparing(
                        share -> Target.ofWire(header(job, share).hash().toArray(), 0)))
                .orElseThrow();
        assertThat(pool.takeReports()).containsExactly(refused(worst, "too-many-shares-before-their-job"));
        pool.declared().taken();
        assertThat(pool.takeSubmitted())
                .hasSize(CustomShares.MAX_CACHED)
                .extracting(SubmitShare::nonce)
                .isEqualTo(shares.stream()
                        .filter(share -> share != worst)
                        .map(SubmitShare::nonce)
                        .toList());
    }

    @Test
    @Tag("JDC-11")
    void sharesThatWaitForAJobOfAFormerTipAreStale() {
        pool.newTip(nextTip(2));
        SubmitShare waiting = pool.share();
        pool.takeReports();
        pool.newTip(template("gbt_20tx", 3));

        assertThat(pool.takeReports().getFirst()).isEqualTo(refused(waiting, "stale-share"));
        SubmitShare late = pool.miner.solve();
        pool.request(new SubmitShare(
                late.sequence(),
                waiting.jobId(),
                waiting.nonce(),
                waiting.ntime(),
                waiting.version(),
                waiting.extranonce(),
                "w"));
        assertThat(pool.takeReports()).containsExactly(refused(late, "stale-share"));
    }

    @Test
    void aLateShareOfAJobThatThePoolTookIsThePoolsToJudge() {
        SubmitShare late = pool.miner.solve();
        pool.newTip(nextTip(2)).request(late);

        assertThat(pool.takeSubmitted()).hasSize(1);
    }

    @Test
    void anAcceptanceSpeaksForEarlierSharesOnlyWhenTheyHaveTheirVerdict() {
        UpstreamJob taken = pool.jobInForce();
        pool.refreshed(template("gbt_1tx", 2));
        pool.takeReports();
        SubmitShare waiting = pool.share();
        SubmitShare sent = pool.miner.solve(taken, EASY);
        pool.request(sent).accepts(1, 1);
        assertThat(pool.takeReports()).isEmpty();

        pool.declared().taken().accepts(2, 1);
        assertThat(pool.takeReports())
                .singleElement()
                .isInstanceOfSatisfying(UpstreamEvent.SharesAccepted.class, accepted -> {
                    assertThat(accepted.lastSequence()).isEqualTo(sent.sequence());
                    assertThat(accepted.count()).isEqualTo(2);
                });
        assertThat(waiting.sequence()).isLessThan(sent.sequence());
    }

    @Test
    void aRefusalByThePoolComesBackUnderTheRoutesNumberAndLetsLaterAcceptancesPass() {
        UpstreamJob taken = pool.jobInForce();
        pool.refreshed(template("gbt_1tx", 2));
        SubmitShare waiting = pool.share();
        SubmitShare sent = pool.miner.solve(taken, EASY);
        pool.request(sent).accepts(1, 1).declared().taken();
        pool.takeReports();

        pool.pool(new UpstreamEvent.ShareRejected(2, "duplicate-share"));
        List<UpstreamEvent> reports = pool.takeReports();
        assertThat(reports.get(0)).isEqualTo(refused(waiting, "duplicate-share"));
        assertThat(((UpstreamEvent.SharesAccepted) reports.get(1)).lastSequence())
                .isEqualTo(sent.sequence());
    }

    @Test
    void whatThePoolCountsShortIsCountedShortUntilItsRefusalCame() {
        pool.share();
        pool.share();
        pool.accepts(2, 1);
        pool.pool(new UpstreamEvent.ShareRejected(1, "invalid-share"));

        List<UpstreamEvent> reports = pool.takeReports();
        assertThat(((UpstreamEvent.SharesAccepted) reports.get(0)).lastSequence())
                .isEqualTo(2);
        assertThat(((UpstreamEvent.SharesAccepted) reports.get(0)).count()).isEqualTo(1);
        assertThat(((UpstreamEvent.ShareRejected) reports.get(1)).errorCode()).isEqualTo("invalid-share");
        pool.pool(new UpstreamEvent.ShareRejected(1, "invalid-share"));
        assertThat(pool.takeReports()).isEmpty();
    }

    @Test
    void whatThePoolCountsLaterIsCountedLater() {
        pool.share();
        pool.share();
        pool.accepts(2, 1);
        pool.takeReports();
        pool.share();
        pool.accepts(3, 2);

        assertThat(pool.takeReports())
                .extracting(event -> ((UpstreamEvent.SharesAccepted) event).count())
                .containsExactly(1L, 1L);
    }

    @Test
    void whatThePoolCountsShortOfSharesThatAreHeldBackIsMadeUpForBeforeItIsToldOf() {
        UpstreamJob taken = pool.jobInForce();
        pool.refreshed(template("gbt_1tx", 2));
        pool.share();
        pool.request(pool.miner.solve(taken, EASY)).request(pool.miner.solve(taken, EASY));
        pool.takeReports();
        pool.accepts(2, 1).declared().taken().accepts(3, 2);

        assertThat(pool.takeReports())
                .extracting(event -> ((UpstreamEvent.SharesAccepted) event).count())
                .containsExactly(3L);
    }

    @Test
    void ofTooManySharesWithoutVerdictTheNextIsRefused() {
        SubmitShare share = pool.miner.solve();
        for (long sequence = 1; sequence <= UnansweredShares.MAX_SHARES + 1; sequence++) {
            pool.request(new SubmitShare(
                    sequence, share.jobId(), share.nonce(), share.ntime(), share.version(), share.extranonce(), "w"));
        }

        assertThat(pool.takeReports())
                .containsExactly(
                        new UpstreamEvent.ShareRejected(UnansweredShares.MAX_SHARES + 1, "too-many-unanswered"));
        assertThat(pool.takeSubmitted()).hasSize(UnansweredShares.MAX_SHARES);
    }

    @Test
    void aShareThatCannotBeHashedIsRefusedAtOnce() {
        SubmitShare good = pool.miner.solve();
        pool.request(new SubmitShare(1, 99, good.nonce(), good.ntime(), good.version(), good.extranonce(), "w"));
        pool.request(new SubmitShare(2, good.jobId(), good.nonce(), good.ntime(), good.version(), Bytes.zeros(8), "w"));

        assertThat(pool.takeAll())
                .containsExactly(
                        new CustomJobsAction.Report(new UpstreamEvent.ShareRejected(1, "invalid-job-id")),
                        new CustomJobsAction.Report(new UpstreamEvent.ShareRejected(2, "bad-extranonce-size")));
    }

    @Test
    void aRefreshIsAnActiveJobOnTheSameTip() {
        Template refresh = template("gbt_1tx", 2);
        pool.refreshed(refresh);

        assertThat(pool.takeReports())
                .singleElement()
                .isInstanceOfSatisfying(UpstreamEvent.JobAnnounced.class, announced -> {
                    assertThat(announced.job().minNtime()).hasValue(refresh.curTime());
                    assertThat(announced.job().merklePath())
                            .isEqualTo(refresh.merklePath().siblings());
                });
    }

    @Test
    void withTooManyJobsThatThePoolHasNotTakenTheNextTemplateWaits() {
        for (long id = 2; id < 2 + CustomJobs.MAX_UNTAKEN; id++) {
            pool.refreshed(template("gbt_1tx", id)).giveToken();
        }
        assertThat(pool.takeReports()).hasSize(CustomJobs.MAX_UNTAKEN);
        pool.refreshed(template("gbt_1tx", 98)).refreshed(template("gbt_20tx", 99));
        assertThat(pool.takeReports()).isEmpty();

        pool.declared().taken();
        assertThat(pool.takeReports())
                .singleElement()
                .isInstanceOfSatisfying(
                        UpstreamEvent.JobAnnounced.class,
                        announced -> assertThat(announced.job().merklePath())
                                .isEqualTo(template("gbt_20tx", 99).merklePath().siblings()));
    }

    @Test
    void withoutATokenTheNewestTemplateWaitsForOne() {
        for (long id = 2; id < 1 + TokenStock.MAX_TOKENS; id++) {
            pool.refreshed(template("gbt_1tx", id)).declared().taken();
        }
        pool.takeReports();
        // The first job has used one of the four, and none has come since.
        pool.refreshed(template("gbt_1tx", 98)).refreshed(template("gbt_20tx", 99));
        assertThat(pool.takeReports()).isEmpty();
        pool.giveToken();

        assertThat(pool.takeReports())
                .singleElement()
                .isInstanceOfSatisfying(
                        UpstreamEvent.JobAnnounced.class,
                        announced -> assertThat(announced.job().merklePath())
                                .isEqualTo(template("gbt_20tx", 99).merklePath().siblings()));
    }

    @Test
    void remembersSixteenJobsAndForgetsTheOldest() {
        SubmitShare ofFirst = pool.miner.solve();
        for (long id = 2; id <= CustomJobs.MAX_JOBS; id++) {
            pool.giveToken().refreshed(template("gbt_1tx", id)).declared().taken();
        }
        pool.request(ofFirst);
        assertThat(pool.takeSubmitted()).hasSize(1);
        pool.giveToken().refreshed(template("gbt_1tx", 99));
        pool.takeReports();
        pool.request(ofFirst);

        assertThat(pool.takeReports()).containsExactly(refused(ofFirst, "invalid-job-id"));
    }

    @Test
    @Tag("JDC-12")
    void aJobOnATipThatTheOtherSideDoesNotKnowYetIsOfferedAgainAndItsSharesWait() {
        pool.newTip(nextTip(2));
        SubmitShare waiting = pool.share();
        pool.takeReports();
        DeclaratorCommand.Declare first =
                pool.takeFromDeclarator(DeclaratorCommand.Declare.class).getFirst();
        pool.declarator(new DeclaratorEvent.JobRefused(first.number(), "stale-chain-tip"));
        assertThat(pool.takeFromDeclarator(DeclaratorCommand.Declare.class)).isEmpty();

        pool.pass(CustomJobsDeadline.STALE_RETRY.patience());
        DeclaratorCommand.Declare second =
                pool.takeFromDeclarator(DeclaratorCommand.Declare.class).getFirst();
        assertThat(second.token()).isNotEqualTo(first.token());
        assertThat(second.number()).isGreaterThan(first.number());
        assertThat(second.coinbasePrefix()).isEqualTo(first.coinbasePrefix());
        pool.declarator(new DeclaratorEvent.JobDeclared(second.number(), Bytes.of((byte) 9)))
                .refused("stale-chain-tip");
        pool.pass(CustomJobsDeadline.STALE_RETRY.patience()).declared().taken();

        assertThat(pool.takeSubmitted()).extracting(SubmitShare::nonce).containsExactly(waiting.nonce());
        assertThat(pool.takeReports()).isEmpty();
    }

    @Test
    @Tag("JDC-12")
    void aJobThatIsStaleBecauseOurTipIsTheOldOneIsDroppedWithTheNextTip() {
        pool.refreshed(template("gbt_1tx", 2));
        SubmitShare waiting = pool.share();
        pool.declared().refused("stale-chain-tip").newTip(nextTip(3));

        assertThat(pool.takeReports()).contains(refused(waiting, "stale-share"));
        pool.declared();
        pool.pass(CustomJobsDeadline.STALE_RETRY.patience());
        assertThat(pool.takeFromDeclarator(DeclaratorCommand.Declare.class)).isEmpty();
    }

    @Test
    void aStaleJobWaitsOnWhereNoTokenIsThere() {
        for (long id = 2; id < 1 + TokenStock.MAX_TOKENS; id++) {
            pool.refreshed(template("gbt_1tx", id)).declared();
        }
        pool.refused("stale-chain-tip");
        pool.pass(CustomJobsDeadline.STALE_RETRY.patience());
        assertThat(pool.takeFromDeclarator(DeclaratorCommand.Declare.class)).isEmpty();
        assertThat(pool.jobs.nextDeadline()).contains(pool.now.plus(CustomJobsDeadline.STALE_RETRY.patience()));

        pool.giveToken().pass(CustomJobsDeadline.STALE_RETRY.patience());
        assertThat(pool.takeFromDeclarator(DeclaratorCommand.Declare.class)).hasSize(1);
    }

    @Test
    @Tag("JDC-9")
    void aStaleJobWhoseNextTokenWantsOtherOutputsIsMadeAnew() {
        pool.newTip(nextTip(2));
        SubmitShare waiting = pool.share();
        pool.declared().refused("stale-chain-tip");
        pool.takeAll();
        pool.declarator(new DeclaratorEvent.Ready());
        pool.withTokensFor(new TxOut(0, PAYOUT), new TxOut(0, Bytes.fromHex("51")))
                .giveToken();
        pool.pass(CustomJobsDeadline.STALE_RETRY.patience());

        List<UpstreamEvent> reports = pool.takeReports();
        assertThat(reports.get(0)).isEqualTo(refused(waiting, "stale-share"));
        assertThat(reports.get(1)).isInstanceOf(UpstreamEvent.JobAnnounced.class);
        assertThat(pool.takeFromDeclarator(DeclaratorCommand.Declare.class)).hasSize(1);
    }

    @Test
    @Tag("JDC-16")
    void aChangedPrefixIsToldAndJobsThatThePoolHasNotTakenAreMadeAnew() {
        UpstreamJob taken = pool.jobInForce();
        pool.refreshed(template("gbt_1tx", 2));
        SubmitShare waiting = pool.share();
        pool.takeAll();
        Bytes prefix = Bytes.fromHex("b1b2");
        pool.pool(new UpstreamEvent.ExtranoncePrefixChanged(prefix));

        List<UpstreamEvent> reports = pool.takeReports();
        assertThat(reports.get(0)).isEqualTo(new UpstreamEvent.ExtranoncePrefixChanged(prefix));
        assertThat(reports.get(1)).isEqualTo(refused(waiting, "stale-share"));
        UpstreamJob anew = ((UpstreamEvent.JobAnnounced) reports.get(2)).job();
        assertThat(anew.extranoncePrefix()).isEqualTo(prefix);
        assertThat(anew.coinbasePrefix().at(anew.coinbasePrefix().length() - 1)).isEqualTo((byte) (2 + 16));
        assertThat(pool.takeFromDeclarator(DeclaratorCommand.Declare.class)).hasSize(1);
        pool.request(pool.miner.solve(taken, EASY));
        assertThat(pool.takeSubmitted()).hasSize(1);
    }

    @Test
    @Tag("JDC-15")
    void theTargetOfThePoolIsPassedOn() {
        Target harder = Target.ofCompact(0x2000ffffL);
        pool.pool(new UpstreamEvent.TargetChanged(harder));

        assertThat(pool.takeReports()).containsExactly(new UpstreamEvent.TargetChanged(harder));
    }

    @Test
    void demandIsForThePoolAndHasteForBothServers() {
        UpstreamCommand demand = new UpstreamCommand.UpdateDemand(1e12, EASY);
        pool.request(demand).request(new UpstreamCommand.ConnectNow());

        assertThat(pool.takeAll())
                .containsExactly(
                        new CustomJobsAction.ToPool(demand),
                        new CustomJobsAction.ToPool(new UpstreamCommand.ConnectNow()),
                        new CustomJobsAction.ToDeclarator(new DeclaratorCommand.ConnectNow()));
    }

    @Test
    void aRefreshThatCannotBeABlockChangesNothing() {
        Template heavy = template("gbt_20tx", 2);
        pool.refreshed(heavy.with(new TemplateTransactions(
                heavy.transactions().orElseThrow().raw(), 4_000_000, OptionalLong.empty(), OptionalLong.empty())));

        assertThat(pool.takeAll()).isEmpty();
    }

    @Test
    void noMoreJobsAreDeclaredThanTheServerMayLeaveUnansweredAlsoWhereTheirTipHasPassed() {
        for (long id = 2; id < 2 + OpenDeclarations.MAX_OPEN; id++) {
            pool.newTip(onTip(template("gbt_1tx", id), "7" + id + "77".repeat(31)))
                    .giveToken();
        }
        List<DeclaratorCommand.Declare> declared = pool.takeFromDeclarator(DeclaratorCommand.Declare.class);
        assertThat(declared).hasSize(OpenDeclarations.MAX_OPEN);
        pool.newTip(nextTip(99));
        assertThat(pool.jobInForce().merklePath()).hasSize(1);
        assertThat(pool.takeFromDeclarator(DeclaratorCommand.Declare.class)).isEmpty();

        pool.declarator(new DeclaratorEvent.JobRefused(declared.getFirst().number(), "stale-chain-tip"));
        assertThat(pool.takeFromDeclarator(DeclaratorCommand.Declare.class)).hasSize(1);
    }

    @Test
    void anAnswerToAJobThatIsNoLongerAwaitedIsNothing() {
        pool.newTip(nextTip(2)).declared();
        SetCustomMiningJob given = pool.takeGiven().getFirst();
        pool.newTip(template("gbt_20tx", 3));
        pool.takeAll();
        pool.answer(new CustomJobAnswer.Refused(given.requestId(), "invalid-mining-job-token"));
        pool.declarator(new DeclaratorEvent.JobRefused(given.requestId(), "invalid-job"));
        pool.template(new TemplateEvent.BlockJudged(1, BlockVerdict.ACCEPTED));

        assertThat(pool.takeAll()).isEmpty();
    }

    @Test
    void aJobThatWaitsForItsTransactionsIsMinedMeanwhile() {
        pool.newTip(withoutTransactions(nextTip(2)));
        SubmitShare waiting = pool.share();
        pool.template(new TemplateEvent.TransactionsArrived(
                        2, nextTip(2).transactions().orElseThrow()))
                .declared()
                .taken();

        assertThat(pool.takeSubmitted()).extracting(SubmitShare::nonce).containsExactly(waiting.nonce());
    }
}
