package sluice.protocol.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;

class MerklePathTest {
    private static final Hash256 COINBASE = hash(0);

    @Test
    void foldsTheRecordedPath() {
        Hash256 txid = Hash256.fromHex(Vectors.value(Vectors.SHARES, "txid internal", 0));
        MerklePath path = MerklePath.of(List.of(Hash256.fromHex("03".repeat(32))));
        assertThat(path.root(txid).hex()).isEqualTo(Vectors.value(Vectors.SHARES, "root with path [03*32]", 0));
    }

    @Test
    void anEmptyPathLeavesTheTxid() {
        assertThat(MerklePath.EMPTY.root(COINBASE)).isEqualTo(COINBASE);
        assertThat(MerklePath.ofTxids(List.of())).isEqualTo(MerklePath.EMPTY);
        assertThat(MerklePath.of(List.of()).depth()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 100, 1000})
    void thePathLeadsToTheRootOfAllTransactions(int others) {
        List<Hash256> txids =
                IntStream.rangeClosed(1, others).mapToObj(MerklePathTest::hash).toList();
        List<Hash256> all = new ArrayList<>(txids);
        all.addFirst(COINBASE);

        MerklePath path = MerklePath.ofTxids(txids);

        assertThat(path.root(COINBASE)).isEqualTo(rootByDefinition(all));
        assertThat(MerklePath.rootOf(all)).isEqualTo(rootByDefinition(all));
        assertThat(path.depth()).isEqualTo(32 - Integer.numberOfLeadingZeros(others));
        assertThat(MerklePath.of(path.siblings())).isEqualTo(path).hasSameHashCodeAs(path);
    }

    @Test
    void foldsInPlaceAnywhereInAnArray() {
        MerklePath path = MerklePath.ofTxids(List.of(hash(1), hash(2), hash(3)));
        byte[] scratch = new byte[50];
        COINBASE.copyTo(scratch, 7);
        path.fold(new Sha256d(), scratch, 7);
        assertThat(Hash256.of(scratch, 7)).isEqualTo(path.root(COINBASE));
    }

    @Test
    void acceptsThirtyTwoSiblingsAndRefusesOneMore() {
        assertThat(MerklePath.of(Collections.nCopies(MerklePath.MAX_DEPTH, COINBASE))
                        .depth())
                .isEqualTo(32);
        assertThatThrownBy(() -> MerklePath.of(Collections.nCopies(MerklePath.MAX_DEPTH + 1, COINBASE)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Hash256 rootByDefinition(List<Hash256> level) {
        if (level.size() == 1) {
            return level.getFirst();
        }
        List<Hash256> above = new ArrayList<>();
        for (int i = 0; i < level.size(); i += 2) {
            Hash256 right = level.get(Math.min(i + 1, level.size() - 1));
            above.add(Sha256d.of(Bytes.wrap(level.get(i).toArray()), Bytes.wrap(right.toArray())));
        }
        return rootByDefinition(above);
    }

    private static Hash256 hash(int seed) {
        return Sha256d.of(Bytes.of((byte) seed, (byte) (seed >> 8)));
    }
}
