package sluice.proxy.declaration;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.declaration.DeclarationConversation.FULL_TEMPLATE;
import static sluice.proxy.declaration.DeclarationConversation.PAYOUT;
import static sluice.proxy.declaration.DeclarationConversation.setup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobToken;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobTokenSuccess;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobError;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobSuccess;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactions;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactionsSuccess;
import sluice.protocol.sv2.message.jobdeclaration.PushSolution;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateEvent;

class DeclarationSessionTest {
    private final DeclarationConversation talk = new DeclarationConversation();

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void takesASetupForJobDeclarationInBothModes(long flags) {
        talk.start().say(setup(flags));

        assertThat(talk.takeSent()).containsExactly(new SetupConnectionSuccess(2, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2, 2, 1, 0, unsupported-protocol",
        "2, 2, 2, 0, 0, unsupported-protocol",
        "1, 3, 4, 1, 0, protocol-version-mismatch",
        "1, 1, 1, 1, 0, protocol-version-mismatch",
        "1, 2, 2, 7, 6, unsupported-feature-flags"
    })
    void refusesOtherSetupsInTheSpecificationsWordsAndHangsUp(
            int protocol, int minVersion, int maxVersion, long flags, long answered, String code) {
        talk.start().say(setup(protocol, minVersion, maxVersion, flags));

        assertThat(talk.takeAll())
                .containsSubsequence(
                        new DeclarationAction.Send(new SetupConnectionError(answered, code)),
                        new DeclarationAction.Disconnect(code, ""));
    }

    @Test
    void hangsUpOnAClientThatDoesNotSetUp() {
        talk.start().say(new AllocateMiningJobToken("miner", 1));
        assertThat(talk.takeAll())
                .contains(new DeclarationAction.Disconnect(
                        "setup-expected", "its first message is ALLOCATE_MINING_JOB_TOKEN"));

        DeclarationConversation silent = new DeclarationConversation();
        silent.start().pass(Duration.ofSeconds(10));
        assertThat(silent.takeAll())
                .contains(new DeclarationAction.Disconnect("setup-timeout", "no SetupConnection within 10 s"));
    }

    @Test
    @Tag("JDP-1")
    void givesATokenAndThePoolsOutputWithoutAValue() {
        talk.serving().say(new AllocateMiningJobToken("miner", 77));

        AllocateMiningJobTokenSuccess answer =
                (AllocateMiningJobTokenSuccess) talk.takeSent().getFirst();
        assertThat(answer.requestId()).isEqualTo(77);
        assertThat(TxOut.parseList(answer.coinbaseTxOutputs())).containsExactly(new TxOut(0, PAYOUT));
        assertThat(answer.miningJobToken()).isNotEqualTo(talk.token());
    }

    @Test
    @Tag("JDP-4")
    @Tag("JDP-7")
    void acceptsAJobOfKnownTransactionsWithATokenOfItsOwn() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        assertThat(job.transactions()).isNotEmpty();

        talk.say(job.declaration());

        DeclareMiningJobSuccess answer =
                (DeclareMiningJobSuccess) talk.takeSent().getFirst();
        assertThat(answer.requestId()).isEqualTo(job.declaration().requestId());
        assertThat(answer.newMiningJobToken()).isNotEqualTo(job.declaration().miningJobToken());
    }

    @Test
    @Tag("JDP-5")
    @Tag("JDP-6")
    void asksOnlyForTheTransactionsThatItDoesNotKnowAndThenAccepts() {
        talk.serving();
        int known = talk.chain.current().transactions().orElseThrow().raw().size();
        ClientJob job = talk.job(talk.clientsTemplate());

        talk.say(job.declaration());

        ProvideMissingTransactions question =
                (ProvideMissingTransactions) talk.takeSent().getFirst();
        assertThat(question.requestId()).isEqualTo(job.declaration().requestId());
        assertThat(question.unknownTxPositionList())
                .hasSize(job.transactions().size() - known)
                .isNotEmpty()
                .isSorted();
        talk.say(answer(job, question));
        assertThat(talk.takeSent()).hasOnlyElementsOfType(DeclareMiningJobSuccess.class);
    }

    @Test
    @Tag("JDP-5")
    void remembersTheTransactionsThatAClientGave() {
        talk.serving();
        Template template = talk.clientsTemplate();
        ClientJob job = talk.job(template);
        talk.say(job.declaration());
        talk.say(answer(job, (ProvideMissingTransactions) talk.takeSent().getFirst()));

        talk.say(talk.job(template).declaration());

        assertThat(talk.takeSent()).hasOnlyElementsOfType(DeclareMiningJobSuccess.class);
    }

