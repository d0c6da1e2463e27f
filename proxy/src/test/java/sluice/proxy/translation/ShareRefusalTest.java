package sluice.proxy.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.proxy.mining.share.ShareVerdict;

class ShareRefusalTest {

    @ParameterizedTest
    @CsvSource({
        "STALE, 21",
        "UNKNOWN_JOB, 21",
        "DUPLICATE, 22",
        "LOW_DIFFICULTY, 23",
        "BAD_USER_IDENTITY, 24",
        "UNKNOWN_CHANNEL, 25",
        "BAD_EXTRANONCE_SIZE, 20",
        "NTIME_TOO_OLD, 21",
        "NTIME_TOO_NEW, 21",
        "VERSION_ROLLING_NOT_ALLOWED, 20",
        "BAD_VERSION_BITS, 20",
        "TOO_MANY_SHARES, 20"
    })
    void givesEachVerdictTheNumberThatFirmwareKnows(ShareVerdict verdict, int code) {
        assertThat(ShareRefusal.of(verdict).code()).isEqualTo(code);
        assertThat(ShareRefusal.of(verdict).text()).isNotBlank();
    }

    @Test
    void hasNoneForAnAcceptedShare() {
        assertThatIllegalArgumentException().isThrownBy(() -> ShareRefusal.of(ShareVerdict.ACCEPTED));
    }
}
