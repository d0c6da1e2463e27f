package sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import sluice.proxy.session.FirstBytes;
import sluice.proxy.session.FirstBytes.Verdict;

/** Whether a client speaks SV1 or SV2 is told once and for all, at the latest behind 64 bytes. */
final class FirstBytesTarget {
    private FirstBytesTarget() {}

    static void run(byte[] input) {
        Verdict told = Verdict.UNDECIDED;
        int decidedAt = -1;
        for (int length = 0; length <= input.length && decidedAt < 0; length++) {
            told = FirstBytes.judge(input, length);
            if (told != Verdict.UNDECIDED) {
                decidedAt = length;
            }
        }
        if (input.length >= FirstBytes.ENOUGH) {
            assertThat(told).isNotEqualTo(Verdict.UNDECIDED);
        }
        if (decidedAt >= 0) {
            assertThat(FirstBytes.judge(Arrays.copyOf(input, decidedAt), decidedAt))
                    .as("what lies behind the bytes that came is not looked at")
                    .isEqualTo(told);
        }
    }
}
