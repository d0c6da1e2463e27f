package sluice.upstream.declaration;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.declaration.DeclaredPool.EASY;
import static sluice.upstream.declaration.DeclaredPool.onTip;
import static sluice.upstream.declaration.DeclaredPool.template;
import static sluice.upstream.declaration.DeclaredPool.withoutTransactions;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import sluice.config.DeclarationMode;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxOut;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamCommand.SubmitShare;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.UpstreamJob;
import sluice.upstream.template.CoinbaseSplit;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateTransactions;

class CustomJobsLossTest {
    private final DeclaredPool pool = DeclaredPool.mining();

    private static Template nextTip(long id) {
        return onTip(template("gbt_1tx", id), "77".repeat(32));
    }

    private void assertLost(String reason) {
        assertThat(pool.takeReports()).containsExactly(new UpstreamEvent.Lost(Step.MINING, reason));
    }

    private void assertOpensAgain() {
        assertThat(pool.takeReports())
                .extracting(UpstreamEvent::getClass)
                .isEqualTo(List.of(
                        UpstreamEvent.ChannelOpened.class,
                        UpstreamEvent.JobAnnounced.class,
                        UpstreamEvent.TipChanged.class));
    }

    @Test
    @Tag("JDC-12")
    void aJobThatThePoolRefusesIsTheEndUntilThePauseIsOver() {
        pool.refreshed(template("gbt_1tx", 2)).declared();
        pool.takeReports();
        pool.refused("invalid-coinbase-tx-outputs");
        assertLost("the pool refused a job of ours: invalid-coinbase-tx-outputs");

        pool.refreshed(template("gbt_20tx", 3));
        pool.pass(CustomJobsDeadline.REFUSED.patience().minusNanos(1));
        assertThat(pool.takeFromDeclarator(DeclaratorCommand.Declare.class)).isEmpty();
        assertThat(pool.jobs.nextDeadline()).contains(pool.now.plusNanos(1));
        pool.pass(Duration.ofNanos(1)).declared().taken();
        assertOpensAgain();
        assertThat(pool.jobInForce().minNtime()).isEmpty();
    }

    private static Template paid(Template template) {
        return template.paying(Optional.of(
                new CoinbaseSplit(List.of(new TxOut(1_000, Script.p2tr(Bytes.zeros(32)))), Bytes.EMPTY)));
    }

    private List<Integer> outputsOfJobs() {
        return pool.takeReports().stream()
                .filter(UpstreamEvent.JobAnnounced.class::isInstance)
                .map(event -> ((UpstreamEvent.JobAnnounced) event).job())
                .map(job -> Transaction.parse(Bytes.concat(
                                job.coinbasePrefix(),
                                DeclaredPool.PREFIX,
                                Bytes.zeros(DeclaredPool.EXTRANONCE_SIZE),
                                job.coinbaseSuffix()))
                        .outputs()
                        .size())
                .toList();
    }

    @Test
    void aPoolThatRefusesACoinbaseProvidersOutputsIsKeptAndGetsJobsWithoutThem() {
        Template better = template("gbt_1tx", 2);
        pool.refreshed(paid(better)).declared();
        pool.refused("invalid-coinbase-tx-outputs");
        List<UpstreamEvent> reports = pool.takeReports();
        assertThat(reports)
                .contains(
                        new UpstreamEvent.SplitUnused("the pool refused a job with them: invalid-coinbase-tx-outputs"))
                .hasOnlyElementsOfTypes(UpstreamEvent.SplitUnused.class, UpstreamEvent.JobAnnounced.class);
        pool.declared().taken();
        SubmitShare share = pool.share();
        assertThat(pool.takeSubmitted()).extracting(SubmitShare::sequence).containsExactly(share.sequence());

        pool.refreshed(paid(better));
        assertThat(outputsOfJobs()).as("the same again, only paid").isEmpty();
        pool.refreshed(paid(template("gbt_20tx", 3)));
        assertThat(outputsOfJobs()).containsExactly(2);

        pool.giveToken()
                .giveToken()
                .pool(new UpstreamEvent.Lost(Step.MINING, "gone"))
                .poolOpens();
        pool.declared().taken();
        assertThat(outputsOfJobs()).containsExactly(2);
        pool.refreshed(paid(template("gbt_20tx", 4)));
        assertThat(outputsOfJobs()).as("another conversation").containsExactly(3);
    }

