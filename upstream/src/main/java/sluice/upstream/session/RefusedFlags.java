package sluice.upstream.session;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sluice.protocol.sv2.message.common.SetupConnectionFlags;

/** What a pool does not support of a mining setup (SV2 3.6.3), in words. */
final class RefusedFlags {
    private RefusedFlags() {}

    /** @param flags U32 */
    static String inWords(long flags) {
        return IntStream.range(0, Integer.SIZE)
                .filter(bit -> (flags >> bit & 1) != 0)
                .mapToObj(RefusedFlags::name)
                .collect(Collectors.joining(", "));
    }

    private static String name(int bit) {
        long flag = 1L << bit;
        if (flag == SetupConnectionFlags.MINING_REQUIRES_STANDARD_JOBS) {
            return "standard jobs";
        }
        if (flag == SetupConnectionFlags.MINING_REQUIRES_WORK_SELECTION) {
            return "work selection";
        }
        return flag == SetupConnectionFlags.MINING_REQUIRES_VERSION_ROLLING ? "version rolling" : "flag bit " + bit;
    }
}
