package sluice.upstream.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.upstream.node.NodeCall.GetBlockTemplate;
import sluice.upstream.node.NodeCall.GetBlockchainInfo;
import sluice.upstream.node.NodeCall.ProposeBlock;
import sluice.upstream.template.TemplateEvent.NewTip;

class NodeTrialTest {
    private static final NodeProposal OURS = new NodeProposal(
            Bytes.fromHex("0014e23e2b669a32d26474731a16c0ada0b3ab54e18c"), Bytes.fromHex("2f736c756963652f"));

    private final NodeConversation node = new NodeConversation(Optional.of(OURS));

    private static RecordedAnswer recorded(String name) {
        return RecordedAnswer.of("bitcoind/proposal/" + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gbt_0tx", "gbt_1tx", "gbt_20tx", "gbt_1000tx"})
    void theFirstTemplateIsUsedAtOnceAndItsBlockProposed(String template) {
        node.startWith(template);
        assertThat(node.events).singleElement().isInstanceOf(NewTip.class);
        Bytes raw = ((ProposeBlock) node.open.get(node.number(ProposeBlock.class))).block();
        Block block = Block.parse(raw);
        assertThat(block.serialise()).isEqualTo(raw);
        assertThat(block.fault(node.template().rules(node.now.getEpochSecond())).map(Object::toString))
                .as("nothing but the work is missing")
                .isIn(Optional.empty(), Optional.of("HIGH_HASH"));
    }

    @ParameterizedTest
    @CsvSource({"proposal_valid", "proposal_high-hash", "proposal_stale_after_tip_change"})
    void aBlockThatWouldBeTakenOrIsAMomentBehindChangesNothing(String answer) {
        node.startWith("gbt_20tx").answer(ProposeBlock.class, recorded(answer));
        assertThat(node.events).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "proposal_bad-cb-amount, bad-cb-amount",
        "proposal_bad-witness-merkle-match, bad-witness-merkle-match",
        "proposal_bad-version, bad-version(0x00000003)",
        "proposal_unexpected-witness_or_missing_commitment, unexpected-witness",
        "proposal_duplicate-invalid, duplicate-invalid"
    })
    void aBlockThatWouldBeRefusedEndsTheUseOfTheNodeLoudly(String answer, String reason) {
        node.startWith("gbt_20tx").answer(ProposeBlock.class, recorded(answer));
        assertThat(node.unavailable()).isEqualTo("the node would refuse our blocks: " + reason);
        assertThat(node.notes.getLast().warning()).isTrue();
        assertThat(node.notes.getLast().text()).contains(reason);
    }

    @Test
    void afterARefusalATemplateIsUsedOnlyWhenItsBlockWouldBeTaken() {
        node.startWith("gbt_20tx").answer(ProposeBlock.class, recorded("proposal_bad-cb-amount"));
        node.pass(NodeDeadline.REFRESH.patience());
        node.answer(GetBlockTemplate.class, "gbt_20tx");
        node.answer(ProposeBlock.class, recorded("proposal_bad-cb-amount"));
        assertThat(node.events).hasSize(2);
        node.answer(node.longPoll(), "gbt_1000tx");
        assertThat(node.events).hasSize(2);
        node.answer(ProposeBlock.class, recorded("proposal_valid"));
        assertThat(node.lastEvent()).isInstanceOf(NewTip.class);
        assertThat(node.template().height()).isEqualTo(158);
    }

    @Test
    void eachTipIsTriedOnceAndNotInItsFirstSeconds() {
        node.startWith("gbt_1tx").answer(ProposeBlock.class, recorded("proposal_valid"));
        node.pass(NodeDeadline.REFRESH.patience());
        node.answer(GetBlockTemplate.class, "gbt_20tx");
        node.pass(NodeDeadline.PROPOSAL.patience());
        assertThat(node.isOpen(ProposeBlock.class)).as("the same tip").isFalse();
        node.answer(node.longPoll(), "gbt_1000tx");
        node.pass(NodeDeadline.PROPOSAL.patience().minusMillis(1));
        assertThat(node.isOpen(ProposeBlock.class)).isFalse();
        node.pass(java.time.Duration.ofMillis(1));
        assertThat(node.isOpen(ProposeBlock.class)).isTrue();
    }

    @Test
    void aNodeThatDoesNotJudgeProposalsIsNotAsked() {
        node.start().answer(GetBlockchainInfo.class, NodeConversation.chain("regtest"));
        long call = node.number(GetBlockTemplate.class);
        node.answer(call, node.templated(call, "gbt_0tx", result -> {
            result.remove("capabilities");
            return result;
        }));
        assertThat(node.isOpen(ProposeBlock.class)).isFalse();
    }

    @Test
    void aProposalWithoutAnAnswerJudgesNothing() {
        node.startWith("gbt_20tx").answer(ProposeBlock.class, NodeConversation.unreachable());
        assertThat(node.events).hasSize(1);
    }
}
