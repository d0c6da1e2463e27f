package sluice.protocol.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VersionRollingTest {
    @Test
    void onlyTheBitsOfTheMaskMayDiffer() {
        assertThat(VersionRolling.isAllowed(0x20000000L, 0x201fffe0L, VersionRolling.BIP323_MASK))
                .isTrue();
        assertThat(VersionRolling.isAllowed(0x20000000L, 0x20000001L, VersionRolling.BIP323_MASK))
                .isFalse();
        assertThat(VersionRolling.isAllowed(0x20000000L, 0x3fffffe0L, VersionRolling.BIP323_MASK))
                .isTrue();
        assertThat(VersionRolling.isAllowed(0x20000000L, 0x00000000L, VersionRolling.BIP323_MASK))
                .isFalse();
        assertThat(VersionRolling.isAllowed(0x20000000L, 0x201fffe0L, VersionRolling.BIP320_MASK))
                .isFalse();
        assertThat(VersionRolling.isAllowed(0x20000000L, 0x20002000L, VersionRolling.BIP320_MASK))
                .isTrue();
        assertThat(VersionRolling.isAllowed(0x20000000L, 0x20000000L, VersionRolling.NO_MASK))
                .isTrue();
        assertThat(VersionRolling.isAllowed(0x20000000L, 0x20000020L, VersionRolling.NO_MASK))
                .isFalse();
    }

    @Test
    void everyMaskCoversExactlyItsBits() {
        for (int bit = 0; bit < 32; bit++) {
            long rolled = 0x20000000L ^ (1L << bit);
            assertThat(VersionRolling.isAllowed(0x20000000L, rolled, VersionRolling.BIP323_MASK))
                    .isEqualTo(bit >= 5 && bit <= 28);
            assertThat(VersionRolling.isAllowed(0x20000000L, rolled, VersionRolling.BIP320_MASK))
                    .isEqualTo(bit >= 13 && bit <= 28);
        }
    }

    @Test
    void submittedBitsReplaceTheJobsWithinTheMask() {
        assertThat(VersionRolling.withBits(0x20006000L, 0x00002000L, VersionRolling.BIP320_MASK))
                .isEqualTo(0x20002000L);
        assertThat(VersionRolling.areBitsAllowed(0x1fffe000L, VersionRolling.BIP320_MASK))
                .isTrue();
        assertThat(VersionRolling.areBitsAllowed(0x20000000L, VersionRolling.BIP320_MASK))
                .isFalse();
        assertThat(VersionRolling.cleared(0x3000e004L, VersionRolling.BIP320_MASK))
                .isEqualTo(0x20000004L);
    }
}
