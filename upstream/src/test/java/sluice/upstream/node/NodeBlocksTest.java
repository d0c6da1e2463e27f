package sluice.upstream.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.upstream.node.NodeAnswer.Cause;
import sluice.upstream.node.NodeCall.GetBestBlockHash;
import sluice.upstream.node.NodeCall.GetBlockHeader;
import sluice.upstream.node.NodeCall.SubmitBlock;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.BlockVerdict.Outcome;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent.BlockJudged;

class NodeBlocksTest {
    private static final NodeAnswer NOT_FOUND = new NodeAnswer.Refused(-5, "Block not found");
    private static final NodeAnswer NO_SUCH_METHOD = new NodeAnswer.Refused(-32601, "Method not found");
    private static final NodeAnswer FORBIDDEN = new NodeAnswer.Failed(Cause.FORBIDDEN, "HTTP 403");

    private final NodeConversation node = new NodeConversation();
    private BlockSolution solution;

    @BeforeEach
    void submitABlock() {
        node.startWith("gbt_20tx");
        solution = node.submit(1);
    }

    private void assertJudged(Outcome outcome, String reason) {
        assertThat(node.lastEvent()).isEqualTo(new BlockJudged(1, new BlockVerdict(outcome, reason)));
    }

    @Test
    void theNodeGetsTheBlockByteForByte() {
        assertThat(node.open.get(node.number(SubmitBlock.class)))
                .isEqualTo(new SubmitBlock(solution.block().orElseThrow()));
    }

    @ParameterizedTest
    @CsvSource({
        "submit_duplicate, ACCEPTED, duplicate",
        "submit_inconclusive_sidechain, LOST_RACE, inconclusive",
        "submit_duplicate-invalid, REJECTED, duplicate-invalid",
        "submit_high-hash, REJECTED, high-hash",
        "submit_garbage, REJECTED, Block decode failed"
    })
    void whatTheNodeSaysIsTheVerdict(String recorded, Outcome outcome, String reason) {
        node.answer(SubmitBlock.class, RecordedAnswer.of("bitcoind/submitblock/" + recorded));
        assertJudged(outcome, reason);
    }

    @Test
    void nullIsAcceptanceWhereTheBlockIsTheTip() {
        node.answer(SubmitBlock.class, RecordedAnswer.of("bitcoind/submitblock/submit_accepted"));
        node.answer(
                GetBestBlockHash.class, NodeConversation.said(solution.hash().display()));
        assertThat(node.lastEvent()).isEqualTo(new BlockJudged(1, BlockVerdict.ACCEPTED));
    }

    @Test
    void nullIsAcceptanceWhereTheChainHasGrownBeyondTheBlock() {
        node.answer(SubmitBlock.class, NodeConversation.saidNothing());
        node.answer(
                GetBestBlockHash.class,
                NodeConversation.said(NodeConversation.hash(1).display()));
        node.answer(GetBlockHeader.class, new NodeAnswer.HeaderFound(2));
        assertThat(node.lastEvent()).isEqualTo(new BlockJudged(1, BlockVerdict.ACCEPTED));
    }

    @Test
    void nullForABlockBesideTheChainIsALostRace() {
        node.answer(SubmitBlock.class, NodeConversation.saidNothing());
        node.answer(
                GetBestBlockHash.class,
                NodeConversation.said(NodeConversation.hash(1).display()));
        node.answer(GetBlockHeader.class, new NodeAnswer.HeaderFound(-1));
        assertJudged(Outcome.LOST_RACE, "inconclusive");
    }

    @Test
    void nullOfANodeThatLooksLaterIsNotAcceptanceUntilTheChainShowsTheBlock() {
        node.answer(SubmitBlock.class, NodeConversation.saidNothing());
        for (int look = 0; look < 5; look++) {
            node.answer(
                    GetBestBlockHash.class,
                    NodeConversation.said(NodeConversation.hash(1).display()));
            node.answer(GetBlockHeader.class, NOT_FOUND);
            node.pass(NodeBlocks.CONFIRMATION_PAUSE);
        }
        assertThat(node.events).hasSize(1);
        node.answer(
                GetBestBlockHash.class, NodeConversation.said(solution.hash().display()));
        assertThat(node.lastEvent()).isEqualTo(new BlockJudged(1, BlockVerdict.ACCEPTED));
    }

    @Test
    void nullThatTheChainNeverShowsIsNoAcceptance() {
        node.answer(SubmitBlock.class, NodeConversation.saidNothing());
        var end = node.now.plus(NodeBlocks.CONFIRMATION_PATIENCE);
        while (node.now.isBefore(end)) {
            node.answer(
                    GetBestBlockHash.class,
                    NodeConversation.said(NodeConversation.hash(1).display()));
            node.answer(GetBlockHeader.class, NOT_FOUND);
            assertThat(node.events).hasSize(1);
            node.pass(NodeBlocks.CONFIRMATION_PAUSE);
        }
        node.answer(
                GetBestBlockHash.class,
                NodeConversation.said(NodeConversation.hash(1).display()));
        node.answer(GetBlockHeader.class, NOT_FOUND);
        assertJudged(Outcome.REJECTED, "unconfirmed");
    }

