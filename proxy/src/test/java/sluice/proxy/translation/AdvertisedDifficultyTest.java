package sluice.proxy.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.sv1.Sv1Encoder;
import sluice.protocol.sv1.Sv1ServerMessage.SetDifficulty;

class AdvertisedDifficultyTest {

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "1.999999, 1",
        "232827.0909, 232827",
        "8192, 8192",
        "1e15, 1e15",
        "0.5, 0.5",
        "0.99999999999, 0.999999999",
        "0.0123456789876, 0.0123456789",
        "1e-9, 1e-9",
        "2.3283064365e-10, 2.32830643e-10"
    })
    void roundsDownToAnIntegerOrNineDigits(double difficulty, double told) {
        assertThat(AdvertisedDifficulty.notAbove(difficulty)).isEqualTo(told);
    }

    @Test
    void neverRoundsUp() {
        for (double difficulty = 1e-9; difficulty < 1e15; difficulty *= 1.0137) {
            double told = AdvertisedDifficulty.notAbove(difficulty);
            assertThat(told).isLessThanOrEqualTo(difficulty).isGreaterThan(difficulty / 2);
        }
    }

    @ParameterizedTest
    @CsvSource({"8192.7, 8192", "0.000012345678999, 0.0000123456789", "1e-9, 0.000000001", "1e15, 1000000000000000"})
    void isWrittenWithoutExponent(double difficulty, String text) {
        byte[] line = Sv1Encoder.encode(new SetDifficulty(AdvertisedDifficulty.notAbove(difficulty)));
        assertThat(new String(line, StandardCharsets.US_ASCII)).contains("\"params\":[" + text + "]");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesWhatIsNoDifficulty(double difficulty) {
        assertThatIllegalArgumentException().isThrownBy(() -> AdvertisedDifficulty.notAbove(difficulty));
    }
}
