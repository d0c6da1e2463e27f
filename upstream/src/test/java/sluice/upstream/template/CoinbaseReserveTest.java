package sluice.upstream.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.TxOut;

class CoinbaseReserveTest {
    @Test
    @Tag("TDP-5")
    void isWhatTheSerialisedOutputsNeed() {
        List<TxOut> outputs =
                List.of(new TxOut(1, Script.p2wpkh(Bytes.zeros(20))), new TxOut(2, Script.p2tr(Bytes.zeros(32))));

        assertThat(CoinbaseReserve.of(outputs)).isEqualTo(new CoinbaseReserve(31 + 43, 0));
        assertThat(CoinbaseReserve.of(outputs).bytes())
                .isEqualTo(TxOut.serialiseSequence(outputs).length());
    }

    @Test
    @Tag("TDP-5")
    void countsASignatureOutsideOfAWitnessFourTimes() {
        assertThat(CoinbaseReserve.of(List.of(new TxOut(1, Script.p2pkh(Bytes.zeros(20))))))
                .isEqualTo(new CoinbaseReserve(34, 4));
    }

    @Test
    void isNeverMoreThanABlockOrAFieldHolds() {
        assertThat(new CoinbaseReserve(CoinbaseReserve.MAX_BYTES, CoinbaseReserve.MAX_SIGOPS).sigops())
                .isEqualTo(0xffff);
        assertThatThrownBy(() -> new CoinbaseReserve(CoinbaseReserve.MAX_BYTES + 1L, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CoinbaseReserve(0, CoinbaseReserve.MAX_SIGOPS + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CoinbaseReserve(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ofTwoIsEnoughForEither() {
        assertThat(new CoinbaseReserve(100, 4).plus(new CoinbaseReserve(50, 8)))
                .isEqualTo(new CoinbaseReserve(150, 12));
        assertThat(new CoinbaseReserve(CoinbaseReserve.MAX_BYTES, CoinbaseReserve.MAX_SIGOPS)
                        .plus(new CoinbaseReserve(1, 1)))
                .isEqualTo(new CoinbaseReserve(CoinbaseReserve.MAX_BYTES, CoinbaseReserve.MAX_SIGOPS));
        assertThat(new CoinbaseReserve(100, 4).orMore(new CoinbaseReserve(50, 8)))
                .isEqualTo(new CoinbaseReserve(100, 8));
    }
}