    @Test
    void nullIsBelievedWhereNothingElseMayBeAsked() {
        node.answer(SubmitBlock.class, NodeConversation.saidNothing());
        node.answer(GetBestBlockHash.class, FORBIDDEN);
        node.answer(GetBlockHeader.class, NO_SUCH_METHOD);
        assertThat(node.lastEvent()).isEqualTo(new BlockJudged(1, BlockVerdict.ACCEPTED));
    }

    @Test
    void aBlockIsOfferedUntilTheNodeAnswers() {
        for (int attempt = 0; attempt < 100; attempt++) {
            node.answer(SubmitBlock.class, NodeConversation.unreachable());
            assertThat(node.isOpen(SubmitBlock.class)).isFalse();
            node.pass(NodeBlocks.RETRY_PAUSE);
        }
        node.answer(SubmitBlock.class, RecordedAnswer.of("bitcoind/errors/error_warmup_-28"));
        node.pass(NodeBlocks.RETRY_PAUSE);
        node.answer(SubmitBlock.class, RecordedAnswer.of("bitcoind/errors/work_queue_exceeded_503"));
        node.pass(NodeBlocks.RETRY_PAUSE);
        node.answer(SubmitBlock.class, NodeConversation.said("duplicate"));
        assertJudged(Outcome.ACCEPTED, "duplicate");
    }

    @Test
    void aNodeThatBreaksDownBeforeItShowsTheBlockIsOfferedItAgain() {
        node.answer(SubmitBlock.class, NodeConversation.saidNothing());
        node.answer(GetBestBlockHash.class, NodeConversation.unreachable());
        node.pass(NodeBlocks.RETRY_PAUSE);
        assertThat(node.isOpen(SubmitBlock.class)).isTrue();
    }

    @Test
    void aBlockIsDeliveredAfterACloseToo() {
        node.feed(new NodeInput.Requested(new TemplateCommand.Close("over")));
        assertThat(node.session.isDone()).isFalse();
        node.answer(SubmitBlock.class, NodeConversation.unreachable());
        node.pass(NodeBlocks.RETRY_PAUSE);
        node.answer(SubmitBlock.class, NodeConversation.said("duplicate"));
        assertThat(node.session.isDone()).isTrue();
        assertThat(node.events).as("nothing is said after a close").hasSize(1);
        node.submit(2);
        assertThat(node.isOpen(SubmitBlock.class)).isTrue();
    }

    @Test
    void aFewAreOnTheirWayAtOneTimeAndTheOthersFollowInOrder() {
        for (int number = 2; number <= NodeBlocks.MAX_SUBMITTING + 1; number++) {
            node.submit(number);
        }
        assertThat(submitting()).hasSize(NodeBlocks.MAX_SUBMITTING);
        node.answer(submitting().getFirst(), NodeConversation.said("high-hash"));
        assertJudged(Outcome.REJECTED, "high-hash");
        assertThat(submitting()).hasSize(NodeBlocks.MAX_SUBMITTING);
    }

    @Test
    void oneBlockTooManyIsRefusedAndTheEarlierOnesAreBrought() {
        for (int number = 2; number <= NodeBlocks.MAX_BLOCKS; number++) {
            node.submit(number);
        }
        assertThat(node.events).hasSize(1);
        node.submit(NodeBlocks.MAX_BLOCKS + 1);
        assertThat(node.lastEvent())
                .isEqualTo(new BlockJudged(
                        NodeBlocks.MAX_BLOCKS + 1,
                        new BlockVerdict(Outcome.REJECTED, "too many blocks wait for the node")));
        assertThat(node.notes.getLast().warning()).isTrue();
        for (int number = 1; number <= NodeBlocks.MAX_BLOCKS; number++) {
            node.answer(submitting().getFirst(), NodeConversation.said("duplicate"));
            assertThat(node.lastEvent()).isEqualTo(new BlockJudged(number, BlockVerdict.ofReason("duplicate")));
        }
    }

    private List<Long> submitting() {
        return node.open.entrySet().stream()
                .filter(entry -> entry.getValue() instanceof SubmitBlock)
                .map(Map.Entry::getKey)
                .toList();
    }

    @Test
    void aCoinbaseWithoutItsTransactionsIsNothingForANode() {
        BlockSolution coinbaseOnly = new BlockSolution(
                1, 1, 141, solution.hash(), solution.header(), solution.coinbase(), Optional.empty(), "bob");
        node.feed(new NodeInput.Requested(new TemplateCommand.SubmitBlock(coinbaseOnly)));
        assertJudged(Outcome.REJECTED, "a node takes whole blocks only");
    }

    @Test
    void templatesGoOnWhileABlockWaits() {
        node.answer(SubmitBlock.class, NodeConversation.unreachable());
        node.pass(Duration.ofSeconds(1));
        node.answer(node.longPoll(), "gbt_1000tx");
        assertThat(node.template().height()).isEqualTo(158);
    }
}
