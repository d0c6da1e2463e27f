package sluice.proxy.netty;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.block.BlockJournal;
import sluice.upstream.netty.Transport;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCoinbase;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class DeskTemplatesTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
    private static final Hash256 SIBLING = Hash256.fromHex("ab".repeat(32));

    @TempDir
    private Path home;

    private final EventLoopGroup group = Transport.NIO.newEventLoops(1, "test");
    private final EventLoop loop = group.next();
    private final ExecutorService disk = Executors.newSingleThreadExecutor();
    private final Source source = new Source();
    private final List<TemplateEvent> heard = new CopyOnWriteArrayList<>();
    private DeskTemplates templates;

    /** The gateway's templates, as a test says they are. */
    private static final class Source implements TemplateSource {
        private Consumer<TemplateEvent> events;
        private final List<TemplateCommand> asked = new CopyOnWriteArrayList<>();

        @Override
        public void start(Consumer<TemplateEvent> to) {
            events = to;
        }

        @Override
        public void send(TemplateCommand command) {
            asked.add(command);
        }
    }

    @BeforeEach
    void start() throws Exception {
        BlockDesk blocks = new BlockDesk(loop, new BlockJournal(home), disk, InstantSource.fixed(NOW));
        templates = new DeskTemplates(source, blocks, InstantSource.fixed(NOW));
        onLoop(() -> {
            blocks.open("node", solution -> blocks.answered("node", solution.number(), BlockVerdict.ACCEPTED));
            templates.start(heard::add);
        });
    }

    @AfterEach
    void stop() {
        // What it still writes must be written before the directory is removed.
        disk.close();
        group.shutdownGracefully(0, 1, SECONDS).awaitUninterruptibly();
    }

    @Test
    void handsABlockToTheDeskAndItsVerdictToTheClient() throws Exception {
        BlockSolution block = block(3);
        onLoop(() -> {
            source.events.accept(new TemplateEvent.NewTip(template(3)));
            templates.send(new TemplateCommand.SubmitBlock(block));
        });
        settle();

        assertThat(heard.getLast()).isEqualTo(new TemplateEvent.BlockJudged(block.number(), BlockVerdict.ACCEPTED));
        assertThat(source.asked).isEmpty();
        JsonNode kept = kept(block);
        assertThat(kept.get("upstream").asString()).isEqualTo(DeskTemplates.TEMPLATE_CLIENT);
        assertThat(kept.get("merkle_path").get(0).asString()).isEqualTo(SIBLING.hex());
    }

    @Test
    void remembersSoManyTemplates() throws Exception {
        BlockSolution ofTheOldest = block(0);
        BlockSolution ofTheNext = block(1);
        onLoop(() -> {
            for (int id = 0; id <= DeskTemplates.MAX_TEMPLATES; id++) {
                source.events.accept(new TemplateEvent.Refreshed(template(id)));
            }
            templates.send(new TemplateCommand.SubmitBlock(ofTheOldest));
            templates.send(new TemplateCommand.SubmitBlock(ofTheNext));
        });
        settle();

        assertThat(kept(ofTheOldest).get("merkle_path")).isEmpty();
        assertThat(kept(ofTheNext).get("merkle_path")).hasSize(1);
    }

    @Test
    void passesEverythingElseOn() throws Exception {
        TemplateCommand reserve = new TemplateCommand.ReserveCoinbase(new CoinbaseReserve(100, 4));

        onLoop(() -> templates.send(reserve));

        assertThat(source.asked).containsExactly(reserve);
    }

    private JsonNode kept(BlockSolution block) {
        return JsonMapper.shared()
                .readTree(home.resolve(block.hash().display() + ".json").toFile());
    }

    private void onLoop(Runnable task) throws Exception {
        loop.submit(task).get(10, SECONDS);
    }

    /** Waits until the disk and the loop have done all that is there. */
    private void settle() throws Exception {
        for (int i = 0; i < 4; i++) {
            disk.submit(() -> {}).get(10, SECONDS);
            onLoop(() -> {});
        }
    }

    private static Template template(long id) {
        return new Template(
                id,
                100,
                0x2000_0000L,
                new ChainTip(Hash256.ZERO, 0x207fffffL, NOW.getEpochSecond()),
                Target.ofCompact(0x207fffffL),
                NOW.getEpochSecond(),
                new TemplateCoinbase(2, 0, 0, Bytes.fromHex("0164"), 5_000, List.of(), Bytes.EMPTY),
                MerklePath.of(List.of(SIBLING)),
                Optional.empty(),
                Optional.empty());
    }

    private static BlockSolution block(long templateId) {
        BlockHeader header =
                new BlockHeader(0x2000_0000L, Hash256.ZERO, SIBLING, NOW.getEpochSecond(), 0x207fffffL, templateId);
        return new BlockSolution(
                7 + templateId,
                templateId,
                100,
                header.hash(),
                header,
                Bytes.fromHex("02000000"),
                Optional.empty(),
                "template client 1");
    }
}
