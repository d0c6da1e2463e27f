package sluice.upstream.declaration;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.declaration.DeclaredPool.EASY;
import static sluice.upstream.declaration.DeclaredPool.PREFIX;
import static sluice.upstream.declaration.DeclaredPool.asBlocksAre;
import static sluice.upstream.declaration.DeclaredPool.onTip;
import static sluice.upstream.declaration.DeclaredPool.template;
import static sluice.upstream.declaration.DeclaredPool.withoutTransactions;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import sluice.config.DeclarationMode;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.sv2.message.jobdeclaration.PushSolution;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamCommand.SubmitShare;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.RecordedNode;
import sluice.upstream.template.Template;

class CustomJobsBlocksTest {
    private static final Template TEMPLATE = RecordedNode.template("gbt_20tx");

    private static DeclaredPool mining(DeclarationMode mode, Template template) {
        DeclaredPool pool = new DeclaredPool(mode);
        pool.poolOpens().declaratorReady().newTip(template);
        if (mode == DeclarationMode.FULL_TEMPLATE) {
            pool.declared();
        }
        pool.taken();
        pool.takeAll();
        return pool;
    }

    private static DeclaredPool recorded(DeclaredPool pool, BlockSolution block) {
        return pool.input(new CustomJobsInput.BlockRecorded(block.number()));
    }

    private static BlockSolution onlyBlock(DeclaredPool pool) {
        return pool.take(CustomJobsAction.BlockFound.class).getFirst().solution();
    }

    @Test
    @Tag("JDC-14")
    void aBlockIsWholeAndGoesToTheDiskBeforeAnythingElse() {
        DeclaredPool pool = mining(DeclarationMode.FULL_TEMPLATE, TEMPLATE);
        SubmitShare share = pool.share();
        List<CustomJobsAction> actions = pool.takeAll();

        assertThat(actions).hasSize(1);
        CustomJobsAction.BlockFound found = (CustomJobsAction.BlockFound) actions.getFirst();
        assertThat(found.merklePath()).isEqualTo(TEMPLATE.merklePath());
        Block block = Block.parse(found.solution().block().orElseThrow());
        assertThat(block.fault(TEMPLATE.rules(pool.now.getEpochSecond()))).isEmpty();
        assertThat(block.hash()).isEqualTo(found.solution().hash());
        assertThat(found.solution().templateId()).isEqualTo(TEMPLATE.id());
        assertThat(found.solution().userIdentity()).isEqualTo(share.userIdentity());
    }

    @Test
    @Tag("JDC-14")
    void behindTheDiskTheDeclaratorGetsTheSolutionAndThePoolTheShare() {
        DeclaredPool pool = mining(DeclarationMode.FULL_TEMPLATE, TEMPLATE);
        SubmitShare share = pool.share();
        recorded(pool, onlyBlock(pool));

        List<CustomJobsAction> actions = pool.takeAll();
        assertThat(actions).hasSize(2);
        assertThat(actions.get(0))
                .isEqualTo(new CustomJobsAction.ToDeclarator(new DeclaratorCommand.Push(new PushSolution(
                        Bytes.concat(PREFIX, share.extranonce()),
                        TEMPLATE.tip().prevHash(),
                        share.nonce(),
                        share.ntime(),
                        TEMPLATE.tip().nbits(),
                        share.version()))));
        assertThat(actions.get(1)).isInstanceOf(CustomJobsAction.ToPool.class);
        pool.accepts(1, 1);
        assertThat(pool.takeReports()).hasSize(1);
    }

    @Test
    @Tag("JDC-14")
    @Tag("JDC-8")
    void withACoinbaseOnlyServerNothingIsPushed() {
        DeclaredPool pool = mining(DeclarationMode.COINBASE_ONLY, TEMPLATE);
        pool.share();
        recorded(pool, onlyBlock(pool));

        assertThat(pool.takeAll()).singleElement().isInstanceOf(CustomJobsAction.ToPool.class);
    }

    @Test
    void aBlockOfAJobThatThePoolHasNotTakenYetIsABlockAndItsShareWaits() {
        DeclaredPool pool = mining(DeclarationMode.FULL_TEMPLATE, TEMPLATE);
        pool.refreshed(RecordedNode.template("gbt_1tx").withId(2));
        SubmitShare share = pool.share();
        BlockSolution block = onlyBlock(pool);
        assertThat(Block.parse(block.block().orElseThrow()).transactions()).hasSize(2);
        recorded(pool, block);
        assertThat(pool.takeSubmitted()).isEmpty();
        assertThat(pool.takeFromDeclarator(DeclaratorCommand.Push.class)).isEmpty();

        pool.declared().taken();
        assertThat(pool.takeSubmitted()).extracting(SubmitShare::nonce).containsExactly(share.nonce());
    }