    @Test
    void learnsTransactionsThatItsOwnSourceGivesLater() {
        Template template = talk.chain.current();
        talk.start().say(setup(FULL_TEMPLATE));
        talk.source(new TemplateEvent.NewTip(new Template(
                template.id(),
                template.height(),
                template.version(),
                template.tip(),
                template.networkTarget(),
                template.curTime(),
                template.coinbase(),
                template.merklePath(),
                Optional.empty(),
                Optional.empty())));
        talk.source(new TemplateEvent.TransactionsArrived(
                template.id(), template.transactions().orElseThrow()));

        assertThat(talk.declared(talk.job(template))).isNotEqualTo(Bytes.EMPTY);
    }

    @Test
    void refusesTransactionsThatAreNotThoseItAskedFor() {
        talk.serving();
        ClientJob job = talk.job(talk.clientsTemplate());
        talk.say(job.declaration());
        ProvideMissingTransactions question =
                (ProvideMissingTransactions) talk.takeSent().getFirst();
        List<Bytes> swapped = new ArrayList<>(answer(job, question).transactionList());
        swapped.set(0, job.transactions().getFirst());

        talk.say(new ProvideMissingTransactionsSuccess(question.requestId(), swapped));

        assertThat(talk.takeRefusal()).isEqualTo("missing-txs");
    }

    @Test
    void refusesFewerTransactionsThanItAskedForAndWhatIsNone() {
        talk.serving();
        ClientJob job = talk.job(talk.clientsTemplate());
        talk.say(job.declaration());
        talk.say(new ProvideMissingTransactionsSuccess(job.declaration().requestId(), List.of()));
        assertThat(talk.takeRefusal()).isEqualTo("missing-txs");

        ClientJob next = talk.job(job.template);
        talk.say(next.declaration());
        ProvideMissingTransactions question =
                (ProvideMissingTransactions) talk.takeSent().getFirst();
        List<Bytes> broken = new ArrayList<>(answer(next, question).transactionList());
        broken.set(0, Bytes.fromHex("00"));
        talk.say(new ProvideMissingTransactionsSuccess(question.requestId(), broken));
        assertThat(talk.takeRefusal()).isEqualTo("invalid-job");
    }

    @Test
    void refusesADeclarationWhoseTransactionsDoNotComeInTime() {
        talk.serving();
        talk.say(talk.job(talk.clientsTemplate()).declaration());
        talk.takeSent();

        talk.pass(Duration.ofMillis(29_999));
        assertThat(talk.takeSent()).isEmpty();
        talk.pass(Duration.ofMillis(1));

        assertThat(talk.takeRefusal()).isEqualTo("missing-txs");
    }

    @Test
    void saysThatTheTipHasPassedWhileTransactionsCame() {
        talk.serving();
        ClientJob job = talk.job(talk.clientsTemplate());
        talk.say(job.declaration());
        ProvideMissingTransactions question =
                (ProvideMissingTransactions) talk.takeSent().getFirst();
        talk.findBlock();
        talk.tip();

        talk.say(answer(job, question));

        assertThat(talk.takeRefusal()).isEqualTo("stale-chain-tip");
    }

    @Test
    void refusesTheOldestOfMoreOpenDeclarationsThanItKeeps() {
        talk.serving();
        Template template = talk.clientsTemplate();
        List<ClientJob> jobs = new ArrayList<>();
        for (int i = 0; i < DeclarationSession.MAX_OPEN_DECLARATIONS; i++) {
            jobs.add(talk.job(template));
            talk.say(jobs.getLast().declaration());
        }
        assertThat(talk.takeSent()).hasOnlyElementsOfType(ProvideMissingTransactions.class);

        talk.say(talk.job(template).declaration());

        assertThat(talk.takeSent())
                .filteredOn(DeclareMiningJobError.class::isInstance)
                .singleElement()
                .satisfies(message -> assertThat(((DeclareMiningJobError) message).requestId())
                        .isEqualTo(jobs.getFirst().declaration().requestId()));
    }

    @Test
    void waitsForATipThatTheClientHeardOfFirst() {
        talk.serving();
        talk.findBlock();
        talk.say(talk.job(talk.chain.current()).declaration());
        assertThat(talk.takeSent()).isEmpty();

        talk.tip();

        assertThat(talk.takeSent()).hasOnlyElementsOfType(DeclareMiningJobSuccess.class);
    }

    @Test
    void saysStaleWhereThatTipDoesNotComeInTime() {
        talk.serving();
        talk.findBlock();
        talk.say(talk.job(talk.chain.current()).declaration());

        talk.pass(Duration.ofSeconds(5));

        assertThat(talk.takeRefusal()).isEqualTo("stale-chain-tip");
    }

    @Test
    void refusesAJobForAFormerTip() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        talk.findBlock();
        talk.tip();

        talk.say(job.declaration());

