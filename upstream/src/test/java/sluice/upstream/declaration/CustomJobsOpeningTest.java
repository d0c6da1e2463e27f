package sluice.upstream.declaration;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.declaration.DeclaredPool.EASY;
import static sluice.upstream.declaration.DeclaredPool.EXTRANONCE_SIZE;
import static sluice.upstream.declaration.DeclaredPool.FEE;
import static sluice.upstream.declaration.DeclaredPool.PAYOUT;
import static sluice.upstream.declaration.DeclaredPool.PREFIX;
import static sluice.upstream.declaration.DeclaredPool.TAG;
import static sluice.upstream.declaration.DeclaredPool.newToken;
import static sluice.upstream.declaration.DeclaredPool.template;
import static sluice.upstream.declaration.DeclaredPool.withoutTransactions;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import sluice.config.DeclarationMode;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.WitnessCommitment;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.UpstreamJob;
import sluice.upstream.session.CustomJobAnswer;
import sluice.upstream.session.PayoutCheck;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.CoinbaseSplit;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateTransactions;

class CustomJobsOpeningTest {
    private final Template template = template("gbt_20tx", 1);
    private final DeclaredPool full = new DeclaredPool(DeclarationMode.FULL_TEMPLATE);

    @Test
    @Tag("JDC-1")
    void asksForTokensAheadOfNeedAndForAnotherOneWheneverOneIsUsed() {
        full.declarator(new DeclaratorEvent.Ready());
        assertThat(full.takeFromDeclarator(DeclaratorCommand.AllocateToken.class))
                .hasSize(TokenStock.MAX_TOKENS);

        full.giveToken().giveToken().giveToken().giveToken();
        assertThat(full.takeFromDeclarator(DeclaratorCommand.AllocateToken.class))
                .isEmpty();

        full.poolOpens().newTip(template);
        assertThat(full.takeFromDeclarator(DeclaratorCommand.AllocateToken.class))
                .hasSize(1);
    }

    @Test
    @Tag("JDC-2")
    void asksForATokenAnewBeforeItsServerTakesItBack() {
        full.declaratorReady();
        full.takeAll();

        full.pass(Duration.ofMinutes(5).minusNanos(1));
        assertThat(full.takeAll()).isEmpty();
        assertThat(full.jobs.nextDeadline()).contains(full.now.plusNanos(1));
        full.pass(Duration.ofNanos(1));

        assertThat(full.takeFromDeclarator(DeclaratorCommand.AllocateToken.class))
                .hasSize(TokenStock.MAX_TOKENS);
        full.giveToken().poolOpens().newTip(template);
        assertThat(full.takeFromDeclarator(DeclaratorCommand.Declare.class))
                .singleElement()
                .satisfies(declared -> assertThat(declared.token()).isEqualTo(Bytes.of((byte) 5)));
    }

    @Test
    void takesNoMoreTokensThanItHasUseFor() {
        full.declaratorReady().giveToken();
        full.takeAll();

        full.pass(Duration.ofMinutes(5));

        assertThat(full.takeFromDeclarator(DeclaratorCommand.AllocateToken.class))
                .hasSize(TokenStock.MAX_TOKENS);
    }

    @Test
    @Tag("JDC-2")
    void tokensDieWithTheConnectionTheyCameOn() {
        full.declaratorReady().declarator(new DeclaratorEvent.Lost(Step.MINING, "gone"));
        full.declarator(new DeclaratorEvent.Ready()).poolOpens().newTip(template);
        full.takeAll();

        full.giveToken();

        assertThat(full.takeFromDeclarator(DeclaratorCommand.Declare.class))
                .singleElement()
                .satisfies(declared -> assertThat(declared.token()).isEqualTo(Bytes.of((byte) 5)));
    }