    @Test
    void aBlockOfADroppedJobIsABlockAllTheSame() {
        DeclaredPool pool = mining(DeclarationMode.FULL_TEMPLATE, TEMPLATE);
        pool.refreshed(RecordedNode.template("gbt_1tx").withId(2));
        SubmitShare late = pool.miner.solve();
        pool.newTip(onTip(template("gbt_20tx", 3), "77".repeat(32)));
        pool.takeAll();
        pool.request(late);

        BlockSolution block = onlyBlock(pool);
        assertThat(block.templateId()).isEqualTo(2);
        assertThat(pool.takeReports()).containsExactly(new UpstreamEvent.ShareRejected(late.sequence(), "stale-share"));
        recorded(pool, block);
        assertThat(pool.takeAll()).isEmpty();
    }

    @Test
    @Tag("JDC-14")
    void aBlockWhosePoolIsLostMeanwhileIsPushedAllTheSame() {
        DeclaredPool pool = mining(DeclarationMode.FULL_TEMPLATE, TEMPLATE);
        pool.share();
        BlockSolution block = onlyBlock(pool);
        pool.pool(new UpstreamEvent.Lost(Step.MINING, "gone"));
        pool.takeAll();
        recorded(pool, block);

        assertThat(pool.takeFromDeclarator(DeclaratorCommand.Push.class)).hasSize(1);
        assertThat(pool.takeSubmitted()).isEmpty();
        recorded(pool, block);
        assertThat(pool.takeAll()).isEmpty();
    }

    @Test
    void aBlockThatComesWhenThePoolIsLostOrAllIsClosedGoesToTheDiskAllTheSame() {
        DeclaredPool pool = mining(DeclarationMode.FULL_TEMPLATE, TEMPLATE);
        SubmitShare found = pool.miner.solve();
        pool.pool(new UpstreamEvent.Lost(Step.MINING, "gone"));
        pool.takeAll();
        pool.request(new UpstreamCommand.RescueBlock(found));
        BlockSolution block = onlyBlock(pool);
        recorded(pool, block);
        assertThat(pool.takeFromDeclarator(DeclaratorCommand.Push.class)).hasSize(1);
        assertThat(pool.takeAll()).as("no verdict on a share").isEmpty();

        pool.request(new UpstreamCommand.Close("switched"));
        pool.takeAll();
        pool.request(new UpstreamCommand.RescueBlock(found));
        assertThat(onlyBlock(pool).hash()).isEqualTo(block.hash());
    }

    @Test
    void aBlockOfAnEarlierChannelIsNoShareOfTheNext() {
        DeclaredPool pool = mining(DeclarationMode.FULL_TEMPLATE, TEMPLATE);
        pool.share();
        BlockSolution block = onlyBlock(pool);
        pool.pool(new UpstreamEvent.Lost(Step.MINING, "gone"));
        pool.poolOpens().declared().taken();
        pool.takeAll();
        recorded(pool, block);

        assertThat(pool.takeSubmitted()).isEmpty();
    }

    @Test
    void whereTheTransactionsAreNotKnownTheSourceGetsTheCoinbase() {
        DeclaredPool pool = mining(DeclarationMode.COINBASE_ONLY, withoutTransactions(TEMPLATE));
        pool.share();

        BlockSolution block = onlyBlock(pool);
        assertThat(block.block()).isEmpty();
        assertThat(Block.parse(Block.assemble(
                                block.header(),
                                block.coinbase(),
                                TEMPLATE.transactions().orElseThrow().raw()))
                        .fault(TEMPLATE.rules(pool.now.getEpochSecond())))
                .isEmpty();
    }

    @Test
    void aBlockIsSentAlsoWhereThePoolAsksForMore() {
        DeclaredPool pool = new DeclaredPool(DeclarationMode.FULL_TEMPLATE);
        pool.poolOpens();
        pool.pool(new UpstreamEvent.TargetChanged(DeclaredPool.BEYOND));
        pool.declaratorReady().newTip(TEMPLATE).declared().taken();
        pool.takeAll();
        pool.request(pool.miner.solve(pool.jobInForce(), EASY));
        recorded(pool, onlyBlock(pool));

        assertThat(pool.takeSubmitted()).hasSize(1);
    }

    @Test
    void withTooManyBlocksOnTheirWayToTheDiskTheOldestShareDoesNotWaitForIt() {
        DeclaredPool pool = mining(DeclarationMode.FULL_TEMPLATE, asBlocksAre(TEMPLATE, EASY));
        for (int i = 0; i < CustomJobs.MAX_PENDING_BLOCKS; i++) {
            pool.share();
        }
        assertThat(pool.takeSubmitted()).isEmpty();
        pool.share();

        assertThat(pool.takeSubmitted()).extracting(SubmitShare::sequence).containsExactly(1L);
        assertThat(pool.take(CustomJobsAction.BlockFound.class)).hasSize(CustomJobs.MAX_PENDING_BLOCKS + 1);
    }
}
