package sluice.upstream.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.provider.ProviderConversation.NEXT_TIP;
import static sluice.upstream.provider.ProviderConversation.TIP;
import static sluice.upstream.provider.ProviderConversation.active;
import static sluice.upstream.provider.ProviderConversation.future;
import static sluice.upstream.provider.ProviderConversation.tip;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.template.SubmitSolution;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.BlockVerdict.Outcome;
import sluice.upstream.template.Template;

class SubmittedSolutionsTest {
    private final ProviderConversation talk = new ProviderConversation();
    private Template template;

    @BeforeEach
    void serve() {
        talk.serving().hear(active(2));
        template = talk.takeTemplate();
    }

    @Test
    @Tag("TDP-8")
    void sendsASolutionAtOnceWithTheWholeCoinbase() {
        BlockSolution block = talk.solve(template);

        talk.submit(block);

        assertThat(talk.takeSent())
                .containsExactly(new SubmitSolution(
                        2,
                        block.header().version(),
                        block.header().ntime(),
                        block.header().nonce(),
                        block.coinbase()));
    }

    @Test
    void countsABlockAsAcceptedOnlyWhenTheTipIsThatBlock() {
        BlockSolution block = talk.solve(template);
        talk.submit(block).hear(active(3));
        assertThat(talk.takeVerdicts()).isEmpty();

        talk.hear(future(4)).hear(tip(4, block.hash()));

        assertThat(talk.takeVerdicts()).containsExactly(BlockVerdict.ACCEPTED);
    }

    @Test
    void knowsABlockThatSomebodyElseHasBroughtToTheNetworkFirst() {
        BlockSolution block = talk.solve(template);
        talk.hear(future(4)).hear(tip(4, block.hash()));
        talk.takeAll();

        talk.submit(block);

        assertThat(talk.takeVerdicts()).containsExactly(BlockVerdict.ofReason("duplicate"));
        assertThat(talk.takeAll()).as("it is the tip already").isEmpty();
    }

    @Test
    void saysTheVerdictBeforeTheTemplateOnTopOfTheBlock() {
        BlockSolution block = talk.solve(template);
        talk.submit(block);
        talk.takeAll();

        talk.hear(future(4)).hear(tip(4, block.hash()));

        assertThat(talk.takeEvents())
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("BlockJudged", "NewTip");
    }

    @Test
    void countsABlockAsPossiblyLostWhenTheConnectionEndsRightAfterIt() {
        talk.submit(talk.solve(template));

        talk.hangUp("the template provider closed the connection");

        List<ProviderAction> actions = talk.takeAll();
        assertThat(actions)
                .filteredOn(ProviderAction.Alarm.class::isInstance)
                .singleElement()
                .satisfies(alarm -> assertThat(alarm.toString()).contains("is possibly lost: block-possibly-lost"));
        assertThat(actions.toString()).contains("BlockVerdict[outcome=REJECTED, reason=block-possibly-lost]");
    }

    @Test
    void saysLoudlyThatABlockThoughtLostIsTheTipAfterAll() {
        BlockSolution block = talk.solve(template);
        talk.submit(block).hangUp("gone").connect().hear(new SetupConnectionSuccess(2, 0));
        talk.takeAll();

        talk.hear(future(9)).hear(tip(9, block.hash()));

        assertThat(talk.takeAll())
                .contains(new ProviderAction.Alarm(
                        "block " + block.hash().display() + " is not lost: it is the tip of the chain"));
    }

    @Test
    void waitsABoundedTimeForTheTip() {
        talk.submit(talk.solve(template));

        talk.pass(ProviderDeadline.BLOCK_VERDICT.patience().minusMillis(1));
        assertThat(talk.takeVerdicts()).isEmpty();
        talk.pass(Duration.ofMillis(1));

        assertThat(talk.takeVerdicts()).containsExactly(new BlockVerdict(Outcome.REJECTED, "no-new-tip"));
    }

    @Test
    void countsABlockAsALostRaceWhenAnotherBlockBecameTheTip() {
        talk.submit(talk.solve(template)).hear(future(3)).hear(tip(3, NEXT_TIP));
        assertThat(talk.takeVerdicts()).isEmpty();

        talk.pass(ProviderDeadline.BLOCK_VERDICT.patience());

        assertThat(talk.takeVerdicts()).containsExactly(new BlockVerdict(Outcome.LOST_RACE, "another-tip"));
    }

