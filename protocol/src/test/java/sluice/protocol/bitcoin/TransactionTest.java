package sluice.protocol.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;

class TransactionTest {
    private static final String INPUT =
            "1111111111111111111111111111111111111111111111111111111111111111" + "01000000" + "00" + "ffffffff";
    private static final String OUTPUT = "0100000000000000" + "0151";
    private static final String LEGACY = "02000000" + "01" + INPUT + "01" + OUTPUT + "07000000";
    private static final String SEGWIT =
            "02000000" + "0001" + "01" + INPUT + "01" + OUTPUT + "02" + "00" + "03aabbcc" + "07000000";

    private static Transaction parse(String hex) {
        return Transaction.parse(Bytes.fromHex(hex));
    }

    @Test
    void readsALegacyTransaction() {
        Transaction legacy = parse(LEGACY);
        assertThat(legacy.version()).isEqualTo(2);
        assertThat(legacy.lockTime()).isEqualTo(7);
        assertThat(legacy.inputs().getFirst().prevIndex()).isEqualTo(1);
        assertThat(legacy.outputs()).containsExactly(new TxOut(1, Bytes.fromHex("51")));
        assertThat(legacy.hasWitness()).isFalse();
        assertThat(legacy.wtxid()).isEqualTo(legacy.txid());
        assertThat(legacy.weight()).isEqualTo(4 * LEGACY.length() / 2);
        assertThat(legacy.length()).isEqualTo(LEGACY.length() / 2);
        assertThat(legacy.serialise().hex()).isEqualTo(LEGACY);
    }

    @Test
    void readsAWitnessThatDoesNotChangeTheTxid() {
        Transaction segwit = parse(SEGWIT);
        assertThat(segwit.inputs().getFirst().witness()).containsExactly(Bytes.EMPTY, Bytes.fromHex("aabbcc"));
        assertThat(segwit.txid()).isEqualTo(parse(LEGACY).txid());
        assertThat(segwit.wtxid()).isEqualTo(Sha256d.of(Bytes.fromHex(SEGWIT))).isNotEqualTo(segwit.txid());
        assertThat(segwit.serialise().hex()).isEqualTo(SEGWIT);
        assertThat(segwit.serialiseStripped().hex()).isEqualTo(LEGACY);
        assertThat(segwit.weight()).isEqualTo(4 * LEGACY.length() / 2 + 2 + 6);
        assertThat(segwit.length()).isEqualTo(SEGWIT.length() / 2);
    }

