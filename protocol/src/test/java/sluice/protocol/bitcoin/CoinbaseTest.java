package sluice.protocol.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;

class CoinbaseTest {
    private static final Bytes TAG = Bytes.wrap("Sv2///".getBytes(StandardCharsets.US_ASCII));
    private static final Bytes PAYOUT = Bytes.fromHex("0014ebe1b7dcc293ccaa0ee743a86f89df8258c208fc");
    private static final TxOut COMMITMENT =
            WitnessCommitment.output(WitnessCommitment.of(List.of(), Coinbase.ZERO_RESERVED_VALUE));

    private static Coinbase.Builder blockJob() {
        return Coinbase.builder()
                .scriptSigPrefix(Bytes.fromHex("5200"))
                .tag(TAG)
                .extranonceLength(32)
                .outputs(List.of(new TxOut(5_000_000_000L, PAYOUT), COMMITMENT))
                .witnessReservedValue(Coinbase.ZERO_RESERVED_VALUE);
    }

    @Test
    void buildsTheHalvesOfTheBlockVector() {
        Coinbase coinbase = blockJob().build();
        Bytes extranonce = Bytes.fromHex("0".repeat(47) + "10100000000000000");

        assertThat(coinbase.prefix()).isEqualTo(Vectors.hex(Vectors.SHARES, "prefix", 0));
        assertThat(coinbase.suffix()).isEqualTo(Vectors.hex(Vectors.SHARES, "suffix", 0));
        assertThat(coinbase.stripped(extranonce)).isEqualTo(Vectors.hex(Vectors.SHARES, "coinbase", 0));
        assertThat(coinbase.txid(extranonce).hex()).isEqualTo(Vectors.value(Vectors.SHARES, "txid internal", 0));
    }

    @Test
    void theHeightPushAndTheOpcodeFollowTheExtranonceLength() {
        assertThat(blockJob().height(2).build().prefix()).isEqualTo(Vectors.hex(Vectors.SHARES, "prefix", 0));
        assertThat(blockJob().extranonceLength(31).build().prefix().hex()).endsWith("295200065376322f2f2f1f");
    }

    @Test
    void theStandardJobVectorHasItsMerkleRoot() {
        Coinbase coinbase = Coinbase.builder()
                .scriptSigPrefix(Bytes.fromHex("029f0000"))
                .tag(TAG)
                .extranonceLength(32)
                .sequence(0xfffffffeL)
                .lockTime(158)
                .outputs(List.of(new TxOut(5_000_000_000L, PAYOUT), COMMITMENT))
                .build();
        assertThat(coinbase.prefix()).isEqualTo(Vectors.hex(Vectors.MISC, "prefix", 0));
        assertThat(coinbase.suffix()).isEqualTo(Vectors.hex(Vectors.MISC, "suffix", 0));
        Bytes extranonce = Vectors.hex(Vectors.MISC, "extranonce", 0);
        assertThat(MerklePath.EMPTY.root(coinbase.txid(extranonce)).hex())
                .isEqualTo(Vectors.value(Vectors.MISC, "merkle_root", 0));
    }

    @Test
    void theFullFormIsTheSameTransactionWithItsWitness() {
        Coinbase coinbase = blockJob().build();
        Bytes extranonce = Bytes.zeros(32);
        Transaction full = Transaction.parse(coinbase.full(extranonce));

        assertThat(full.isCoinbase()).isTrue();
        assertThat(full.txid()).isEqualTo(coinbase.txid(extranonce));
        assertThat(full.serialise()).isEqualTo(coinbase.full(extranonce));
        assertThat(full.serialiseStripped()).isEqualTo(coinbase.stripped(extranonce));
        assertThat(full.inputs().getFirst().witness()).containsExactly(Coinbase.ZERO_RESERVED_VALUE);
        assertThat(Coinbase.stripBip141(coinbase.witnessPrefix(), coinbase.witnessSuffix()))
                .isEqualTo(new Coinbase.Halves(coinbase.prefix(), coinbase.suffix()));
    }

    @Test
    void saysOfItselfWhatACustomJobWantsToKnow() {
        Coinbase coinbase = blockJob().build();
        Transaction parsed = Transaction.parse(coinbase.full(Bytes.zeros(32)));

        assertThat(Bytes.concat(coinbase.scriptSigHead(), Bytes.zeros(32)))
                .isEqualTo(parsed.inputs().getFirst().scriptSig());
        assertThat(coinbase.countedOutputs())
                .isEqualTo(Bytes.concat(
                        Bytes.of((byte) parsed.outputs().size()), TxOut.serialiseSequence(parsed.outputs())));
    }

    @Test
    void withoutAReservedValueThereIsNoWitness() {
        Coinbase coinbase = Coinbase.builder()
                .height(500)
                .extranonceLength(8)
                .outputs(List.of(new TxOut(1, PAYOUT)))
                .build();
        assertThat(coinbase.hasWitness()).isFalse();
        assertThat(coinbase.full(Bytes.zeros(8))).isEqualTo(coinbase.stripped(Bytes.zeros(8)));
    }

