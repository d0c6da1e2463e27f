package sluice.config;

/**
 * How the difficulty of a miner's channel is chosen.
 *
 * @param enabled false: every channel keeps {@code startDifficulty}
 * @param sharesPerMinute the rate that the policy steers each channel to
 * @param minDifficulty the policy never goes below it on its own
 * @param maxDifficulty no miner is told more
 * @param startDifficulty for a miner that does not say how fast it is
 */
public record VardiffConfig(
        boolean enabled, double sharesPerMinute, double minDifficulty, double maxDifficulty, double startDifficulty) {

    public static final Range<Double> SHARES_PER_MINUTE = new Range<>(0.1, 6000.0);
    /** Down to what a CPU finds in a few hashes; up to beyond any network's difficulty. */
    public static final Range<Double> DIFFICULTY = new Range<>(1e-9, 1e15);

    /**
     * Six shares a minute as the reference implementation asks for. No difficulty below 1 unless the operator wants it:
     * firmware exists that reads a fraction as 0. 8192 is a share in 30 s for a 1 TH/s machine and 5 a second for 200 TH/s.
     */
    public static final VardiffConfig DEFAULT = new VardiffConfig(true, 6, 1, 8192);

    public VardiffConfig {
        SHARES_PER_MINUTE.require(sharesPerMinute);
        DIFFICULTY.require(minDifficulty);
        DIFFICULTY.require(maxDifficulty);
        DIFFICULTY.require(startDifficulty);
        if (maxDifficulty < minDifficulty) {
            throw new InvalidValueException(
                    "is lower than min_difficulty", "raise max_difficulty or lower min_difficulty");
        }
        if (startDifficulty < minDifficulty) {
            throw new InvalidValueException(
                    "is lower than min_difficulty", "raise start_difficulty or lower min_difficulty");
        }
        if (startDifficulty > maxDifficulty) {
            throw new InvalidValueException(
                    "is higher than max_difficulty", "lower start_difficulty or raise max_difficulty");
        }
    }

    /** Without an upper bound. */
    public VardiffConfig(boolean enabled, double sharesPerMinute, double minDifficulty, double startDifficulty) {
        this(enabled, sharesPerMinute, minDifficulty, DIFFICULTY.most(), startDifficulty);
    }
}
