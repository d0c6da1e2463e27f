package sluice.protocol.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;

class BlockHeaderTest {
    @Test
    void agreesWithTheHeadersOfTheShareVectors() {
        List<String> lines = Vectors.lines(Vectors.SHARES);
        int checked = 0;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.startsWith("block header ") && !line.startsWith("valid header ")) {
                continue;
            }
            byte[] raw = Bytes.fromHex(line.substring("block header ".length())).toArray();
            BlockHeader header = BlockHeader.of(raw, 0);
            assertThat(header.toArray()).isEqualTo(raw);

            String[] hash = lines.get(i + 1).trim().split(" ");
            assertThat(header.hash().display()).isEqualTo(hash[2]);
            assertThat(Target.ofCompact(header.nbits()).hex()).isEqualTo(hash[5]);
            assertThat(header.meets(Target.ofCompact(header.nbits()))).isEqualTo(line.startsWith("block"));

            String[] fields = lines.get(i + 2).trim().split(" +");
            assertThat(header.prevHash().hex()).isEqualTo(fields[2]);
            assertThat(header.prevHash().display()).isEqualTo(fields[4]);
            assertThat(header.nbits()).isEqualTo(Long.parseLong(fields[8], 16));
            assertThat(header.ntime()).isEqualTo(Long.parseLong(fields[10], 16));
            assertThat(header.nonce()).isEqualTo(Long.parseLong(fields[12], 16));
            assertThat(header.version()).isEqualTo(Long.parseLong(fields[14], 16));
            checked++;
        }
        assertThat(checked).isEqualTo(2);
    }

    @Test
    void everyVersionAndNonceOfTheBlockJobHashesAsRecorded() {
        BlockHeader job =
                BlockHeader.of(Vectors.hex(Vectors.SHARES, "block header", 0).toArray(), 0);
        int checked = 0;
        for (String line : Vectors.lines(Vectors.MISC)) {
            String[] words = line.split(" ");
            if (words.length == 4 && words[1].equals("nonce")) {
                BlockHeader share = new BlockHeader(
                        Long.parseLong(words[0], 16),
                        job.prevHash(),
                        job.merkleRoot(),
                        job.ntime(),
                        job.nbits(),
                        Long.parseLong(words[2]));
                assertThat(share.hash().display()).isEqualTo(words[3]);
                checked++;
            }
        }
        assertThat(checked).isEqualTo(5);
    }

    @Test
    void theLowDifficultyShareMissesItsTarget() {
        String[] words =
                Vectors.value(Vectors.MISC, "[low-difficulty share]", 0).split(" ");
        BlockHeader job =
                BlockHeader.of(Vectors.hex(Vectors.SHARES, "block header", 0).toArray(), 0);
        BlockHeader share = new BlockHeader(
                job.version(),
                Hash256.fromHex(words[1]),
                job.merkleRoot(),
                Long.parseLong(words[5]),
                Long.parseLong(words[3], 16),
                Long.parseLong(words[7]));
        assertThat(share.hash().display()).isEqualTo(words[9]);
        assertThat(Hashrate.targetFor(100, 1).hex()).isEqualTo(words[12]);
        assertThat(share.meets(Hashrate.targetFor(100, 1))).isFalse();
    }

    @Test
    void theSharePathWritesTheSameBytes() {
        byte[] raw = Vectors.hex(Vectors.SHARES, "valid header", 0).toArray();
        BlockHeader header = BlockHeader.of(raw, 0);
        byte[] scratch = new byte[100];
        BlockHeader.write(
                scratch, 10, header.version(), header.prevHash(), header.ntime(), header.nbits(), header.nonce() + 1);
        header.merkleRoot().copyTo(scratch, BlockHeader.merkleRootOffset(10));
        BlockHeader.writeNonce(scratch, 10, header.nonce());
        assertThat(Bytes.of(scratch, 10, BlockHeader.LENGTH)).isEqualTo(Bytes.of(raw));
        assertThat(header.withNonce(0xffffffffL).nonce()).isEqualTo(0xffffffffL);
        assertThat(BlockHeader.of(header.withNonce(0xffffffffL).toArray(), 0)).isEqualTo(header.withNonce(0xffffffffL));
    }
}