    @Test
    void wherePoolAndServerRefuseAJobWithoutThemTooThatIsTheEnd() {
        pool.refreshed(paid(template("gbt_1tx", 2))).declared().refused("invalid-job");
        pool.takeReports();
        pool.declared().refused("invalid-job");
        assertLost("the pool refused a job of ours: invalid-job");
    }

    @Test
    @Tag("JDC-12")
    void aDeclarationThatIsRefusedIsTheEndToo() {
        pool.refreshed(template("gbt_1tx", 2));
        pool.takeReports();
        long number = pool.takeFromDeclarator(DeclaratorCommand.Declare.class)
                .getFirst()
                .number();
        pool.declarator(new DeclaratorEvent.JobRefused(number, "invalid-job"));

        assertLost("the job declaration server refused a job of ours: invalid-job");
    }

    @Test
    void whoeverIsInAHurryEndsThePause() {
        pool.refreshed(template("gbt_1tx", 2)).declared().refused("invalid-nbits");
        pool.takeAll();
        pool.request(new UpstreamCommand.ConnectNow());

        assertThat(pool.takeFromDeclarator(DeclaratorCommand.Declare.class)).hasSize(1);
    }

    @Test
    @Tag("JDC-12")
    void aJobThatIsNotTakenInTimeIsTheEnd() {
        pool.refreshed(template("gbt_1tx", 2)).declared();
        pool.takeAll();
        pool.pass(CustomJobsDeadline.TAKEN.patience().minusNanos(1));
        assertThat(pool.takeReports()).isEmpty();
        assertThat(pool.jobs.nextDeadline()).contains(pool.now.plusNanos(1));
        pool.pass(Duration.ofNanos(1));

        assertLost("no job of ours was taken within 60 s: the pool did not answer");
    }

    @Test
    void severalJobsThatAreNotTakenAreOneEnd() {
        pool.refreshed(template("gbt_1tx", 2)).refreshed(template("gbt_20tx", 3));
        pool.takeAll();
        pool.pass(CustomJobsDeadline.TAKEN.patience());

        assertLost("no job of ours was taken within 60 s: the job declaration server did not answer");
    }

    @Test
    void theFirstJobHasNoMoreTimeThanOthers() {
        DeclaredPool opening = new DeclaredPool(DeclarationMode.FULL_TEMPLATE);
        opening.poolOpens().declaratorReady().newTip(withoutTransactions(template("gbt_20tx", 1)));
        opening.takeAll();
        opening.pass(CustomJobsDeadline.TAKEN.patience());

        assertThat(opening.takeReports())
                .containsExactly(new UpstreamEvent.Lost(
                        Step.FIRST_JOB,
                        "no job of ours was taken within 60 s: the transactions of its template did not come"));
    }

    @Test
    void transactionsThatNeverComeCostOnlyAJobThatHasASuccessor() {
        pool.refreshed(withoutTransactions(template("gbt_1tx", 2)));
        SubmitShare waiting = pool.share();
        pool.refreshed(template("gbt_20tx", 3)).declared().taken();
        pool.takeAll();
        pool.pass(CustomJobsDeadline.TAKEN.patience());

        assertThat(pool.takeReports())
                .containsExactly(new UpstreamEvent.ShareRejected(waiting.sequence(), "stale-share"));
    }

    @Test
    @Tag("JDC-12")
    void aJobThatStaysStaleIsTheEnd() {
        pool.newTip(nextTip(2));
        pool.takeReports();
        Duration waited = Duration.ZERO;
        while (waited.compareTo(CustomJobsDeadline.TAKEN.patience()) < 0) {
            pool.declared().refused("stale-chain-tip").giveToken();
            pool.pass(CustomJobsDeadline.STALE_RETRY.patience());
            waited = waited.plus(CustomJobsDeadline.STALE_RETRY.patience());
        }

        assertLost("no job of ours was taken within 60 s: it has another chain tip than our templates");
    }

