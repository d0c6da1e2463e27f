package sluice.proxy.netty;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.block.BlockEntry;
import sluice.proxy.block.BlockJournal;
import sluice.proxy.block.FoundBlocks;
import sluice.upstream.netty.Transport;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;

@Timeout(60)
class BlockDeskTest {
    // Long past: what was written before the blocks that are looked for is not looked at, and files are of today.
    private static final Instant NOW = Instant.parse("2020-11-23T04:05:06Z");

    @TempDir
    Path home;

    private final EventLoopGroup group = Transport.NIO.newEventLoops(1, "test");
    private final EventLoop loop = group.next();
    private final ExecutorService disk = Executors.newSingleThreadExecutor();
    private final List<BlockSolution> offered = new ArrayList<>();
    private final List<BlockVerdict> verdicts = new ArrayList<>();

    private BlockDesk desk(Path directory) {
        return new BlockDesk(loop, new BlockJournal(directory), disk, InstantSource.fixed(NOW));
    }

    private void onLoop(Runnable task) throws Exception {
        loop.submit(task).get(10, SECONDS);
    }

    /** Waits until the disk and the loop have done all that is there. */
    private void settle() throws Exception {
        for (int i = 0; i < 3; i++) {
            disk.submit(() -> {}).get(10, SECONDS);
            onLoop(() -> {});
        }
    }