    @Test
    void doesNotTakeFreshTemplatesOnTheOldTipForAnotherBlock() {
        talk.submit(talk.solve(template)).hear(future(3)).hear(tip(3, TIP));

        talk.pass(ProviderDeadline.BLOCK_VERDICT.patience());

        assertThat(talk.takeVerdicts()).containsExactly(new BlockVerdict(Outcome.REJECTED, "no-new-tip"));
    }

    @Test
    void keepsABlockThatIsFoundWithoutAConnectionForTheNextOne() {
        talk.hangUp("gone");
        BlockSolution block = talk.solve(template);
        talk.submit(block);
        talk.takeAll();

        talk.connect();
        assertThat(talk.takeSent()).noneMatch(SubmitSolution.class::isInstance);
        talk.hear(new SetupConnectionSuccess(2, 0));

        assertThat(talk.takeSent())
                .last()
                .isInstanceOfSatisfying(
                        SubmitSolution.class,
                        sent -> assertThat(sent.templateId()).isEqualTo(2));
    }

    @Test
    void givesABlockUpForWhichNoConnectionComes() {
        talk.hangUp("gone").submit(talk.solve(template));
        talk.takeAll();

        talk.pass(ProviderDeadline.BLOCK_VERDICT.patience());

        assertThat(talk.takeVerdicts()).containsExactly(new BlockVerdict(Outcome.REJECTED, "not-connected"));
    }

    @Test
    void sendsTwoSolutionsOfOneTemplate() {
        talk.submit(talk.solve(template)).submit(talk.solve(template));

        assertThat(talk.takeSent()).hasSize(2);
    }

    @Test
    void refusesABlockWhoseTransactionsAreNotThoseOfTheTemplate() {
        BlockSolution block = talk.solve(template);
        BlockSolution foreign = new BlockSolution(
                block.number(),
                block.templateId(),
                block.height(),
                block.hash(),
                new BlockHeader(
                        block.header().version(),
                        TIP,
                        NEXT_TIP,
                        block.header().ntime(),
                        block.header().nbits(),
                        block.header().nonce()),
                block.coinbase(),
                block.block(),
                block.userIdentity());

        talk.submit(foreign);

        List<ProviderAction> actions = talk.takeAll();
        assertThat(actions).noneMatch(ProviderAction.Send.class::isInstance);
        assertThat(actions.toString()).contains("reason=not-of-its-template");
    }

    @Test
    void refusesABlockOfATemplateThatWasForgotten() {
        BlockSolution block = talk.solve(template);
        for (int id = 3; id < 3 + IssuedTemplates.MAX_TEMPLATES; id++) {
            talk.hear(active(id));
        }
        talk.takeAll();

        talk.submit(block);

        assertThat(talk.takeVerdicts()).containsExactly(new BlockVerdict(Outcome.REJECTED, "unknown-template"));
    }

    @Test
    void sendsBlocksBeyondThoseWhoseFateItFollows() {
        for (int i = 0; i < Solutions.MAX_OPEN; i++) {
            talk.submit(talk.solve(template));
        }
        assertThat(talk.takeSent()).hasSize(Solutions.MAX_OPEN);

        talk.submit(talk.solve(template));

        List<ProviderAction> actions = talk.takeAll();
        assertThat(actions).filteredOn(ProviderAction.Send.class::isInstance).hasSize(1);
        assertThat(actions.toString()).contains("reason=too-many-blocks-without-verdict");
    }

    @Test
    void recognisesOnlyTheLatestOfTheBlocksThoughtLost() {
        List<BlockSolution> lost = new ArrayList<>();
        while (lost.size() <= Solutions.MAX_DOUBTFUL) {
            BlockSolution block = talk.solve(template);
            lost.add(block);
            talk.submit(block).pass(ProviderDeadline.BLOCK_VERDICT.patience()).hear(active(10 + lost.size()));
        }
        talk.takeAll();

        talk.hear(future(50)).hear(tip(50, lost.getFirst().hash()));
        assertThat(talk.takeAll()).noneMatch(ProviderAction.Alarm.class::isInstance);
        talk.hear(future(51)).hear(tip(51, lost.getLast().hash()));
        assertThat(talk.takeAll())
                .filteredOn(ProviderAction.Alarm.class::isInstance)
                .hasSize(1);
    }
}