    @Test
    @Tag("JDC-3")
    void leavesRoomInTemplatesForExactlyTheOutputsOfThePoolAndSaysSoAgainWhenTheyChange() {
        TxOut pays = new TxOut(0, PAYOUT);
        TxOut fee = new TxOut(0, FEE);
        full.declaratorReady();
        assertThat(full.take(CustomJobsAction.ToTemplates.class))
                .containsExactly(new CustomJobsAction.ToTemplates(
                        new TemplateCommand.ReserveCoinbase(CoinbaseReserve.of(List.of(pays)))));

        full.withTokensFor(pays, fee).giveToken();
        assertThat(full.take(CustomJobsAction.ToTemplates.class))
                .containsExactly(new CustomJobsAction.ToTemplates(
                        new TemplateCommand.ReserveCoinbase(CoinbaseReserve.of(List.of(pays, fee)))));
    }

    @Test
    @Tag("JDC-8")
    void declaresAJobWithItsTransactionsAndGivesItToThePoolWithTheNewToken() {
        full.poolOpens().declaratorReady().newTip(template);
        TemplateTransactions transactions = template.transactions().orElseThrow();

        DeclaratorCommand.Declare declared =
                full.takeFromDeclarator(DeclaratorCommand.Declare.class).getFirst();
        assertThat(declared.token()).isEqualTo(Bytes.of((byte) 1));
        assertThat(declared.version()).isEqualTo(template.version());
        assertThat(declared.transactions()).isEqualTo(transactions.raw());
        assertThat(declared.wtxids())
                .isEqualTo(transactions.raw().stream()
                        .map(raw -> Transaction.parse(raw).wtxid())
                        .toList());
        assertThat(declared.excessData()).isEqualTo(transactions.excessData());
        assertThat(full.takeGiven()).isEmpty();

        full.declarator(new DeclaratorEvent.JobDeclared(declared.number(), newToken(declared.number())));
        SetCustomMiningJob given = full.takeGiven().getFirst();
        assertThat(given.miningJobToken()).isEqualTo(newToken(declared.number()));
        assertThat(full.takeReports()).isEmpty();
    }

    @Test
    @Tag("JDC-9")
    @Tag("JDC-10")
    void thePoolIsToldTheSameJobThatWasDeclared() {
        full.poolOpens().declaratorReady().newTip(template);
        DeclaratorCommand.Declare declared =
                full.takeFromDeclarator(DeclaratorCommand.Declare.class).getFirst();
        full.declarator(new DeclaratorEvent.JobDeclared(declared.number(), newToken(declared.number())));
        SetCustomMiningJob given = full.takeGiven().getFirst();

        Transaction coinbase = coinbaseOf(declared);
        assertThat(given.version()).isEqualTo(declared.version());
        assertThat(given.prevHash()).isEqualTo(template.tip().prevHash());
        assertThat(given.nbits()).isEqualTo(template.tip().nbits());
        assertThat(given.minNtime()).isEqualTo(template.tip().minNtime());
        assertThat(given.merklePath()).isEqualTo(template.merklePath().siblings());
        assertThat(given.coinbaseTxVersion()).isEqualTo(coinbase.version());
        assertThat(given.coinbaseTxLocktime()).isEqualTo(coinbase.lockTime());
        assertThat(given.coinbaseTxInputNSequence())
                .isEqualTo(coinbase.inputs().getFirst().sequence());
        assertThat(given.coinbaseTxOutputs())
                .isEqualTo(Bytes.concat(
                        Bytes.of((byte) coinbase.outputs().size()), TxOut.serialiseSequence(coinbase.outputs())));
    }

    private static Transaction coinbaseOf(DeclaratorCommand.Declare declared) {
        return Transaction.parse(Bytes.concat(
                declared.coinbasePrefix(), PREFIX, Bytes.zeros(EXTRANONCE_SIZE), declared.coinbaseSuffix()));
    }