        assertThat(talk.takeRefusal()).isEqualTo("stale-chain-tip");
    }

    @Test
    void refusesAJobWhileItHasNoTemplateItself() {
        talk.serving().source(new TemplateEvent.Unavailable("the node is gone"));

        talk.say(talk.job(talk.chain.current()).declaration());

        assertThat(talk.takeRefusal()).isEqualTo("internal-error");
    }

    @Test
    void takesEachTokenOnceAndNoneOfOthers() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        talk.declared(job);

        talk.say(job.declaration());
        assertThat(talk.takeRefusal()).isEqualTo("invalid-mining-job-token");

        talk.say(job.with(9, Bytes.fromHex("ffffffffffffffff")).declaration());
        assertThat(talk.takeRefusal()).isEqualTo("invalid-mining-job-token");
    }

    @Test
    void forgetsATokenADayAfterItWasAllocated() {
        talk.serving();
        ClientJob fresh = talk.job(talk.chain.current());
        ClientJob old = talk.job(talk.chain.current());

        talk.pass(Duration.ofHours(24).minusMillis(1));
        talk.declared(fresh);
        talk.pass(Duration.ofMillis(1)).say(old.declaration());

        assertThat(talk.takeRefusal()).isEqualTo("invalid-mining-job-token");
    }

    @Test
    void forgetsTheOldestOfMoreTokensThanItKeeps() {
        talk.serving();
        ClientJob oldest = talk.job(talk.chain.current());
        ClientJob second = talk.job(talk.chain.current());
        for (int i = 2; i <= ClientTokens.MAX_ALLOCATED; i++) {
            talk.token();
        }

        talk.say(oldest.declaration());
        assertThat(talk.takeRefusal()).isEqualTo("invalid-mining-job-token");
        talk.declared(second);
    }

    @Test
    @Tag("JDP-6")
    void takesNoDeclarationFromAClientThatKeepsItsTransactions() {
        talk.serving(0);

        talk.say(talk.job(talk.chain.current()).declaration());

        assertThat(talk.takeRefusal()).isEqualTo("invalid-job");
    }

    @Test
    @Tag("JDP-2")
    void refusesAJobThatPaysOthers() {
        talk.serving();
        long value = talk.chain.current().coinbase().value();
        Bytes other = Bytes.zeros(60_000);

        talk.say(talk.job(talk.chain.current()).paying(new TxOut(value, other)).declaration());
        assertThat(talk.takeRefusal()).isEqualTo("invalid-coinbase-tx");

        talk.say(talk.job(talk.chain.current())
                .paying(new TxOut(value - 1, PAYOUT), new TxOut(1, other))
                .declaration());
        assertThat(talk.takeRefusal()).isEqualTo("invalid-coinbase-tx");

        talk.say(talk.job(talk.chain.current()).paying(new TxOut(1, PAYOUT)).declaration());
        assertThat(talk.takeRefusal()).isEqualTo("invalid-coinbase-tx");
    }

    @Test
    @Tag("JDP-2")
    void acceptsOtherOutputsWithoutAValueInAnyOrder() {
        talk.serving();

        talk.declared(talk.job(talk.chain.current())
                .paying(
                        new TxOut(0, Bytes.fromHex("6a0161")),
                        new TxOut(talk.chain.current().coinbase().value(), PAYOUT)));
    }

    @Test
    void refusesATransactionThatStandsTwiceInTheList() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        List<Hash256> twice = new ArrayList<>(job.wtxids());
        twice.add(twice.getFirst());

        talk.say(job.declaration(job.coinbase.witnessPrefix(), job.coinbase.witnessSuffix(), twice));

        assertThat(talk.takeRefusal()).isEqualTo("invalid-job");
    }

    @Test
    void refusesMoreTransactionsThanABlockHolds() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        List<Hash256> many = new ArrayList<>();
        for (int i = 0; i <= DeclaredJob.MAX_TRANSACTIONS; i++) {
            many.add(Hash256.fromDisplay(String.format("%064x", i + 1)));
        }

        talk.say(job.declaration(job.coinbase.witnessPrefix(), job.coinbase.witnessSuffix(), many));

        assertThat(talk.takeRefusal()).isEqualTo("invalid-job");
    }

    @Test
    void refusesAJobWhoseCommitmentIsNotToItsTransactions() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        List<Hash256> fewer = job.wtxids().subList(1, job.wtxids().size());

        talk.say(job.declaration(job.coinbase.witnessPrefix(), job.coinbase.witnessSuffix(), fewer));

        assertThat(talk.takeRefusal()).isEqualTo("invalid-job");
    }

    @Test
    void refusesTheRequestIdOfADeclarationThatHasNoAnswerYet() {
        talk.serving();
        ClientJob job = talk.job(talk.clientsTemplate());
        talk.say(job.declaration());
        talk.takeSent();

        talk.say(job.with(job.declaration().requestId(), talk.token()).declaration());

        assertThat(talk.takeRefusal()).isEqualTo("invalid-job");
    }

    @Test
    @Tag("JDP-8")
    void makesABlockOfASolutionThatTheChainTakes() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        talk.declared(job);

        talk.say(job.push("0badcafe"));

        BlockSolution block = talk.takeBlocks().getFirst();
        assertThat(block.userIdentity()).isEqualTo("miner");
        assertThat(block.height()).isEqualTo(job.template.height());
        assertThat(talk.chain.submit(block.block().orElseThrow(), talk.now()).outcome())
                .isEqualTo(BlockVerdict.Outcome.ACCEPTED);
    }

    @Test
    @Tag("JDP-8")
    void findsTheDeclaredJobThatASolutionIsOfAmongThoseOfTheTip() {
        talk.serving();
        Template first = talk.chain.current();
        ClientJob older = talk.job(first);
        talk.declared(older);
        Template second = talk.clientsTemplate();
        talk.source(new TemplateEvent.Refreshed(second));
        talk.declared(talk.job(second));

        talk.say(older.push("01"));

        assertThat(talk.takeBlocks())
                .singleElement()
                .satisfies(block -> assertThat(talk.chain
                                .submit(block.block().orElseThrow(), talk.now())
                                .outcome())
                        .isEqualTo(BlockVerdict.Outcome.ACCEPTED));
    }

    @Test
    void takesABlockOnceAndNotesWhatIsNone() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        talk.declared(job);
        talk.say(job.push("01"));
        assertThat(talk.takeBlocks()).hasSize(1);

        PushSolution solution = job.push("01");
        talk.say(solution);
        assertThat(talk.takeNotes()).singleElement().asString().endsWith("came once more");

        talk.say(new PushSolution(
                Bytes.concat(solution.extranonce(), Bytes.zeros(1)),
                solution.prevHash(),
                solution.nonce(),
                solution.ntime(),
                solution.nbits(),
                solution.version()));
        assertThat(talk.takeNotes()).containsExactly("a solution is no block of any job that it declared on this tip");
    }

    @Test
    void remembersSoManySolutionsAndNoMore() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        talk.declared(job);
        for (int i = 0; i <= DeclarationSession.MAX_REMEMBERED_SOLUTIONS; i++) {
            talk.say(job.push(String.format("%04x", i)));
        }
        assertThat(talk.takeBlocks()).hasSize(DeclarationSession.MAX_REMEMBERED_SOLUTIONS + 1);

        talk.say(job.push("0001"));
        assertThat(talk.takeBlocks()).isEmpty();
        talk.say(job.push("0000"));
        assertThat(talk.takeBlocks()).hasSize(1);
    }

    @Test
    void keepsSoManyDeclaredJobsAndForgetsThoseOfFormerTips() {
        talk.serving();
        List<ClientJob> jobs = new ArrayList<>();
        for (int i = 0; i <= ClientTokens.MAX_JOBS; i++) {
            // Each with another extranonce length, so that none solves for another.
            jobs.add(new ClientJob(talk.chain.current(), PAYOUT, 8 + i).with(1_000 + i, talk.token()));
            talk.declared(jobs.getLast());
        }

        talk.say(jobs.getFirst().push("01"));
        assertThat(talk.takeBlocks()).isEmpty();
        talk.say(jobs.get(1).push("01"));
        assertThat(talk.takeBlocks()).hasSize(1);

        talk.findBlock();
        talk.tip().say(jobs.get(2).push("01"));
        assertThat(talk.takeBlocks()).isEmpty();
    }

    @Test
    void tokensEndWithTheConnection() {
        talk.serving();
        talk.token();
        talk.declared(talk.job(talk.chain.current()));
        assertThat(talk.jobs.size()).isEqualTo(2);

        talk.feed(new DeclarationInput.Closed());

        assertThat(talk.jobs.size()).isZero();
    }

    @Test
    void writesNoMoreThanSoManyLinesAboutOneClient() {
        talk.serving();
        for (int i = 0; i <= DeclarationSession.MAX_NOTES; i++) {
            talk.say(new ProvideMissingTransactionsSuccess(i, List.of()));
        }

        assertThat(talk.takeNotes()).hasSize(DeclarationSession.MAX_NOTES);
    }

    @Test
    void ignoresWhatOnlyServersSay() {
        talk.serving().say(new DeclareMiningJobSuccess(1, Bytes.EMPTY));

        assertThat(talk.takeNotes()).containsExactly("ignored an unexpected DECLARE_MINING_JOB_SUCCESS");
    }

    private static ProvideMissingTransactionsSuccess answer(ClientJob job, ProvideMissingTransactions question) {
        return new ProvideMissingTransactionsSuccess(
                question.requestId(),
                question.unknownTxPositionList().stream()
                        .map(job.transactions()::get)
                        .toList());
    }
}