    @Test
    void losesWithTheDeclaratorAndComesBackWithIt() {
        SubmitShare share = pool.miner.solve();
        pool.declarator(new DeclaratorEvent.Lost(Step.MINING, "connection reset"));
        assertLost("job declaration: connection reset");
        pool.request(share);
        assertThat(pool.takeReports()).containsExactly(new UpstreamEvent.ShareRejected(1, "stale-share"));

        pool.declaratorReady().declared().taken();
        assertOpensAgain();
    }

    @Test
    void losesWithTheTemplatesAndComesBackWithThem() {
        pool.template(new TemplateEvent.Unavailable("the node is gone"));
        assertLost("no template: the node is gone");

        pool.newTip(template("gbt_1tx", 2)).declared().taken();
        assertOpensAgain();
    }

    @Test
    void losesWithThePoolAndComesBackWithIt() {
        pool.share();
        pool.takeAll();
        pool.pool(new UpstreamEvent.Lost(Step.MINING, "the pool hung up"));
        assertLost("the pool hung up");

        pool.poolOpens().declared().taken();
        assertOpensAgain();
        pool.share();
        assertThat(pool.takeSubmitted()).extracting(SubmitShare::sequence).containsExactly(1L);
    }

    @Test
    void whereThePoolStaysItsSequenceNumbersGoOnAndVerdictsOnWhatWasLostAreNobodys() {
        UpstreamJob before = pool.jobInForce();
        pool.share();
        pool.share();
        pool.declarator(new DeclaratorEvent.Lost(Step.MINING, "connection reset"));
        pool.declaratorReady().declared().taken();
        pool.takeAll();
        SubmitShare share = pool.share();
        assertThat(share.sequence()).isEqualTo(1);
        assertThat(pool.takeSubmitted()).extracting(SubmitShare::sequence).containsExactly(3L);

        pool.pool(new UpstreamEvent.ShareRejected(2, "stale-share"));
        pool.accepts(1, 1);
        assertThat(pool.takeReports()).isEmpty();
        pool.accepts(3, 1);
        assertThat(pool.takeReports())
                .singleElement()
                .isInstanceOfSatisfying(
                        UpstreamEvent.SharesAccepted.class,
                        accepted -> assertThat(accepted.lastSequence()).isEqualTo(1));
        assertThat(pool.jobInForce().jobId()).isGreaterThan(before.jobId());
    }

    @Test
    void aTemplateOfANewTipThatCannotBeABlockIsTheEndUntilTheNextOne() {
        Template heavy = nextTip(2);
        pool.newTip(heavy.with(new TemplateTransactions(
                heavy.transactions().orElseThrow().raw(), 4_000_000, OptionalLong.empty(), OptionalLong.empty())));
        assertThat(pool.takeReports())
                .singleElement()
                .isInstanceOfSatisfying(
                        UpstreamEvent.Lost.class,
                        lost -> assertThat(lost.reason()).startsWith("template 2: its block would weigh "));

        pool.refreshed(nextTip(3)).declared().taken();
        assertOpensAgain();
    }

    @Test
    void closingClosesAllThreeAndTheLastWordIsThatOfThePool() {
        pool.request(new UpstreamCommand.Close("switched"));
        assertThat(pool.takeAll())
                .containsExactly(
                        new CustomJobsAction.ToDeclarator(new DeclaratorCommand.Close("switched")),
                        new CustomJobsAction.ToTemplates(new TemplateCommand.Close("switched")),
                        new CustomJobsAction.ToPool(new UpstreamCommand.Close("switched")));
        assertThat(pool.jobs.nextDeadline()).isEmpty();

        pool.newTip(nextTip(2)).pool(new UpstreamEvent.TargetChanged(EASY));
        assertThat(pool.takeAll()).isEmpty();
        pool.pool(new UpstreamEvent.Lost(Step.MINING, "closed by us: switched"));
        assertLost("closed by us: switched");
    }
}
