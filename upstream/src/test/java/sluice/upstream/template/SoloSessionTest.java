package sluice.upstream.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxOut;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamCommand.SubmitShare;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.UpstreamJob;
import tools.jackson.databind.JsonNode;

class SoloSessionTest {
    private static final Bytes PAYOUT = Bytes.fromHex("0014e23e2b669a32d26474731a16c0ada0b3ab54e18c");
    private static final Bytes TAG = Bytes.wrap("/sluice/".getBytes(StandardCharsets.US_ASCII));
    private static final Instant NOW = Instant.ofEpochSecond(1_795_391_800);

    private final SoloSession session = new SoloSession("solo", PAYOUT, TAG);
    private final SoloMiner miner = new SoloMiner();

    private List<SoloAction> on(SoloInput input, Instant now) {
        List<SoloAction> actions = session.on(input, now);
        miner.follow(actions);
        return actions;
    }

    private List<SoloAction> newTip(Template template) {
        return on(new SoloInput.TemplateReported(new TemplateEvent.NewTip(template)), NOW);
    }

    private List<SoloAction> refreshed(Template template) {
        return on(new SoloInput.TemplateReported(new TemplateEvent.Refreshed(template)), NOW);
    }

    private List<SoloAction> submit(SubmitShare share) {
        return on(new SoloInput.Requested(share), NOW);
    }

    private List<SoloAction> judge(BlockSolution solution, String reason) {
        return on(judged(solution, BlockVerdict.ofReason(reason)), NOW);
    }

    private static SoloInput judged(BlockSolution solution, BlockVerdict verdict) {
        return new SoloInput.TemplateReported(new TemplateEvent.BlockJudged(solution.number(), verdict));
    }

    private static List<UpstreamEvent> reports(List<SoloAction> actions) {
        List<UpstreamEvent> events = new ArrayList<>();
        for (SoloAction action : actions) {
            if (action instanceof SoloAction.Report(UpstreamEvent event)) {
                events.add(event);
            }
        }
        return events;
    }

    private static BlockSolution solution(List<SoloAction> actions) {
        for (SoloAction action : actions) {
            if (action instanceof SoloAction.BlockFound(BlockSolution solution, MerklePath path)) {
                return solution;
            }
        }
        throw new AssertionError("no block among " + actions);
    }

    @Test
    void theFirstTemplateOpensTheChannelAndActivatesItsJob() {
        Template template = RecordedNode.template("gbt_20tx");
        List<UpstreamEvent> events = reports(newTip(template));

        assertThat(events).hasSize(3);
        UpstreamEvent.ChannelOpened opened = (UpstreamEvent.ChannelOpened) events.get(0);
        assertThat(opened.channel().extranoncePrefix()).isEqualTo(Bytes.EMPTY);
        assertThat(opened.channel().extranonceSize()).isEqualTo(20);
        assertThat(opened.channel().target()).isEqualTo(template.networkTarget());
        assertThat(opened.channel().versionRollingAllowed()).isTrue();
        UpstreamJob job = ((UpstreamEvent.JobAnnounced) events.get(1)).job();
        assertThat(job.isFuture()).isTrue();
        assertThat(job.coinbasePrefix().hex())
                .endsWith(Bytes.concat(Bytes.fromHex("028d0008"), TAG, Bytes.fromHex("14"))
                        .hex());
        assertThat(events.get(2)).isEqualTo(new UpstreamEvent.TipChanged(job.jobId(), template.miningTip()));
    }

    @Test
    void aRefreshIsAnActiveJobOnTheSameTip() {
        newTip(RecordedNode.template("gbt_1tx"));
        Template refresh = RecordedNode.template("gbt_20tx");
        assertThat(reports(refreshed(refresh))).singleElement().satisfies(event -> {
            UpstreamJob job = ((UpstreamEvent.JobAnnounced) event).job();
            assertThat(job.minNtime()).hasValue(refresh.curTime());
            assertThat(job.merklePath()).isEqualTo(refresh.merklePath().siblings());
        });
    }