    @Test
    void stripsTheWitnessThatSomePoolsForgot() {
        Coinbase.Halves stripped = Coinbase.stripBip141(
                Vectors.hex(Vectors.MISC, "in_prefix", 0), Vectors.hex(Vectors.MISC, "in_suffix", 0));
        assertThat(stripped.prefix()).isEqualTo(Vectors.hex(Vectors.MISC, "out_prefix", 0));
        assertThat(stripped.suffix()).isEqualTo(Vectors.hex(Vectors.MISC, "out_suffix", 0));
        assertThat(Coinbase.stripBip141(stripped.prefix(), stripped.suffix())).isEqualTo(stripped);
    }

    @Test
    void leavesStrippedHalvesAlone() {
        Coinbase.Halves braiins =
                new Coinbase.Halves(Vectors.hex(Vectors.MISC, "prefix", 1), Vectors.hex(Vectors.MISC, "suffix", 1));
        assertThat(Coinbase.stripBip141(braiins.prefix(), braiins.suffix())).isEqualTo(braiins);
    }

    @Test
    void stripsTheShortestHalvesAndRefusesShorterOnes() {
        Bytes prefix = Bytes.fromHex("000000000001");
        Bytes suffix = Bytes.fromHex("0120" + "00".repeat(36));
        Coinbase.Halves zeros = new Coinbase.Halves(Bytes.zeros(4), Bytes.zeros(4));
        assertThat(Coinbase.stripBip141(prefix, suffix)).isEqualTo(zeros);
        assertThatThrownBy(() -> Coinbase.stripBip141(prefix.slice(0, 5), suffix))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Coinbase.stripBip141(prefix, suffix.slice(1, suffix.length())))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Coinbase.stripBip141(prefix, Bytes.zeros(38))).hasMessageContaining("witness");
    }

    @Test
    void takesAScriptSigOfAHundredBytesAndRefusesOneMore() {
        Bytes tag = Bytes.zeros(100 - 3 - 1 - 1 - 32);
        Coinbase.Builder full =
                Coinbase.builder().height(200).tag(tag).extranonceLength(32).outputs(List.of(new TxOut(1, PAYOUT)));
        assertThat(Transaction.parse(full.build().stripped(Bytes.zeros(32)))
                        .inputs()
                        .getFirst()
                        .scriptSig()
                        .length())
                .isEqualTo(Coinbase.MAX_SCRIPT_SIG_LENGTH);
        assertThatThrownBy(() -> full.extranonceLength(33).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("101")
                .hasMessageContaining("shorten the tag");
    }

    @Test
    void refusesAScriptSigOfOneByte() {
        Coinbase.Builder builder = Coinbase.builder().outputs(List.of(new TxOut(1, PAYOUT)));
        assertThatThrownBy(builder.scriptSigPrefix(Bytes.zeros(1))::build).isInstanceOf(IllegalArgumentException.class);
        assertThat(builder.scriptSigPrefix(Bytes.zeros(2)).build().extranonceLength())
                .isZero();
    }

    @Test
    void isTheSameOfAScriptSigHeadThatSomebodyElseHasMade() {
        Coinbase original = blockJob().build();
        int headAt = 4 + 1 + 36 + 1;
        Coinbase again = Coinbase.builder()
                .scriptSigHead(original.prefix().slice(headAt, original.prefix().length()))
                .extranonceLength(32)
                .outputs(TxOut.parseList(TxOut.serialiseList(List.of(new TxOut(5_000_000_000L, PAYOUT), COMMITMENT))))
                .witnessReservedValue(Coinbase.ZERO_RESERVED_VALUE)
                .build();
        assertThat(again.full(Bytes.zeros(32))).isEqualTo(original.full(Bytes.zeros(32)));
        assertThat(again.stripped(Bytes.zeros(32))).isEqualTo(original.stripped(Bytes.zeros(32)));
    }

    @Test
    void countedOutputsMustBeExactlyAsManyAsTheySay() {
        Bytes two = TxOut.serialiseList(List.of(new TxOut(1, PAYOUT), COMMITMENT));
        assertThat(two.at(0)).isEqualTo((byte) 2);
        assertThatThrownBy(() -> TxOut.parseList(two.slice(0, two.length() - 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TxOut.parseList(Bytes.concat(two, Bytes.zeros(1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TxOut.parseList(Bytes.EMPTY)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesAnExtranonceOfAnotherLength() {
        Coinbase coinbase = blockJob().build();
        assertThatThrownBy(() -> coinbase.txid(Bytes.zeros(31)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32 bytes, not 31");
    }

    @Test
    void theHeightIsReadFromTheBeginningOfACoinbase() {
        Bytes upToScript = Bytes.fromHex("0200000001" + "00".repeat(32) + "ffffffff" + "10");
        assertThat(Coinbase.heightOf(Bytes.concat(upToScript, Bytes.fromHex("03a0bb0d"))))
                .hasValue(900_000);
        assertThat(Coinbase.heightOf(Bytes.concat(upToScript, Bytes.fromHex("5100"))))
                .hasValue(1);
        assertThat(Coinbase.heightOf(Bytes.concat(upToScript, Bytes.fromHex("4c03a0bb0d"))))
                .isEmpty();
        assertThat(Coinbase.heightOf(upToScript)).isEmpty();
        assertThat(Coinbase.heightOf(Bytes.fromHex("02000000"))).isEmpty();
    }
}
