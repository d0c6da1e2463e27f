package sluice.protocol.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetTest {
    @ParameterizedTest
    @CsvSource({
        "1d00ffff, 00000000ffff0000000000000000000000000000000000000000000000000000",
        "207fffff, 7fffff0000000000000000000000000000000000000000000000000000000000",
        "1b00d7c0, 000000000000d7c0000000000000000000000000000000000000000000000000",
        "1e0377ae, 00000377ae000000000000000000000000000000000000000000000000000000"
    })
    void expandsAndCompactsNbits(String nbits, String target) {
        long compact = Long.parseLong(nbits, 16);
        assertThat(Target.ofCompact(compact).hex()).isEqualTo(target);
        assertThat(Target.ofCompact(Target.ofCompact(compact).toCompact()).hex())
                .isEqualTo(target);
    }

    @Test
    void negativeOrOverflowingNbitsAreMetByNothingButZero() {
        assertThat(Target.ofCompact(0x1d80ffffL).isMetBy(Hash256.fromHex("01" + "00".repeat(31))))
                .isFalse();
        assertThat(Target.ofCompact(0xff00ffffL).hex()).isEqualTo("0".repeat(64));
    }

    @Test
    void aHashExactlyAtTheTargetMeetsIt() {
        Target target = Target.DIFFICULTY_1;
        byte[] raw = new byte[32];
        target.copyTo(raw, 0);
        assertThat(target.isMetBy(raw, 0)).isTrue();
        assertThat(target.isMetBy(Hash256.of(raw, 0))).isTrue();
        raw[0] = 1;
        assertThat(target.isMetBy(raw, 0)).isFalse();
        assertThat(target.isMetBy(Hash256.of(raw, 0))).isFalse();
    }
}