    @Test
    @Tag("JDC-4")
    @Tag("JDC-6")
    void theFirstOutputGetsWhatTheOthersLeaveAndTheTemplatesOwnComeLast() {
        full.withTokensFor(new TxOut(0, PAYOUT), new TxOut(700, FEE), new TxOut(0, Bytes.fromHex("6a00")));
        full.poolOpens().declaratorReady().newTip(template);
        Transaction coinbase = coinbaseOf(
                full.takeFromDeclarator(DeclaratorCommand.Declare.class).getFirst());

        assertThat(coinbase.outputs().subList(0, 3))
                .containsExactly(
                        new TxOut(template.coinbase().value() - 700, PAYOUT),
                        new TxOut(700, FEE),
                        new TxOut(0, Bytes.fromHex("6a00")));
        assertThat(coinbase.outputs().subList(3, coinbase.outputs().size()))
                .isEqualTo(template.coinbase().requiredOutputs());
        assertThat(WitnessCommitment.isCommitment(coinbase.outputs().getLast().script()))
                .isTrue();
        assertThat(coinbase.version()).isEqualTo(template.coinbase().version());
        assertThat(coinbase.lockTime()).isEqualTo(template.coinbase().lockTime());
        assertThat(coinbase.inputs().getFirst().sequence())
                .isEqualTo(template.coinbase().sequence());
    }

