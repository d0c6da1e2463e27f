package sluice.config;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What only SV1 miners see.
 *
 * @param versionMask bits of the header's version that miners may roll (BIP310), U32; the upstream's permission narrows it
 * @param poolExtranonce2Size the fewest bytes of extranonce2 that an SV1 pool of ours may leave; below 8, miners are told
 *     apart by fewer bytes and fewer share a connection to a pool
 * @param keepalive a miner that was sent nothing for so long gets its job again: machines give a silent pool up
 */
public record Sv1Config(long versionMask, Duration keepalive, int poolExtranonce2Size) {

    /** The bits that SV2 lets anyone roll (BIP323). */
    public static final long ROLLABLE_BITS = 0x1fffffe0L;

    /** The strictest known firmware leaves after 60 s without a line. */
    public static final Range<Duration> KEEPALIVE = new Range<>(Duration.ofSeconds(1), Duration.ofSeconds(60));

    /** Fewer cannot be shared; more than 8 make no difference. */
    public static final Range<Integer> POOL_EXTRANONCE2_SIZE = new Range<>(4, 8);

    /** The mask of BIP320, which all deployed firmware takes. */
    public static final Sv1Config DEFAULT = new Sv1Config(0x1fffe000L, Duration.ofSeconds(30));

    private static final Pattern MASK_FORM = Pattern.compile("[0-9a-fA-F]{8}");

    public Sv1Config {
        requireRollable(versionMask);
        KEEPALIVE.require(keepalive);
        POOL_EXTRANONCE2_SIZE.require(poolExtranonce2Size);
    }

    /** For pools that leave as much as nearly all do. */
    public Sv1Config(long versionMask, Duration keepalive) {
        this(versionMask, keepalive, POOL_EXTRANONCE2_SIZE.most());
    }

    /** Parses 8 hex digits. Throws InvalidValueException for another form and for bits that may not be rolled. */
    public static long parseVersionMask(String text) {
        if (!MASK_FORM.matcher(text).matches()) {
            throw new InvalidValueException(
                    "is not a version mask", "write 8 hex digits in quotes, such as \"1fffe000\"");
        }
        return requireRollable(Long.parseLong(text, 16));
    }

    private static long requireRollable(long mask) {
        if ((mask & ~ROLLABLE_BITS) != 0) {
            throw new InvalidValueException(
                    "has bits that no miner may roll",
                    "stay within \"1fffffe0\" (BIP323); the default is \"1fffe000\"");
        }
        return mask;
    }
}
