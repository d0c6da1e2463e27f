package sluice.proxy.declaration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static sluice.proxy.declaration.DeclarationConversation.PAYOUT;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.WitnessCommitment;

class DeclaredCoinbaseTest {
    private static final long HEIGHT = 900_000;
    private static final List<TxOut> COMMITTED = List.of(
            new TxOut(1, PAYOUT),
            WitnessCommitment.output(WitnessCommitment.of(List.of(), Coinbase.ZERO_RESERVED_VALUE)));

    @ParameterizedTest
    @CsvSource({"0", "4", "32"})
    @Tag("JDP-4")
    void findsTheExtranonceBetweenTheHalves(int extranonceLength) throws DeclarationRefused {
        Coinbase declared = builder(extranonceLength).build();
        Bytes extranonce = Bytes.zeros(extranonceLength);

        DeclaredCoinbase coinbase = DeclaredCoinbase.of(declared.witnessPrefix(), declared.witnessSuffix());

        assertThat(coinbase.extranonceLength()).isEqualTo(extranonceLength);
        assertThat(coinbase.height()).isEqualTo(HEIGHT);
        assertThat(coinbase.txid(extranonce)).isEqualTo(declared.txid(extranonce));
        assertThat(coinbase.full(extranonce)).isEqualTo(declared.full(extranonce));
        assertThat(coinbase.witnessReservedValue()).isEqualTo(Coinbase.ZERO_RESERVED_VALUE);
    }

    @Test
    void takesACoinbaseThatCommitsToNoWitnessAndHasNone() throws DeclarationRefused {
        Coinbase declared = Coinbase.builder()
                .height(HEIGHT)
                .extranonceLength(8)
                .outputs(List.of(new TxOut(1, PAYOUT)))
                .build();

        DeclaredCoinbase coinbase = DeclaredCoinbase.of(declared.prefix(), declared.suffix());

        assertThat(coinbase.witnessReservedValue()).isEqualTo(Bytes.EMPTY);
        assertThat(coinbase.witnessCommitment()).isEmpty();
    }

    @Test
    void refusesACommitmentWithoutAWitnessAsABlockWithItWouldBeInvalid() {
        Coinbase declared = builder(8).build();

        assertThat(code(declared.prefix(), declared.suffix())).isEqualTo("invalid-coinbase-tx");
    }

    @Test
    void refusesMoreExtranonceThanAChannelHas() {
        Coinbase declared = builder(33).build();

        assertThat(code(declared.witnessPrefix(), declared.witnessSuffix())).isEqualTo("invalid-coinbase-tx");
    }

    @Test
    void refusesHalvesThatAreCutShortOrSplitElsewhere() {
        Coinbase declared = builder(8).build();
        Bytes prefix = declared.witnessPrefix();
        Bytes suffix = declared.witnessSuffix();

        // Without its last byte, the push of the extranonce, it only leaves more to the extranonce.
        for (int length = 0; length < prefix.length() - 1; length++) {
            assertThat(code(prefix.slice(0, length), suffix)).startsWith("invalid-coinbase-tx");
        }
        for (int length = 0; length < suffix.length(); length++) {
            assertThat(code(prefix, suffix.slice(0, length))).isEqualTo("invalid-coinbase-tx");
        }
        assertThat(code(Bytes.concat(prefix, Bytes.zeros(9)), suffix)).isEqualTo("invalid-coinbase-tx");
    }

    @Test
    void refusesAScriptThatDoesNotStartWithTheHeight() {
        Coinbase declared = Coinbase.builder()
                .scriptSigPrefix(Bytes.fromHex("4c0101"))
                .extranonceLength(8)
                .outputs(COMMITTED)
                .witnessReservedValue(Coinbase.ZERO_RESERVED_VALUE)
                .build();

        assertThat(code(declared.witnessPrefix(), declared.witnessSuffix())).isEqualTo("invalid-coinbase-tx-input");
    }

    @Test
    void refusesAnInputThatSpendsSomething() {
        Coinbase declared = builder(8).build();
        byte[] prefix = declared.witnessPrefix().toArray();
        prefix[7] = 1;

        assertThat(code(Bytes.of(prefix), declared.witnessSuffix())).isEqualTo("invalid-coinbase-tx-input");
    }

    @ParameterizedTest
    @CsvSource({"900000, 0", "499999999, 0"})
    void refusesALockTimeThatIsNotOver(long lockTime, long sequence) {
        Coinbase declared = builder(8).lockTime(lockTime).sequence(sequence).build();

        assertThat(code(declared.witnessPrefix(), declared.witnessSuffix())).isEqualTo("invalid-coinbase-tx");
    }

    @ParameterizedTest
    @CsvSource({"899999, 4294967294", "900000, 4294967295", "500000000, 0"})
    void takesALockTimeThatIsOverOrThatCountsForNothing(long lockTime, long sequence) throws DeclarationRefused {
        Coinbase declared = builder(8).lockTime(lockTime).sequence(sequence).build();

        assertThat(DeclaredCoinbase.of(declared.witnessPrefix(), declared.witnessSuffix())
                        .example()
                        .lockTime())
                .isEqualTo(lockTime);
    }

    private static Coinbase.Builder builder(int extranonceLength) {
        return Coinbase.builder()
                .height(HEIGHT)
                .extranonceLength(extranonceLength)
                .outputs(COMMITTED)
                .witnessReservedValue(Coinbase.ZERO_RESERVED_VALUE);
    }

    private static String code(Bytes prefix, Bytes suffix) {
        return catchThrowableOfType(DeclarationRefused.class, () -> DeclaredCoinbase.of(prefix, suffix))
                .code();
    }
}
