package sluice.proxy.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.DifficultyForm;
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

    @ParameterizedTest
    @CsvSource({
        "ANY, 1.9, 1e9, 1",
        "ANY, 0.25, 1e9, 0.25",
        "ANY, 1000, 70.5, 70",
        "INTEGER, 1.9, 1e9, 1",
        "INTEGER, 0.25, 1e9, 1",
        "INTEGER, 7.5, 6.5, 6",
        "INTEGER, 0.25, 0.5, 0.25",
        "POWER_OF_TWO, 1000, 1e9, 1024",
        "POWER_OF_TWO, 1000, 1023, 512",
        "POWER_OF_TWO, 0.3, 1e9, 0.25",
        "POWER_OF_TWO, 90, 1e9, 64",
        "POWER_OF_TWO, 91, 1e9, 128"
    })
    void takesTheFormThatTheFirmwareReads(DifficultyForm form, double wanted, double most, double told) {
        assertThat(AdvertisedDifficulty.of(form, wanted, 0, most)).isEqualTo(told);
    }

    @Test
    void aPowerOfTwoIsNotBelowTheLeastWhereOneIsBetween() {
        assertThat(AdvertisedDifficulty.of(DifficultyForm.POWER_OF_TWO, 150_000, 150_000, 1e9))
                .isEqualTo(262_144);
        assertThat(AdvertisedDifficulty.of(DifficultyForm.POWER_OF_TWO, 150_000, 150_000, 200_000))
                .isEqualTo(131_072);
    }

    @Test
    void noFormIsEverAboveTheMost() {
        for (DifficultyForm form : DifficultyForm.values()) {
            for (double most = 1e-9; most < 1e15; most *= 1.0137) {
                assertThat(AdvertisedDifficulty.of(form, 1e15, 1, most))
                        .isLessThanOrEqualTo(most)
                        .isGreaterThanOrEqualTo(most / 2);
            }
        }
    }
}
