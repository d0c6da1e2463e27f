package sluice.proxy.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.upstream.template.BlockVerdict;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BlockJournalTest {
    // Long past, because files are as old as this machine says, and two hours before this is too old.
    private static final Instant NOW = Instant.parse("2020-11-23T04:05:06Z");
    private static final BlockVerdict REFUSED = BlockVerdict.ofReason("high-hash");

    @TempDir
    Path home;

    private List<BlockEntry> unfinished() {
        return new BlockJournal(home).unfinished(NOW.minus(Duration.ofHours(2)), 64);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void keepsAllThatProvesTheBlockInAFileNamedAfterItsHash() throws IOException {
        BlockEntry entry = FoundBlocks.ofPool(NOW);
        Path file = new BlockJournal(home.resolve("not/there/yet")).write(entry);
        assertThat(file).hasFileName(entry.hash().display() + ".json");
        JsonNode read = JsonMapper.builder().build().readTree(Files.readString(file));
        assertThat(read.get("found_at").asString()).isEqualTo("2020-11-23T04:05:06Z");
        assertThat(read.get("hash").asString()).isEqualTo(entry.hash().display());
        assertThat(read.get("header").asString()).hasSize(160).endsWith("07000000");
        assertThat(read.get("coinbase").asString()).isEqualTo("02000000");
        assertThat(read.get("merkle_path").get(0).asString()).isEqualTo(FoundBlocks.SIBLING.hex());
        assertThat(read.get("user_identity").asString()).isEqualTo("acct.rig\"1\"");
        assertThat(read.get("upstream").asString()).isEqualTo("pool");
        assertThat(Files.readString(file)).endsWith("}\n");
    }

    @Test
    void keepsTheWholeBlockWhereItIsKnownAsANodeTakesIt() throws IOException {
        BlockEntry entry = FoundBlocks.whole(1, NOW);
        Path file = new BlockJournal(home).write(entry);
        JsonNode read = JsonMapper.builder().build().readTree(Files.readString(file));
        assertThat(read.get("block").asString())
                .isEqualTo(entry.block().orElseThrow().hex());
        assertThat(read.get("height").asLong()).isEqualTo(800_000);
        assertThat(read.get("template_id").asLong()).isEqualTo(3);
    }

    @Test
    void leavesNoPartialFileBehindAndReplacesOneThatACrashLeft() throws IOException {
        BlockEntry entry = FoundBlocks.whole(1, NOW);
        Files.writeString(home.resolve(entry.hash().display() + ".json.part"), "x".repeat(10_000));
        Path file = new BlockJournal(home).write(entry);
        assertThat(names()).containsExactly(file.getFileName().toString());
        assertThat(Files.readString(file)).doesNotContain("xxx");
    }

    @Test
    void theSameBlockTwiceIsOneFileWithTheLaterWord() throws IOException {
        BlockJournal journal = new BlockJournal(home);
        Path first = journal.write(FoundBlocks.whole(1, Instant.EPOCH));
        Path second = journal.write(FoundBlocks.whole(1, Instant.EPOCH.plusSeconds(1)));
        assertThat(second).isEqualTo(first);
        assertThat(Files.readString(second)).contains("1970-01-01T00:00:01Z");
    }

    @Test
    void saysSoWhereTheDirectoryCannotBeMade() throws IOException {
        Path notADirectory = Files.writeString(home.resolve("file"), "");
        BlockJournal journal = new BlockJournal(notADirectory.resolve("blocks"));
        assertThatThrownBy(() -> journal.write(FoundBlocks.whole(1, NOW))).isInstanceOf(IOException.class);
        assertThat(journal.unfinished(Instant.EPOCH, 64)).isEmpty();
    }

    @Test
    void whereNoBlockWasEverFoundNothingIsUnfinished() {
        assertThat(new BlockJournal(home.resolve("none")).unfinished(Instant.EPOCH, 64))
                .isEmpty();
    }

    @Test
    void aBlockThatNobodyHasTakenIsUnfinishedAndReadAsItWasWritten() throws IOException {
        BlockEntry whole = FoundBlocks.whole(1, NOW);
        BlockEntry ofPool = FoundBlocks.ofPool(NOW.minusSeconds(1));
        new BlockJournal(home).write(ofPool);
        new BlockJournal(home).write(whole);
        new BlockJournal(home).record(whole.hash(), new Delivery(NOW, "node", REFUSED));
        assertThat(unfinished()).containsExactly(whole, ofPool);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "duplicate", "inconclusive"})
    void aBlockThatOnePathHasTakenIsFinished(String answer) throws IOException {
        BlockEntry entry = FoundBlocks.whole(1, NOW);
        BlockJournal journal = new BlockJournal(home);
        journal.write(entry);
        journal.record(entry.hash(), new Delivery(NOW, "provider", REFUSED));
        journal.record(entry.hash(), new Delivery(NOW, "node", BlockVerdict.ofReason(answer)));
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void aDeliveryThatACrashHasCutCountsAsNone() throws IOException {
        BlockEntry entry = FoundBlocks.whole(1, NOW);
        BlockJournal journal = new BlockJournal(home);
        journal.write(entry);
        journal.record(entry.hash(), new Delivery(NOW, "node", BlockVerdict.ACCEPTED));
        Path deliveries = home.resolve(entry.hash().display() + ".deliveries");
        String line = Files.readString(deliveries);
        Files.writeString(deliveries, line.substring(0, line.length() / 2));
        assertThat(unfinished()).containsExactly(entry);
    }

    @Test
    void anEntryThatACrashKeptFromItsNameIsTakenIfItIsWhole() throws IOException {
        BlockEntry entry = FoundBlocks.whole(1, NOW);
        Path file = new BlockJournal(home).write(entry);
        Files.move(file, home.resolve(file.getFileName() + ".part"));
        assertThat(unfinished()).containsExactly(entry);
        assertThat(names()).containsExactly(file.getFileName().toString());
    }

    @Test
    void oneThatACrashHasCutIsSetAsideAndHoldsUpNobody() throws IOException {
        BlockEntry good = FoundBlocks.whole(1, NOW);
        BlockEntry cut = FoundBlocks.whole(2, NOW);
        new BlockJournal(home).write(good);
        String text = Files.readString(new BlockJournal(home).write(cut));
        Path partial = home.resolve(cut.hash().display() + ".json.part");
        Files.writeString(partial, text.substring(0, text.length() - 20));
        Files.delete(home.resolve(cut.hash().display() + ".json"));
        assertThat(unfinished()).containsExactly(good);
        assertThat(names()).contains(partial.getFileName() + ".unreadable").doesNotContain(partial.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"found_at\":\"yesterday\"}",
                "{\"header\":\"00\"}",
                "{\"header\":7}",
                "\u0000\u0000\u0000",
                "{\"found_at\":\"2020-11-23T04:05:06Z\",\"hash\":\"zz\"}"
            })
    void whatIsNoEntryIsSetAside(String text) throws IOException {
        String name = FoundBlocks.whole(1, NOW).hash().display() + ".json";
        Files.writeString(home.resolve(name), text);
        assertThat(unfinished()).isEmpty();
        assertThat(names()).containsExactly(name + ".unreadable");
    }

    @Test
    void anEntryWithABitThatFellOverIsSetAside() throws IOException {
        BlockEntry entry = FoundBlocks.whole(1, NOW);
        Path file = new BlockJournal(home).write(entry);
        String block = entry.block().orElseThrow().hex();
        String flipped = block.substring(0, block.length() - 9) + "2" + block.substring(block.length() - 8);
        Files.writeString(file, Files.readString(file).replace(block, flipped));
        assertThat(unfinished()).isEmpty();
        assertThat(names()).containsExactly(file.getFileName() + ".unreadable");
    }

    @Test
    void anEntryUnderTheNameOfAnotherIsSetAside() throws IOException {
        Path file = new BlockJournal(home).write(FoundBlocks.whole(1, NOW));
        String other = FoundBlocks.whole(2, NOW).hash().display() + ".json";
        Files.move(file, home.resolve(other));
        assertThat(unfinished()).isEmpty();
        assertThat(names()).containsExactly(other + ".unreadable");
    }

    @Test
    void anEntryIsReadUpToItsLimitAndSetAsideBeyondIt() throws IOException {
        BlockEntry entry = FoundBlocks.whole(1, NOW);
        Path file = new BlockJournal(home).write(entry);
        String text = Files.readString(file);
        Files.writeString(file, text + " ".repeat((int) BlockJournal.MAX_ENTRY_BYTES - text.length()));
        assertThat(unfinished()).containsExactly(entry);
        Files.writeString(file, Files.readString(file) + " ");
        assertThat(unfinished()).isEmpty();
        assertThat(names()).containsExactly(file.getFileName() + ".unreadable");
    }

    @Test
    void whatIsTooOldIsLeftWhereItIs() throws IOException {
        new BlockJournal(home).write(FoundBlocks.whole(1, NOW.minus(Duration.ofHours(3))));
        Path untouched = new BlockJournal(home).write(FoundBlocks.whole(2, NOW));
        Files.setLastModifiedTime(untouched, FileTime.from(NOW.minus(Duration.ofHours(3))));
        assertThat(unfinished()).isEmpty();
        assertThat(names()).hasSize(2).allMatch(name -> name.endsWith(".json"));
    }

    @Test
    void ofTooManyTheLatestAreOffered() throws IOException {
        for (int i = 0; i < 4; i++) {
            new BlockJournal(home).write(FoundBlocks.whole(i, NOW.plusSeconds(i)));
        }
        assertThat(new BlockJournal(home).unfinished(NOW.minusSeconds(1), 3))
                .extracting(BlockEntry::foundAt)
                .containsExactly(NOW.plusSeconds(3), NOW.plusSeconds(2), NOW.plusSeconds(1));
    }
}
