package sluice.proxy.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.mining.job.VectorJobs;
import sluice.proxy.route.FoundBlock;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BlockFilesTest {
    private static final Hash256 SIBLING =
            Hash256.fromHex("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20");

    @TempDir
    Path home;

    private static FoundBlock block(Instant at) {
        BlockHeader header = new BlockHeader(
                VectorJobs.VERSION,
                VectorJobs.BLOCK_TIP.prevHash(),
                SIBLING,
                VectorJobs.BLOCK_TIP.minNtime(),
                VectorJobs.BLOCK_TIP.nbits(),
                7);
        return new FoundBlock(
                at, header.hash(), header, Bytes.fromHex("02000000"), List.of(SIBLING), "acct.rig\"1\"", "pool");
    }

    @Test
    void keepsAllThatProvesTheBlockInAFileNamedAfterItsHash() throws IOException {
        FoundBlock block = block(Instant.parse("2026-11-23T04:05:06Z"));
        Path file = new BlockFiles(home.resolve("not/there/yet")).write(block);
        assertThat(file).hasFileName(block.hash().display() + ".json");
        JsonNode read = JsonMapper.builder().build().readTree(Files.readString(file));
        assertThat(read.get("found_at").asString()).isEqualTo("2026-11-23T04:05:06Z");
        assertThat(read.get("hash").asString()).isEqualTo(block.hash().display());
        assertThat(read.get("header").asString()).hasSize(160).endsWith("07000000");
        assertThat(read.get("coinbase").asString()).isEqualTo("02000000");
        assertThat(read.get("merkle_path").get(0).asString()).isEqualTo(SIBLING.hex());
        assertThat(read.get("user_identity").asString()).isEqualTo("acct.rig\"1\"");
        assertThat(read.get("upstream").asString()).isEqualTo("pool");
        assertThat(Files.readString(file)).endsWith("}\n");
    }

    @Test
    void leavesNoPartialFileBehindAndReplacesOneThatACrashLeft() throws IOException {
        FoundBlock block = block(Instant.EPOCH);
        Path partial = home.resolve(block.hash().display() + ".json.part");
        Files.writeString(partial, "x".repeat(10_000));
        Path file = new BlockFiles(home).write(block);
        try (Stream<Path> files = Files.list(home)) {
            assertThat(files).containsExactly(file);
        }
        assertThat(Files.readString(file)).doesNotContain("xxx");
    }

    @Test
    void theSameBlockTwiceIsOneFileWithTheLaterWord() throws IOException {
        BlockFiles files = new BlockFiles(home);
        Path first = files.write(block(Instant.EPOCH));
        Path second = files.write(block(Instant.EPOCH.plusSeconds(1)));
        assertThat(second).isEqualTo(first);
        assertThat(Files.readString(second)).contains("1970-01-01T00:00:01Z");
    }

    @Test
    void saysSoWhereTheDirectoryCannotBeMade() throws IOException {
        Path notADirectory = Files.writeString(home.resolve("file"), "");
        assertThatThrownBy(() -> new BlockFiles(notADirectory.resolve("blocks")).write(block(Instant.EPOCH)))
                .isInstanceOf(IOException.class);
    }
}
