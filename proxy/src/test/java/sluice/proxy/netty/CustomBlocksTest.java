package sluice.proxy.netty;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockRules;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.WitnessCommitment;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.proxy.block.BlockEntry;
import sluice.proxy.block.BlockJournal;
import sluice.proxy.block.FoundBlocks;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.BlockAnswered;
import sluice.proxy.event.GatewayEvent.BlockFound;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.mining.channel.MiningChannel;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.CustomJob;
import sluice.proxy.mining.job.JobOrigin;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.job.VectorJobs;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.mining.share.ShareValidator;
import sluice.upstream.netty.Transport;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCoinbase;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

@Timeout(60)
class CustomBlocksTest {
    private static final ChainTip TIP = VectorJobs.BLOCK_TIP;
    private static final Instant NOW = Instant.ofEpochSecond(TIP.minNtime());
    private static final ExtranonceShape SHAPE = ExtranonceShape.ROLL_4;
    private static final long HEIGHT = 2;
    private static final long VALUE = 5_000_000_000L;

    @TempDir
    Path home;

    private final EventLoopGroup group = Transport.NIO.newEventLoops(1, "test");
    private final EventLoop loop = group.next();
    private final ExecutorService disk = Executors.newSingleThreadExecutor();
    private final List<GatewayEvent> published = new CopyOnWriteArrayList<>();
    private final List<BlockSolution> offered = new CopyOnWriteArrayList<>();
    private final List<String> kept = new CopyOnWriteArrayList<>();
    private final GatewayEvents events = new GatewayEvents("test", List.of(published::add));

    @AfterEach
    void stop() {
        // What it still writes must be written before the directory is removed.
        disk.close();
        group.shutdownGracefully(0, 1, SECONDS).awaitUninterruptibly();
        events.close();
    }

    private BlockDesk desk() {
        return new BlockDesk(loop, new BlockJournal(home), disk, InstantSource.fixed(NOW));
    }

    private CustomBlocks blocks(BlockDesk desk) {
        return blocks(desk, List.of());
    }

    private CustomBlocks blocks(BlockDesk desk, List<TemplateSourceFactory> sources) {
        TemplateHub templates = new TemplateHub(loop, Runnable::run, desk, sources, InstantSource.fixed(NOW));
        templates.start();
        return new CustomBlocks(desk, templates, events, InstantSource.fixed(NOW));
    }

    /** A source that takes blocks of its own templates only, and has one without transactions, which it calls {@code id}. */
    private record OneTemplate(long id, List<BlockSolution> offered) implements TemplateSourceFactory {
        @Override
        public String name() {
            return "provider";
        }

        @Override
        public boolean takesEveryBlock() {
            return false;
        }

        @Override
        public TemplateSource create(EventLoop on, Executor handshakes) {
            return new TemplateSource() {
                @Override
                public void start(Consumer<TemplateEvent> to) {
                    to.accept(new TemplateEvent.NewTip(new Template(
                            id,
                            HEIGHT,
                            VectorJobs.VERSION,
                            TIP,
                            TIP.networkTarget(),
                            TIP.minNtime(),
                            new TemplateCoinbase(2, 0, 0, Bytes.fromHex("52"), VALUE, List.of(), Bytes.EMPTY),
                            MerklePath.EMPTY,
                            Optional.empty(),
                            Optional.empty())));
                }

                @Override
                public void send(TemplateCommand command) {
                    if (command instanceof TemplateCommand.SubmitBlock(BlockSolution solution)) {
                        offered.add(solution);
                    }
                }
            };
        }
    }

    @Test
    void aBlockThatIsLikeOneOfOurTemplatesIsOfferedAsABlockOfThat() throws Exception {
        ForwardedShare share = wholeBlock();
        onLoop(() -> blocks(desk(), List.of(new OneTemplate(7, offered))).found(share));
        settle();
        assertThat(offered).singleElement().satisfies(solution -> {
            assertThat(solution.templateId()).isEqualTo(7);
            assertThat(solution.hash()).isEqualTo(share.hash());
        });
    }

    private void onLoop(Runnable task) throws Exception {
        loop.submit(task).get(10, SECONDS);
    }

    /** Waits until the disk and the loop have done all that is there, and all events are told. */
    private void settle() throws Exception {
        for (int i = 0; i < 3; i++) {
            disk.submit(() -> {}).get(10, SECONDS);
            onLoop(() -> {});
        }
        assertThat(events.awaitDelivery(Duration.ofSeconds(10))).isTrue();
    }