    @Test
    void refusesEveryTruncation() {
        for (String whole : List.of(LEGACY, SEGWIT)) {
            for (int length = 0; length < whole.length(); length += 2) {
                String cut = whole.substring(0, length);
                assertThatThrownBy(() -> parse(cut)).as(cut).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                LEGACY + "00",
                "02000000" + "0000" + "07000000",
                "02000000" + "0002" + "01" + INPUT + "01" + OUTPUT + "02" + "00" + "03aabbcc" + "07000000",
                "02000000" + "0001" + "01" + INPUT + "01" + OUTPUT + "00" + "07000000",
                "02000000" + "01" + INPUT + "00" + "07000000",
                "02000000" + "fd0100" + INPUT + "01" + OUTPUT + "07000000",
                "02000000" + "ffffffffffffffffff" + INPUT + "01" + OUTPUT + "07000000",
                "02000000" + "feffffff7f" + INPUT + "01" + OUTPUT + "07000000",
                "02000000" + "01" + INPUT + "01" + "0140075af0750700" + "0151" + "07000000",
                "02000000" + "01" + INPUT + "01" + "ffffffffffffffff" + "0151" + "07000000"
            })
    void refusesWhatNoBlockCouldContain(String hex) {
        assertThatThrownBy(() -> parse(hex)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void acceptsAllTheMoneyInOneOutput() {
        assertThat(parse("02000000" + "01" + INPUT + "01" + "0040075af0750700" + "0151" + "07000000")
                        .outputValue())
                .isEqualTo(TxOut.MAX_MONEY);
    }

    @Test
    void readsOutputsThatStandBehindEachOther() {
        List<TxOut> outputs = List.of(new TxOut(100, Bytes.fromHex("51")), new TxOut(0, Bytes.EMPTY));
        Bytes list = TxOut.serialiseList(outputs);
        assertThat(TxOut.parseList(list)).isEqualTo(outputs);
        assertThatThrownBy(() -> TxOut.parseList(Bytes.concat(list, Bytes.fromHex("00"))))
                .hasMessageContaining("follow its end");
        assertThatThrownBy(() -> TxOut.parseList(list.slice(0, list.length() - 1)))
                .hasMessageContaining("cut short");
        assertThatThrownBy(() -> TxOut.parseList(Bytes.fromHex("05"))).hasMessageContaining("announces 5");
        assertThat(TxOut.parseList(Bytes.fromHex("00"))).isEmpty();
        Bytes raw = TxOut.serialiseSequence(outputs);
        assertThat(list).isEqualTo(Bytes.concat(Bytes.fromHex("02"), raw));
        assertThat(TxOut.parseSequence(raw, 2)).isEqualTo(outputs);
        assertThatThrownBy(() -> TxOut.parseSequence(raw, 1)).hasMessageContaining("follow its end");
        assertThatThrownBy(() -> TxOut.parseSequence(raw, 3)).hasMessageContaining("cut short");
    }

    @Test
    void readsOutputsBehindTheirCount() {
        List<TxOut> outputs = List.of(new TxOut(100, Bytes.fromHex("51")), new TxOut(0, Bytes.EMPTY));
        Bytes raw = TxOut.serialiseList(outputs);
        assertThat(raw).isEqualTo(Bytes.concat(Bytes.fromHex("02"), TxOut.serialiseSequence(outputs)));
        assertThat(TxOut.parseList(raw)).isEqualTo(outputs);
        assertThat(TxOut.parseList(TxOut.serialiseList(List.of()))).isEmpty();
        assertThatThrownBy(() -> TxOut.parseList(Bytes.concat(raw, Bytes.zeros(1))))
                .hasMessageContaining("follow its end");
        assertThatThrownBy(() -> TxOut.parseList(Bytes.fromHex("05")))
                .hasMessageContaining("announces 5 but only 0 bytes follow");
        assertThatThrownBy(() -> TxOut.parseList(Bytes.EMPTY)).hasMessageContaining("cut short");
    }

    @Test
    void compactSizesRoundTripAtEveryBoundary() {
        byte[] room = new byte[9];
        for (long value : new long[] {0, 252, 253, 0xffff, 0x10000, 0xffffffffL, 0x100000000L, Long.MAX_VALUE}) {
            int length = CompactSize.write(room, 0, value);
            assertThat(length).isEqualTo(CompactSize.length(value));
        }
        assertThat(Bytes.of(room, 0, CompactSize.write(room, 0, 515)).hex()).isEqualTo("fd0302");
    }

    @Test
    void aCoinbaseHasTheWtxidZero() {
        Transaction coinbase = Transaction.parse(Vectors.hex(Vectors.SHARES, "coinbase", 0));
        assertThat(coinbase.isCoinbase()).isTrue();
        assertThat(coinbase.wtxid()).isEqualTo(Hash256.ZERO);
        assertThat(parse(LEGACY).isCoinbase()).isFalse();
    }

    @Test
    void theCommitmentOfABlockWithoutTransactionsIsTheKnownOne() {
        assertThat(WitnessCommitment.of(List.of(), Coinbase.ZERO_RESERVED_VALUE).hex())
                .isEqualTo(Vectors.value(
                                Vectors.MISC, "[BIP141 commitment, block with no other tx, reserved value zeros]", 0)
                        .split(" ")[0]);
    }

    @Test
    void theLastOutputThatLooksLikeACommitmentCounts() {
        Hash256 first = Sha256d.of(Bytes.EMPTY);
        Hash256 last = Sha256d.of(Bytes.zeros(1));
        assertThat(WitnessCommitment.in(List.of(
                        WitnessCommitment.output(first),
                        WitnessCommitment.output(last),
                        new TxOut(0, WitnessCommitment.SCRIPT_PREFIX))))
                .contains(last);
        assertThat(WitnessCommitment.in(List.of(new TxOut(0, Bytes.fromHex("51")))))
                .isEmpty();
    }
}