    @Test
    void aRefreshOnAnUnannouncedTipIsTreatedAsANewTip() {
        newTip(RecordedNode.template("gbt_1tx"));
        assertThat(reports(refreshed(RecordedNode.template("gbt_1000tx"))))
                .extracting(UpstreamEvent::getClass)
                .isEqualTo(List.of(UpstreamEvent.JobAnnounced.class, UpstreamEvent.TipChanged.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gbt_0tx",
                "gbt_1tx",
                "gbt_20tx",
                "gbt_1000tx",
                "h0_getblocktemplate",
                "h16_getblocktemplate",
                "bcoin/gbt_segwit_20tx"
            })
    void aSolvedShareBecomesABlockThatPassesEveryCheck(String name) {
        Template template = RecordedNode.template(name);
        newTip(template);
        List<SoloAction> actions = submit(miner.solve());

        assertThat(actions).extracting(SoloAction::getClass).isEqualTo(List.of(SoloAction.BlockFound.class));
        BlockSolution solution = solution(actions);
        assertThat(actions.getFirst()).isEqualTo(new SoloAction.BlockFound(solution, template.merklePath()));
        Block block = Block.parse(solution.block().orElseThrow());
        assertThat(block.fault(template.rules(NOW.getEpochSecond()))).isEmpty();
        assertThat(block.hash()).isEqualTo(solution.hash());
        assertThat(block.coinbase().serialise()).isEqualTo(solution.coinbase());
        assertThat(block.coinbase().outputs().getFirst())
                .isEqualTo(new TxOut(template.coinbase().value(), PAYOUT));
        assertThat(solution.userIdentity()).isEqualTo("farm.worker");
        assertThat(solution.height()).isEqualTo(template.height());
        assertThat(session.nextDeadline()).contains(NOW.plus(SoloDeadline.BLOCK_VERDICT.length()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "duplicate", "rejected: duplicate"})
    void aBlockThatTheSourceHasIsAnAcceptedShare(String reason) {
        newTip(RecordedNode.template("gbt_20tx"));
        BlockSolution solution = solution(submit(miner.solve()));
        assertThat(reports(judge(solution, reason))).containsExactly(new UpstreamEvent.SharesAccepted(1, 1, 0));
        assertThat(session.nextDeadline()).isEmpty();
        assertThat(judge(solution, reason)).isEmpty();
    }

    @Test
    void aBlockThatLostItsRaceIsStaleAndARefusedOneSaysWhy() {
        newTip(RecordedNode.template("gbt_20tx"));
        BlockSolution lost = solution(submit(miner.solve()));
        assertThat(reports(judge(lost, "inconclusive")))
                .containsExactly(new UpstreamEvent.ShareRejected(1, "stale-share"));
        BlockSolution refused = solution(submit(miner.solve()));
        assertThat(reports(judge(refused, "bad-cb-amount")))
                .containsExactly(new UpstreamEvent.ShareRejected(2, "bad-cb-amount"));
    }

    @Test
    void verdictsAreReportedInTheOrderOfTheShares() {
        newTip(RecordedNode.template("gbt_20tx"));
        BlockSolution first = solution(submit(miner.solve()));
        BlockSolution second = solution(submit(miner.solve()));
        assertThat(judge(second, "")).isEmpty();
        assertThat(reports(judge(first, "high-hash")))
                .containsExactly(
                        new UpstreamEvent.ShareRejected(1, "high-hash"), new UpstreamEvent.SharesAccepted(2, 1, 0));
    }

    @Test
    void aBlockWithoutVerdictIsRefusedWhenItsDeadlineComes() {
        newTip(RecordedNode.template("gbt_20tx"));
        submit(miner.solve());
        Instant due = session.nextDeadline().orElseThrow();
        assertThat(on(new SoloInput.TimePassed(), due.minusNanos(1))).isEmpty();
        assertThat(reports(on(new SoloInput.TimePassed(), due)))
                .containsExactly(new UpstreamEvent.ShareRejected(1, "no-verdict"));
        assertThat(session.nextDeadline()).isEmpty();
    }

    @Test
    void aShareThatCannotBeABlockIsRefusedAtOnce() {
        newTip(RecordedNode.template("gbt_20tx"));
        SubmitShare good = miner.solve();
        assertRefused(
                new SubmitShare(1, 99, good.nonce(), good.ntime(), good.version(), good.extranonce(), "w"),
                "invalid-job-id");
        assertRefused(
                new SubmitShare(1, 1, good.nonce(), good.ntime(), good.version(), Bytes.zeros(19), "w"),
                "bad-extranonce-size");
        assertRefused(
                new SubmitShare(1, 1, good.nonce(), good.ntime(), good.version() ^ 1, good.extranonce(), "w"),
                "invalid-non-rollable-version-bit");
        long least = RecordedNode.template("gbt_20tx").tip().minNtime();
        assertRefused(
                new SubmitShare(1, 1, good.nonce(), least - 1, good.version(), good.extranonce(), "w"),
                "invalid-share");
        assertRefused(
                new SubmitShare(
                        1, 1, good.nonce(), NOW.getEpochSecond() + 7201, good.version(), good.extranonce(), "w"),
                "invalid-share");
        assertRefused(miner.miss(), "difficulty-too-low");
    }

    private void assertRefused(SubmitShare share, String code) {
        assertThat(submit(share))
                .containsExactly(new SoloAction.Report(new UpstreamEvent.ShareRejected(share.sequence(), code)));
    }

    @Test
    void rolledVersionBitsAndTimeGoIntoTheHeader() {
        Template template = RecordedNode.template("gbt_20tx");
        newTip(template);
        SubmitShare share = miner.solve();
        long version = share.version() | 0x1fffffe0L;
        BlockSolution solution = null;
        for (long nonce = 0; solution == null; nonce++) {
            List<SoloAction> actions = submit(new SubmitShare(
                    share.sequence(), share.jobId(), nonce, share.ntime() + 7, version, share.extranonce(), "w"));
            solution = actions.size() == 2 ? solution(actions) : null;
        }
        BlockHeader header = Block.parse(solution.block().orElseThrow()).header();
        assertThat(header.version()).isEqualTo(version);
        assertThat(header.ntime()).isEqualTo(share.ntime() + 7);
        assertThat(Block.parse(solution.block().orElseThrow()).fault(template.rules(NOW.getEpochSecond())))
                .isEmpty();
    }

    @Test
    void aLateSolutionOfAnOldTipStillBecomesABlock() {
        Template old = RecordedNode.template("gbt_20tx");
        newTip(old);
        UpstreamJob oldJob = miner.active();
        newTip(RecordedNode.template("gbt_1000tx"));
        BlockSolution late = solution(submit(miner.solve(oldJob)));
        assertThat(Block.parse(late.block().orElseThrow()).fault(old.rules(NOW.getEpochSecond())))
                .isEmpty();
    }

    @Test
    void remembersSixteenJobsAndForgetsTheOldest() {
        newTip(RecordedNode.template("gbt_1tx"));
        UpstreamJob first = miner.active();
        SubmitShare ofFirst = miner.solve(first);
        for (int i = 1; i < SoloSession.MAX_JOBS; i++) {
            refreshed(RecordedNode.template("gbt_20tx"));
        }
        assertThat(submit(ofFirst)).hasSize(1);
        refreshed(RecordedNode.template("gbt_20tx"));
        assertRefused(ofFirst, "invalid-job-id");
    }

    @Test
    void beyondTheLimitOfPendingBlocksABlockIsStillRecordedAndSubmitted() {
        newTip(RecordedNode.template("gbt_0tx"));
        for (int i = 0; i < SoloSession.MAX_PENDING_BLOCKS; i++) {
            assertThat(submit(miner.solve())).hasSize(1);
        }
        List<SoloAction> oneMore = submit(miner.solve());
        assertThat(oneMore)
                .extracting(SoloAction::getClass)
                .isEqualTo(List.of(SoloAction.BlockFound.class, SoloAction.Report.class));
        assertThat(judge(solution(oneMore), "")).isEmpty();
    }

    @Test
    void aNewNetworkTargetIsToldBeforeTheJobThatHasIt() {
        newTip(RecordedNode.template("gbt_20tx"));
        JsonNode harder = RecordedNode.result("gbt_1000tx")
                .put("bits", "1f00ffff")
                .put("target", Target.ofCompact(0x1f00ffffL).hex());
        List<UpstreamEvent> events = reports(newTip(BlockTemplateReader.read(harder, 2)));
        assertThat(events.getFirst()).isEqualTo(new UpstreamEvent.TargetChanged(Target.ofCompact(0x1f00ffffL)));
        assertThat(events).hasSize(3);
    }

    @Test
    void losesAndReopensTheChannelWithTheTemplates() {
        assertThat(reports(on(new SoloInput.TemplateReported(new TemplateEvent.Unavailable("warming up")), NOW)))
                .containsExactly(new UpstreamEvent.Lost(Step.FIRST_JOB, "warming up"));
        newTip(RecordedNode.template("gbt_20tx"));
        BlockSolution pending = solution(submit(miner.solve()));
        assertThat(reports(on(new SoloInput.TemplateReported(new TemplateEvent.Unavailable("node gone")), NOW)))
                .containsExactly(new UpstreamEvent.Lost(Step.MINING, "node gone"));
        BlockSolution late = solution(submit(miner.solve()));
        assertThat(late.number()).isEqualTo(pending.number() + 1);
        assertThat(reports(refreshed(RecordedNode.template("gbt_20tx"))).getFirst())
                .isInstanceOf(UpstreamEvent.ChannelOpened.class);
        assertThat(judge(pending, "")).isEmpty();
        assertThat(judge(late, "")).isEmpty();
        assertThat(session.nextDeadline()).isEmpty();
    }

    @Test
    void closingStopsTheTemplatesAndEverythingElse() {
        newTip(RecordedNode.template("gbt_20tx"));
        SubmitShare share = miner.solve();
        assertThat(on(new SoloInput.Requested(new UpstreamCommand.UpdateDemand(1e12, Target.MAX)), NOW))
                .isEmpty();
        assertThat(on(new SoloInput.Requested(new UpstreamCommand.Close("switched")), NOW))
                .containsExactly(new SoloAction.StopTemplates("switched"));
        assertThat(newTip(RecordedNode.template("gbt_1000tx"))).isEmpty();
        assertThat(submit(share)).isEmpty();
    }

    @Test
    void aBlockOfLostTemplatesIsABlockAndNobodyWaitsForItsShare() {
        newTip(RecordedNode.template("gbt_20tx"));
        SubmitShare found = miner.solve();
        on(new SoloInput.TemplateReported(new TemplateEvent.Unavailable("node gone")), NOW);

        List<SoloAction> rescued = on(new SoloInput.Requested(new UpstreamCommand.RescueBlock(found)), NOW);
        assertThat(rescued).singleElement().isInstanceOf(SoloAction.BlockFound.class);
        assertThat(judge(solution(rescued), "")).isEmpty();
        assertThat(session.nextDeadline()).isEmpty();

        on(new SoloInput.Requested(new UpstreamCommand.Close("switched")), NOW);
        assertThat(on(new SoloInput.Requested(new UpstreamCommand.RescueBlock(found)), NOW))
                .as("closed")
                .hasSize(1);
    }

    @Test
    void whatIsNoBlockIsNotRescued() {
        newTip(RecordedNode.template("gbt_20tx"));
        SubmitShare found = miner.solve();
        SubmitShare unknown = new SubmitShare(
                0, found.jobId() + 1, found.nonce(), found.ntime(), found.version(), found.extranonce(), "w");
        SubmitShare early =
                new SubmitShare(0, found.jobId(), found.nonce(), 1, found.version(), found.extranonce(), "w");
        assertThat(on(new SoloInput.Requested(new UpstreamCommand.RescueBlock(unknown)), NOW))
                .isEmpty();
        assertThat(on(new SoloInput.Requested(new UpstreamCommand.RescueBlock(early)), NOW))
                .isEmpty();
    }

    @Test
    void aSourceThatKeepsItsTransactionsGetsTheCoinbaseAlone() {
        Template whole = RecordedNode.template("gbt_20tx");
        newTip(withoutTransactions(whole));
        BlockSolution solution = solution(submit(miner.solve()));
        assertThat(solution.block()).isEmpty();
        assertThat(Block.assemble(
                        solution.header(),
                        solution.coinbase(),
                        whole.transactions().orElseThrow().raw()))
                .satisfies(raw -> assertThat(Block.parse(raw).fault(whole.rules(NOW.getEpochSecond())))
                        .isEmpty());
    }

    @Test
    void transactionsThatComeAfterTheirTemplateMakeTheBlockWhole() {
        Template whole = RecordedNode.template("gbt_20tx");
        newTip(withoutTransactions(whole));
        TemplateTransactions transactions = whole.transactions().orElseThrow();
        assertThat(on(
                        new SoloInput.TemplateReported(
                                new TemplateEvent.TransactionsArrived(whole.id() + 1, TemplateTransactions.NONE)),
                        NOW))
                .isEmpty();
        assertThat(on(
                        new SoloInput.TemplateReported(new TemplateEvent.TransactionsArrived(whole.id(), transactions)),
                        NOW))
                .isEmpty();
        BlockSolution solution = solution(submit(miner.solve()));
        assertThat(solution.block())
                .contains(Block.assemble(solution.header(), solution.coinbase(), transactions.raw()));
    }

    private static Template withoutTransactions(Template whole) {
        return new Template(
                whole.id(),
                whole.height(),
                whole.version(),
                whole.tip(),
                whole.networkTarget(),
                whole.curTime(),
                whole.coinbase(),
                whole.merklePath(),
                Optional.empty(),
                Optional.empty());
    }

    private static CoinbaseSplit split(long value) {
        return new CoinbaseSplit(
                List.of(new TxOut(value, Script.p2wpkh(Bytes.zeros(20))), new TxOut(1, Script.p2tr(Bytes.zeros(32)))),
                Bytes.wrap("/ocean/".getBytes(StandardCharsets.US_ASCII)));
    }

    private Transaction coinbaseOfNextBlock() {
        return Transaction.parse(solution(submit(miner.solve())).coinbase());
    }

    @Test
    void aTemplateThatSaysWhomItPaysPaysThoseAndWhatIsLeftThePayout() {
        Template template = RecordedNode.template("gbt_20tx");
        long value = template.coinbase().value();
        newTip(template);
        CoinbaseSplit split = split(value - 1_001);
        assertThat(reports(refreshed(template.paying(Optional.of(split)))))
                .singleElement()
                .isInstanceOfSatisfying(
                        UpstreamEvent.JobAnnounced.class,
                        announced -> assertThat(announced.job().isFuture()).isFalse());

        Transaction coinbase = coinbaseOfNextBlock();
        assertThat(coinbase.outputs())
                .startsWith(split.outputs().get(0), split.outputs().get(1), new TxOut(1_000, PAYOUT))
                .endsWith(template.coinbase().requiredOutputs().getLast());
        assertThat(coinbase.inputs().getFirst().scriptSig().hex())
                .contains(Bytes.concat(split.tag(), TAG).hex());
    }

    @Test
    void aSplitOfAllThatThereIsLeavesNoOutputToThePayout() {
        Template template = RecordedNode.template("gbt_20tx");
        CoinbaseSplit split = split(template.coinbase().value() - 1);
        newTip(template.paying(Optional.of(split)));
        assertThat(coinbaseOfNextBlock().outputs())
                .hasSize(2 + template.coinbase().requiredOutputs().size())
                .startsWith(split.outputs().toArray(TxOut[]::new));
    }

    @Test
    void tagsThatDoNotFitTogetherAreCut() {
        Template template = RecordedNode.template("gbt_20tx");
        Bytes longest = Bytes.wrap("o".repeat(SoloSession.MAX_TAG_LENGTH - 1).getBytes(StandardCharsets.US_ASCII));
        newTip(template.paying(Optional.of(new CoinbaseSplit(split(1).outputs(), longest))));
        assertThat(coinbaseOfNextBlock().inputs().getFirst().scriptSig().hex())
                .contains(Bytes.concat(longest, TAG.slice(0, 1)).hex() + "14");
    }

    @Test
    void aSplitThatWouldMakeTheBlockInvalidIsLeftOutAndThatIsSaid() {
        Template full = weighing(RecordedNode.template("gbt_20tx"), 3_998_000, 0);
        CoinbaseSplit large =
                new CoinbaseSplit(Collections.nCopies(40, new TxOut(1, Script.p2tr(Bytes.zeros(32)))), Bytes.EMPTY);
        newTip(full);
        assertThat(reports(refreshed(full.paying(Optional.of(large)))))
                .extracting(UpstreamEvent::getClass)
                .isEqualTo(List.of(UpstreamEvent.SplitUnused.class, UpstreamEvent.JobAnnounced.class));
        assertThat(coinbaseOfNextBlock().outputs())
                .startsWith(new TxOut(full.coinbase().value(), PAYOUT));
    }

    @Test
    void takesTheLongestTagAndRefusesOneByteMore() {
        SoloSession longest = new SoloSession("solo", PAYOUT, Bytes.zeros(SoloSession.MAX_TAG_LENGTH));
        Template high = BlockTemplateReader.read(RecordedNode.result("gbt_0tx").put("height", 0xffffffffL), 1);
        assertThat(longest.on(new SoloInput.TemplateReported(new TemplateEvent.NewTip(high)), NOW))
                .hasSize(3);
        assertThatThrownBy(() -> new SoloSession("solo", PAYOUT, Bytes.zeros(SoloSession.MAX_TAG_LENGTH + 1)))
                .hasMessageContaining("at most 72 bytes, not 73");
        assertThatThrownBy(() -> new SoloSession("solo", Bytes.EMPTY, TAG)).hasMessageContaining("anyone");
    }

    @Test
    void minesASimulatedChainFromEndToEnd() {
        SimulatedChain chain = new SimulatedChain(
                SimulatedChain.Settings.regtest(Duration.ofSeconds(5)), new SplittableRandom(11), NOW);
        newTip(chain.current());
        Instant now = NOW;
        int accepted = 0;
        for (int i = 0; i < 60; i++) {
            now = now.plusSeconds(1);
            for (TemplateEvent event : chain.advance(now)) {
                on(new SoloInput.TemplateReported(event), now);
            }
            if (i % 5 == 4) {
                BlockSolution solution = solution(on(new SoloInput.Requested(miner.solve()), now));
                BlockVerdict verdict = chain.submit(solution.block().orElseThrow(), now);
                List<UpstreamEvent> events = reports(on(judged(solution, verdict), now));
                assertThat(events).singleElement().isInstanceOf(UpstreamEvent.SharesAccepted.class);
                accepted++;
            }
        }
        assertThat(accepted).isEqualTo(12);
        assertThat(chain.current().height()).isEqualTo(1_012);
        assertThat(miner.target()).isEqualTo(chain.current().networkTarget());
    }

    private static Template weighing(Template template, long weight, long sigops) {
        TemplateTransactions own = template.transactions().orElseThrow();
        return template.with(new TemplateTransactions(own.raw(), weight, own.fees(), OptionalLong.of(sigops)));
    }

    @Test
    void aTemplateWhoseBlockWouldBeTooHeavyIsNotMinedOn() {
        Template template = RecordedNode.template("gbt_20tx");
        // Header and count 324; the coinbase of this payout and tag is measured, not assumed.
        long coinbase = Transaction.parse(
                        template.coinbase().payingTo(PAYOUT, TAG, 20).full(Bytes.zeros(20)))
                .weight();
        long most = 4_000_000 - 324 - coinbase;
        assertThat(reports(newTip(weighing(template, most + 1, 0))))
                .containsExactly(new UpstreamEvent.Lost(
                        Step.FIRST_JOB, "template 1: its block would weigh 4000001 units, and 4000000 are the most"));
        assertThat(reports(newTip(weighing(template, most, 0)))).hasSize(3);
        assertThat(reports(refreshed(weighing(template, most + 1, 0)))).isEmpty();
        assertThat(reports(newTip(weighing(template, most + 1, 0))))
                .singleElement()
                .isInstanceOfSatisfying(
                        UpstreamEvent.Lost.class,
                        lost -> assertThat(lost.step()).isEqualTo(Step.MINING));
    }

    @Test
    void aTemplateWhoseBlockWouldHaveTooManySigopsIsNotMinedOn() {
        Template template = RecordedNode.template("gbt_20tx");
        assertThat(reports(newTip(weighing(template, 20_000, 80_000)))).hasSize(3);
        assertThat(reports(newTip(weighing(template, 20_000, 80_001))))
                .containsExactly(new UpstreamEvent.Lost(
                        Step.MINING,
                        "template 1: its block would have 80001 signature operations, and 80000 are the most"));
    }

    @Test
    void aPayoutThatChecksSignaturesItselfCountsFourTimes() {
        SoloSession bare = new SoloSession("solo", Bytes.fromHex("21" + "02".repeat(33) + "ac"), TAG);
        Template template = weighing(RecordedNode.template("gbt_20tx"), 20_000, 79_997);
        assertThat(reports(bare.on(new SoloInput.TemplateReported(new TemplateEvent.NewTip(template)), NOW)))
                .singleElement()
                .isInstanceOf(UpstreamEvent.Lost.class);
    }

    @Test
    void anEmptyTemplateFirstAndTheFullOneBehindItAreTwoJobsOfOneTip() {
        Template full = RecordedNode.template("gbt_20tx");
        Template empty = RecordedNode.template("gbt_0tx");
        newTip(new Template(
                7,
                full.height(),
                full.version(),
                full.tip(),
                full.networkTarget(),
                full.curTime(),
                empty.coinbase(),
                empty.merklePath(),
                empty.transactions(),
                Optional.empty()));
        SubmitShare onEmpty = miner.solve();
        assertThat(reports(refreshed(full)))
                .singleElement()
                .isInstanceOfSatisfying(
                        UpstreamEvent.JobAnnounced.class,
                        announced -> assertThat(announced.job().isFuture()).isFalse());
        assertThat(solution(submit(onEmpty)).templateId()).isEqualTo(7);
        assertThat(Block.parse(solution(submit(miner.solve())).block().orElseThrow())
                        .transactions())
                .hasSize(21);
    }
}
