package sluice.proxy.coinbase;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import sluice.config.InvalidValueException;
import sluice.config.Range;
import sluice.config.SoloConfig;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.upstream.template.CoinbaseReserve;

/**
 * What a module says when it comes to be the coinbase provider.
 *
 * @param name for operators
 * @param tag that the coinbase shows where it pays the provider's outputs
 * @param minDifficulty below which no miner's difficulty is chosen while it is there
 * @param deadline in which it answers
 * @param room that its outputs need at most
 */
public record ProviderTerms(
        String name, Bytes tag, OptionalDouble minDifficulty, Duration deadline, CoinbaseReserve room) {
    public static final int MAX_NAME_LENGTH = 32;
    public static final int MAX_TAG_BYTES = SoloConfig.MAX_TAG_BYTES;
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(2);
    public static final Range<Duration> DEADLINE = new Range<>(Duration.ofMillis(100), Duration.ofSeconds(30));
    /** Room for some thirty outputs. */
    public static final int DEFAULT_OUTPUT_BYTES = 1_000;
    /** More than any firmware takes, and all of it goes to each miner with each job. */
    public static final Range<Integer> OUTPUT_BYTES = new Range<>(31, 16_000);

    public static final int DEFAULT_SIGOPS = 320;
    /** With an output of the operator's own no more than nodes leave to a coinbase of which they know nothing. */
    public static final Range<Integer> SIGOPS = new Range<>(0, 320);

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_NAME_LENGTH + "}");

    /** Throws InvalidValueException, which names what is wrong, for what is out of range. */
    public ProviderTerms {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidValueException(
                    "name is no name", "write 1 to " + MAX_NAME_LENGTH + " letters, digits, '-', '_' and '.'");
        }
        if (tag.length() > MAX_TAG_BYTES) {
            throw new InvalidValueException("tag is too long", "write at most " + MAX_TAG_BYTES + " bytes");
        }
        minDifficulty.ifPresent(least -> require("min_difficulty", VardiffConfig.DIFFICULTY, least));
        require("deadline", DEADLINE, deadline);
        require("max_output_bytes", OUTPUT_BYTES, (int) Math.min(Integer.MAX_VALUE, room.bytes()));
        require("max_sigops", SIGOPS, room.sigops());
    }

    private static <T extends Comparable<T>> void require(String what, Range<T> range, T value) {
        if (!range.contains(value)) {
            throw new InvalidValueException(what + " is out of range", "write a value from " + range);
        }
    }
}