    @AfterEach
    void stop() {
        // What it still writes must be written before the directory is removed.
        disk.close();
        group.shutdownGracefully(0, 1, SECONDS).awaitUninterruptibly();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aBlockIsOnTheDiskWhenItIsOfferedAndItsVerdictIsHandedOn() throws Exception {
        BlockDesk desk = desk(home);
        BlockEntry entry = FoundBlocks.whole(1, NOW);
        String file = entry.hash().display() + ".json";
        List<List<String>> filesWhenOffered = new ArrayList<>();
        onLoop(() -> {
            desk.open("node", solution -> {
                try {
                    filesWhenOffered.add(files());
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                desk.answered("node", solution.number(), BlockVerdict.ACCEPTED);
            });
            desk.found(entry, () -> {}, verdicts::add);
        });
        settle();
        assertThat(filesWhenOffered).containsExactly(List.of(file));
        assertThat(verdicts).containsExactly(BlockVerdict.ACCEPTED);
        assertThat(files()).containsExactly(entry.hash().display() + ".deliveries", file);
    }

    @Test
    void aDiskThatFailsDoesNotCostTheBlock() throws Exception {
        Path notADirectory = Files.writeString(home.resolve("file"), "");
        BlockDesk desk = desk(notADirectory.resolve("blocks"));
        onLoop(() -> {
            desk.open("node", offered::add);
            desk.found(FoundBlocks.whole(1, NOW), () -> {}, verdicts::add);
        });
        settle();
        assertThat(offered).hasSize(1);
    }

    @Test
    void aDiskThatTakesNothingMoreDoesNotCostTheBlockEither() throws Exception {
        BlockDesk desk = desk(home);
        disk.shutdown();
        onLoop(() -> {
            desk.open("node", offered::add);
            desk.found(FoundBlocks.whole(1, NOW), () -> {}, verdicts::add);
        });
        onLoop(() -> {});
        assertThat(offered).hasSize(1);
    }

    @Test
    void whatAnEarlierRunHasLeftIsOfferedOnceMoreAndThenNotAgain() throws Exception {
        BlockEntry entry = FoundBlocks.whole(1, NOW.minusSeconds(60));
        new BlockJournal(home).write(entry);
        new BlockJournal(home).write(FoundBlocks.ofPool(NOW));
        BlockDesk second = desk(home);
        onLoop(() -> {
            second.open("node", solution -> {
                offered.add(solution);
                second.answered("node", solution.number(), BlockVerdict.ofReason("duplicate"));
            });
            second.start();
        });
        settle();
        assertThat(offered).containsExactly(entry.solution(1).orElseThrow());

        BlockDesk third = desk(home);
        onLoop(() -> {
            third.open("node", offered::add);
            third.start();
        });
        settle();
        assertThat(offered).hasSize(1);
    }

    @Test
    void aBlockWithoutAnAnswerIsOfferedAgain() {
        EmbeddedChannel channel = new EmbeddedChannel();
        Instant[] clock = {NOW};
        BlockDesk desk = new BlockDesk(channel.eventLoop(), new BlockJournal(home), Runnable::run, () -> clock[0]);
        desk.open("node", offered::add);
        desk.found(FoundBlocks.whole(1, NOW), () -> {}, verdicts::add);
        channel.runPendingTasks();
        assertThat(offered).hasSize(1);
        clock[0] = NOW.plusSeconds(5);
        channel.advanceTimeBy(5, SECONDS);
        // The deadline first, then the offer that it makes.
        channel.runPendingTasks();
        channel.runPendingTasks();
        assertThat(offered).extracting(BlockSolution::number).containsExactly(1L, 1L);
    }

    @Test
    void whatAPoolSaidOfABlockIsWrittenBesideIt() throws Exception {
        BlockDesk desk = desk(home);
        BlockEntry entry = FoundBlocks.ofPool(NOW);
        onLoop(() -> {
            desk.found(entry, () -> {});
            desk.answered("pool", entry.hash(), BlockVerdict.ofReason("stale-share"));
        });
        settle();
        assertThat(Files.readString(home.resolve(entry.hash().display() + ".deliveries")))
                .contains("\"path\":\"pool\"")
                .contains("\"reason\":\"stale-share\"");
    }

    @Test
    void bothWaysByWhichABlockComesAtOnceHearWhatBecameOfIt() throws Exception {
        BlockDesk desk = desk(home);
        BlockEntry entry = FoundBlocks.whole(1, NOW);
        List<BlockVerdict> client = new ArrayList<>();
        onLoop(() -> {
            desk.open("node", offered::add);
            desk.found(entry, () -> {}, verdicts::add);
            desk.found(entry, () -> {}, client::add);
        });
        settle();
        onLoop(() -> {
            desk.answered("node", 1, BlockVerdict.ACCEPTED);
            desk.answered("node", 2, BlockVerdict.ofReason("duplicate"));
        });
        assertThat(verdicts).containsExactly(BlockVerdict.ACCEPTED);
        assertThat(client).containsExactly(BlockVerdict.ACCEPTED);
    }

    @Test
    void ofFindersOfOneBlockTheOldestHearsNothingWhereThereAreTooMany() throws Exception {
        BlockDesk desk = desk(home);
        BlockEntry entry = FoundBlocks.whole(1, NOW);
        List<Integer> told = new ArrayList<>();
        onLoop(() -> {
            for (int i = 0; i <= BlockDesk.MAX_WAITING; i++) {
                int finder = i;
                desk.found(entry, () -> {}, verdict -> told.add(finder));
            }
            desk.open("node", solution -> desk.answered("node", solution.number(), BlockVerdict.ACCEPTED));
        });
        settle();
        assertThat(told).hasSize(BlockDesk.MAX_WAITING).doesNotContain(0);
    }

    @Test
    void ofTooManyThatWaitForAVerdictTheOldestGetsNone() throws Exception {
        BlockDesk desk = desk(home);
        List<Hash256> answered = new ArrayList<>();
        onLoop(() -> {
            for (int i = 0; i <= BlockDesk.MAX_WAITING; i++) {
                BlockEntry entry = FoundBlocks.whole(i, NOW);
                desk.found(entry, () -> {}, verdict -> answered.add(entry.hash()));
            }
        });
        settle();
        onLoop(() -> desk.open("node", solution -> desk.answered("node", solution.number(), BlockVerdict.ACCEPTED)));
        settle();
        assertThat(answered)
                .hasSize(BlockDesk.MAX_WAITING)
                .doesNotContain(FoundBlocks.whole(0, NOW).hash());
    }
}