    private <T extends GatewayEvent> List<T> published(Class<T> type) {
        return published.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** A share that is a block on a job that its client made of a coinbase alone. */
    private static ForwardedShare block(Optional<List<Bytes>> transactions, Bytes reservedValue) {
        List<TxOut> outputs = List.of(
                new TxOut(VALUE, Bytes.fromHex("51")),
                WitnessCommitment.output(WitnessCommitment.of(List.of(), Coinbase.ZERO_RESERVED_VALUE)));
        SetCustomMiningJob request = new SetCustomMiningJob(
                16,
                1,
                Bytes.EMPTY,
                VectorJobs.VERSION,
                TIP.prevHash(),
                TIP.minNtime(),
                TIP.nbits(),
                2,
                Bytes.fromHex("520008"),
                0xffff_ffffL,
                TxOut.serialiseList(outputs),
                0,
                List.of());
        CustomJob custom = CustomJob.of(request, SHAPE.windowSize(), HEIGHT, transactions, reservedValue);
        MiningChannel channel = new MiningChannel(
                1, 16, MinerProtocol.SV2_EXTENDED, SHAPE, 1, "jdc", MinerOrigin.LOCAL, TIP.networkTarget());
        channel.changeJobs(MiningJob.custom(9, new JobOrigin(JobOrigin.CLIENT, 1), custom, SHAPE.windowSize()), 0);
        ShareValidator validator = new ShareValidator();
        for (long nonce = 0; nonce < 1_000; nonce++) {
            Optional<ForwardedShare> share = channel.submit(
                            9, Bytes.zeros(4), nonce, TIP.minNtime(), VectorJobs.VERSION, validator, NOW)
                    .forward();
            if (share.isPresent()) {
                return share.get();
            }
        }
        throw new AssertionError("every second hash is a block, and none of a thousand was");
    }

    private static ForwardedShare wholeBlock() {
        return block(Optional.of(List.of()), Coinbase.ZERO_RESERVED_VALUE);
    }

    @Test
    void aBlockWhoseTransactionsAreKnownIsWholeAndIsOffered() throws Exception {
        ForwardedShare share = wholeBlock();
        BlockDesk desk = desk();
        onLoop(() -> {
            desk.open("node", solution -> {
                offered.add(solution);
                desk.answered("node", solution.number(), BlockVerdict.ACCEPTED);
            });
            blocks(desk).found(share);
        });
        settle();

        assertThat(offered).hasSize(1);
        BlockSolution solution = offered.getFirst();
        assertThat(solution.templateId()).isEqualTo(BlockSolution.NO_TEMPLATE);
        Block block = Block.parse(solution.block().orElseThrow());
        assertThat(block.hash()).isEqualTo(share.hash());
        assertThat(block.coinbase().hasWitness()).isTrue();
        assertThat(block.fault(new BlockRules(TIP, HEIGHT, TIP.minNtime(), VALUE)))
                .isEmpty();
        assertThat(published(BlockFound.class))
                .containsExactly(new BlockFound(NOW, share.hash(), "jdc", BlockEntry.CUSTOM_JOB));
        assertThat(published(BlockAnswered.class))
                .containsExactly(new BlockAnswered(NOW, share.hash(), BlockEntry.CUSTOM_JOB, Optional.empty()));
    }

    @Test
    void whatTheNetworkSaysAgainstItIsTold() throws Exception {
        ForwardedShare share = wholeBlock();
        BlockDesk desk = desk();
        onLoop(() -> {
            desk.open(
                    "node",
                    solution -> desk.answered("node", solution.number(), BlockVerdict.ofReason("bad-cb-amount")));
            blocks(desk).found(share);
        });
        settle();
        assertThat(published(BlockAnswered.class))
                .extracting(BlockAnswered::rejection)
                .containsExactly(Optional.of("bad-cb-amount"));
    }

    @Test
    void aBlockWhoseTransactionsAreItsClientsIsKeptAndOfferedToNobody() throws Exception {
        ForwardedShare share = block(Optional.empty(), Bytes.EMPTY);
        BlockDesk desk = desk();
        onLoop(() -> {
            desk.open("node", offered::add);
            desk.whenKept(share.hash(), () -> kept.add("kept"));
            blocks(desk).found(share);
        });
        settle();
        assertThat(offered).isEmpty();
        assertThat(kept).containsExactly("kept");
        assertThat(home.resolve(share.hash().display() + ".json")).isRegularFile();
        assertThat(published(BlockFound.class)).hasSize(1);
    }

    @Test
    void aBlockThatComesByTwoWaysIsFoundOnceAndBothWhoWaitHearOfTheDisk() throws Exception {
        ForwardedShare share = wholeBlock();
        BlockDesk desk = desk();
        CustomBlocks blocks = blocks(desk);
        BlockEntry pushed = FoundBlocks.whole(1, NOW);
        onLoop(() -> {
            desk.open("node", offered::add);
            desk.whenKept(share.hash(), () -> kept.add("first"));
            blocks.found(share);
            blocks.found(pushed);
        });
        settle();
        onLoop(() -> {
            desk.whenKept(share.hash(), () -> kept.add("second"));
            blocks.found(share);
            blocks.found(pushed);
        });
        settle();
        assertThat(offered).hasSize(2);
        assertThat(kept).containsExactly("first", "second");
        assertThat(published(BlockFound.class))
                .extracting(BlockFound::hash)
                .containsExactly(share.hash(), pushed.hash());
    }

    @Test
    void soManyBlocksAreKnownAgainAndNoMore() throws Exception {
        BlockDesk desk = desk();
        CustomBlocks blocks = blocks(desk);
        onLoop(() -> {
            for (int i = 0; i < CustomBlocks.MAX_REMEMBERED; i++) {
                blocks.found(FoundBlocks.whole(i, NOW));
            }
            blocks.found(FoundBlocks.whole(0, NOW));
        });
        settle();
        assertThat(published(BlockFound.class)).hasSize(CustomBlocks.MAX_REMEMBERED);
        onLoop(() -> {
            blocks.found(FoundBlocks.whole(CustomBlocks.MAX_REMEMBERED, NOW));
            blocks.found(FoundBlocks.whole(0, NOW));
        });
        settle();
        assertThat(published(BlockFound.class)).hasSize(CustomBlocks.MAX_REMEMBERED + 2);
    }
}