    private static CoinbaseSplit split(long value) {
        return new CoinbaseSplit(
                List.of(new TxOut(value, Script.p2tr(Bytes.zeros(32)))),
                Bytes.wrap("/ocean/".getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    @Tag("JDC-4")
    @Tag("JDP-3")
    void aCoinbaseProvidersOutputsStandBehindThePoolsAndArePaidByItsFirst() {
        CoinbaseSplit split = split(2_000);
        full.withTokensFor(new TxOut(0, PAYOUT), new TxOut(700, FEE));
        full.poolOpens().declaratorReady().newTip(template.paying(Optional.of(split)));
        DeclaratorCommand.Declare declared =
                full.takeFromDeclarator(DeclaratorCommand.Declare.class).getFirst();
        full.declarator(new DeclaratorEvent.JobDeclared(declared.number(), newToken(declared.number())));
        SetCustomMiningJob given = full.takeGiven().getFirst();

        Transaction coinbase = coinbaseOf(declared);
        assertThat(coinbase.outputs().subList(0, 3))
                .containsExactly(
                        new TxOut(template.coinbase().value() - 2_700, PAYOUT),
                        new TxOut(700, FEE),
                        split.outputs().getFirst());
        assertThat(coinbase.outputs().subList(3, coinbase.outputs().size()))
                .isEqualTo(template.coinbase().requiredOutputs());
        assertThat(given.coinbaseTxOutputs())
                .isEqualTo(Bytes.concat(
                        Bytes.of((byte) coinbase.outputs().size()), TxOut.serialiseSequence(coinbase.outputs())));
        assertThat(given.coinbasePrefix().hex())
                .contains(Bytes.concat(split.tag(), DeclaredPool.TAG).hex());
    }

    @Test
    void outputsThatWouldLeaveNothingToThePoolAreLeftOutAndThatIsSaid() {
        full.withTokensFor(new TxOut(0, PAYOUT), new TxOut(700, FEE));
        full.poolOpens()
                .declaratorReady()
                .newTip(template.paying(Optional.of(split(template.coinbase().value() - 700))));
        assertThat(coinbaseOf(full.takeFromDeclarator(DeclaratorCommand.Declare.class)
                                .getFirst())
                        .outputs())
                .startsWith(new TxOut(template.coinbase().value() - 700, PAYOUT), new TxOut(700, FEE))
                .hasSize(2 + template.coinbase().requiredOutputs().size());
        assertThat(full.takeReports()).hasAtLeastOneElementOfType(UpstreamEvent.SplitUnused.class);
    }

    @Test
    @Tag("JDC-5")
    @Tag("JDC-7")
    void thePoolIsToldEveryByteOfTheScriptSigInFrontOfTheExtranonce() {
        full.poolOpens().declaratorReady().newTip(template).declared();

        assertThat(full.takeGiven().getFirst().coinbasePrefix())
                .isEqualTo(Bytes.concat(
                        template.coinbase().scriptSigPrefix(), Bytes.of((byte) TAG.length()), TAG, Bytes.of((byte)
                                (PREFIX.length() + EXTRANONCE_SIZE))));
    }

    @Test
    @Tag("JDC-5")
    void aTagThatDoesNotFitBesideThePoolsExtranonceIsCut() {
        DeclaredPool tagged = new DeclaredPool(
                new CustomJobsSettings("declared", DeclarationMode.COINBASE_ONLY, Bytes.zeros(75), PayoutCheck.NONE));
        tagged.pool(new UpstreamEvent.ChannelOpened(new UpstreamChannel("pool", PREFIX, 28, EASY, true)))
                .declaratorReady()
                .newTip(template);

        assertThat(tagged.takeGiven().getFirst().coinbasePrefix().length() + 32)
                .isEqualTo(Coinbase.MAX_SCRIPT_SIG_LENGTH);
    }

    @Test
    @Tag("JDC-8")
    void withACoinbaseOnlyServerThePoolGetsTheTokenAtOnceAndNothingIsDeclared() {
        DeclaredPool coinbaseOnly = new DeclaredPool(DeclarationMode.COINBASE_ONLY);
        coinbaseOnly.poolOpens().declaratorReady().newTip(withoutTransactions(template));

        assertThat(coinbaseOnly.takeGiven())
                .singleElement()
                .satisfies(given -> assertThat(given.miningJobToken()).isEqualTo(Bytes.of((byte) 1)));
        assertThat(coinbaseOnly.takeFromDeclarator(DeclaratorCommand.Declare.class))
                .isEmpty();
    }

    @Test
    @Tag("JDC-8")
    void aJobIsDeclaredWhenItsTransactionsHaveCome() {
        full.poolOpens().declaratorReady().newTip(withoutTransactions(template));
        assertThat(full.takeFromDeclarator(DeclaratorCommand.Declare.class)).isEmpty();

        TemplateTransactions transactions = template.transactions().orElseThrow();
        full.template(new TemplateEvent.TransactionsArrived(2, transactions));
        assertThat(full.takeFromDeclarator(DeclaratorCommand.Declare.class)).isEmpty();
        full.template(new TemplateEvent.TransactionsArrived(1, transactions));
        assertThat(full.takeFromDeclarator(DeclaratorCommand.Declare.class)).hasSize(1);
    }

    @Test
    void theFirstJobThatThePoolTakesOpensTheChannel() {
        full.poolOpens().declaratorReady().newTip(template).declared();
        assertThat(full.takeReports()).isEmpty();
        full.taken();

        List<UpstreamEvent> reports = full.takeReports();
        assertThat(reports).hasSize(3);
        assertThat(reports.get(0))
                .isEqualTo(new UpstreamEvent.ChannelOpened(
                        new UpstreamChannel("declared", PREFIX, EXTRANONCE_SIZE, EASY, true)));
        UpstreamJob job = ((UpstreamEvent.JobAnnounced) reports.get(1)).job();
        assertThat(job.isFuture()).isTrue();
        assertThat(job.extranoncePrefix()).isEqualTo(PREFIX);
        assertThat(job.versionRollingAllowed()).isTrue();
        assertThat(reports.get(2)).isEqualTo(new UpstreamEvent.TipChanged(job.jobId(), template.miningTip()));
    }

    @Test
    void inWhateverOrderTheThreeAreThereTheFirstJobIsMade() {
        List<Runnable> parts = List.of(
                () -> full.poolOpens(), () -> full.declaratorReady(), () -> full.newTip(template("gbt_1000tx", 2)));
        for (int first = 0; first < parts.size(); first++) {
            List<Runnable> order = new ArrayList<>(parts);
            Collections.rotate(order, first);
            order.forEach(Runnable::run);
            assertThat(full.takeFromDeclarator(DeclaratorCommand.Declare.class)).hasSize(1);
            full.declarator(new DeclaratorEvent.Lost(Step.MINING, "gone"));
            full.template(new TemplateEvent.Unavailable("gone"));
            full.pool(new UpstreamEvent.Lost(Step.MINING, "gone"));
            full.takeAll();
        }
    }

    @Test
    void beforeTheChannelIsOpenABetterTemplateReplacesOneThatIsNotDeclaredYet() {
        full.poolOpens().declaratorReady().newTip(withoutTransactions(template));
        full.refreshed(template("gbt_1tx", 2));

        assertThat(full.takeFromDeclarator(DeclaratorCommand.Declare.class))
                .singleElement()
                .satisfies(declared -> {
                    assertThat(declared.transactions()).hasSize(1);
                    assertThat(declared.token()).isEqualTo(Bytes.of((byte) 1));
                });
        full.refreshed(template("gbt_20tx", 3));
        assertThat(full.takeFromDeclarator(DeclaratorCommand.Declare.class)).isEmpty();
    }

    @Test
    void theTemplateThatCameMeanwhileIsTheNextJobOfTheOpenChannel() {
        full.poolOpens().declaratorReady().newTip(template).declared();
        full.refreshed(template("gbt_1tx", 2)).taken();

        assertThat(full.takeReports())
                .extracting(UpstreamEvent::getClass)
                .isEqualTo(List.of(
                        UpstreamEvent.ChannelOpened.class,
                        UpstreamEvent.JobAnnounced.class,
                        UpstreamEvent.TipChanged.class,
                        UpstreamEvent.JobAnnounced.class));
        assertThat(full.jobInForce().minNtime()).hasValue(template("gbt_1tx", 2).curTime());
    }

    @Test
    @Tag("JDC-15")
    void thePoolsOwnJobsAndTipsAreNobodys() {
        full.poolOpens();
        full.pool(new UpstreamEvent.JobAnnounced(new UpstreamJob(
                7, OptionalLong.empty(), 0x20000000L, true, List.of(), Bytes.EMPTY, Bytes.EMPTY, PREFIX)));
        full.pool(new UpstreamEvent.TipChanged(7, template.tip()));

        assertThat(full.takeAll()).isEmpty();
    }

    @Test
    void whatEachOfTheThreeSaysOfItsLossIsPassedOn() {
        full.pool(new UpstreamEvent.Lost(Step.HANDSHAKE, "another key"));
        full.declarator(new DeclaratorEvent.Lost(Step.CONNECT, "refused"));
        full.template(new TemplateEvent.Unavailable("warming up"));

        assertThat(full.takeReports())
                .containsExactly(
                        new UpstreamEvent.Lost(Step.HANDSHAKE, "another key"),
                        new UpstreamEvent.Lost(Step.CONNECT, "job declaration: refused"),
                        new UpstreamEvent.Lost(Step.FIRST_JOB, "no template: warming up"));
    }

    @Test
    void aJobThatPaysOthersThanTheOperatorSaysIsNamedAndThePoolLeft() {
        DeclaredPool watched = new DeclaredPool(DeclarationMode.FULL_TEMPLATE, new PayoutCheck(List.of(FEE), 50, true));
        watched.poolOpens().declaratorReady().newTip(template).declared().taken();

        assertThat(watched.takeReports())
                .extracting(UpstreamEvent::getClass)
                .isEqualTo(List.of(
                        UpstreamEvent.ChannelOpened.class,
                        UpstreamEvent.PayoutMismatch.class,
                        UpstreamEvent.Lost.class));
        DeclaredPool paying =
                new DeclaredPool(DeclarationMode.FULL_TEMPLATE, new PayoutCheck(List.of(PAYOUT), 100, true));
        paying.poolOpens().declaratorReady().newTip(template).declared().taken();
        assertThat(paying.takeReports()).hasSize(3).last().isInstanceOf(UpstreamEvent.TipChanged.class);
    }

    @Test
    void aTokenThatPaysNobodyIsOfNoUse() {
        full.withTokensFor().poolOpens().declarator(new DeclaratorEvent.Ready()).giveToken();

        assertThat(full.takeReports())
                .containsExactly(new UpstreamEvent.Lost(
                        Step.FIRST_JOB,
                        "the job declaration server gave a token without outputs: nobody would be paid"));
    }

    @Test
    void outputsThatNoBlockHasRoomForAreOfNoUse() {
        full.withTokensFor(new TxOut(0, Bytes.fromHex("ac".repeat(16_384)))).declarator(new DeclaratorEvent.Ready());
        full.giveToken();

        assertThat(full.takeReports())
                .singleElement()
                .isInstanceOfSatisfying(
                        UpstreamEvent.Lost.class,
                        lost -> assertThat(lost.reason())
                                .startsWith("the pool asks for outputs that no block has room for"));
    }

    @Test
    void outputsThatWantMoreThanABlockPaysMakeNoJob() {
        full.withTokensFor(new TxOut(0, PAYOUT), new TxOut(TxOut.MAX_MONEY, FEE), new TxOut(TxOut.MAX_MONEY, FEE));
        full.poolOpens().declaratorReady().newTip(template);

        assertThat(full.takeReports())
                .containsExactly(new UpstreamEvent.Lost(
                        Step.FIRST_JOB, "template 1: its block would have less to pay than the pool asks for"));
        assertThat(full.takeFromDeclarator(DeclaratorCommand.Declare.class)).isEmpty();
    }

    @Test
    void aTemplateWithoutRoomForTheOutputsWaitsForTheNextOne() {
        TemplateTransactions own = template.transactions().orElseThrow();
        TemplateTransactions heavy =
                new TemplateTransactions(own.raw(), 3_999_999, own.fees(), own.sigops(), own.excessData());
        full.poolOpens().declaratorReady().newTip(template.with(heavy));
        assertThat(full.takeReports())
                .singleElement()
                .isInstanceOfSatisfying(
                        UpstreamEvent.Lost.class,
                        lost -> assertThat(lost.reason()).startsWith("template 1: its block would weigh "));
        assertThat(full.takeFromDeclarator(DeclaratorCommand.Declare.class)).isEmpty();

        full.refreshed(withoutTransactions(template.withId(2)))
                .template(new TemplateEvent.TransactionsArrived(2, heavy));
        assertThat(full.takeReports()).hasSize(1);
        assertThat(full.takeFromDeclarator(DeclaratorCommand.Declare.class)).isEmpty();

        full.refreshed(template.withId(3));
        assertThat(full.takeFromDeclarator(DeclaratorCommand.Declare.class)).hasSize(1);
    }

    @Test
    @Tag("JDC-16")
    void aPrefixThatChangesBeforeTheFirstJobIsTakenMakesAnotherJob() {
        full.poolOpens().declaratorReady().newTip(template).declared();
        SetCustomMiningJob before = full.takeGiven().getFirst();
        full.pool(new UpstreamEvent.ExtranoncePrefixChanged(Bytes.fromHex("b1b2b3b4b5b6")));
        full.answer(new CustomJobAnswer.Taken(before.requestId(), 5));
        assertThat(full.takeReports()).isEmpty();

        full.declared();
        SetCustomMiningJob after = full.takeGiven().getFirst();
        assertThat(after.coinbasePrefix().at(after.coinbasePrefix().length() - 1))
                .isEqualTo((byte) (6 + EXTRANONCE_SIZE));
        full.answer(new CustomJobAnswer.Taken(after.requestId(), 6));
        assertThat(full.jobInForce().extranoncePrefix()).isEqualTo(Bytes.fromHex("b1b2b3b4b5b6"));
        assertThat(full.takeReports().getFirst())
                .isEqualTo(new UpstreamEvent.ChannelOpened(
                        new UpstreamChannel("declared", Bytes.fromHex("b1b2b3b4b5b6"), EXTRANONCE_SIZE, EASY, true)));
    }

    @Test
    void theTargetThatThePoolSetsMeanwhileIsThatOfTheChannel() {
        Target harder = Target.ofCompact(0x2000ffffL);
        full.poolOpens().declaratorReady().newTip(template).declared();
        full.pool(new UpstreamEvent.TargetChanged(harder));
        assertThat(full.takeReports()).isEmpty();
        full.taken();

        assertThat(full.miner.target()).isEqualTo(harder);
    }
}
