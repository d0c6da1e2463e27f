package sluice.config;

/**
 * One pool, and how miners come to it.
 *
 * @param name what goals, logs and events call it; the pool's URL where the operator gave no name
 * @param identity under whose names the pool sees the miners' shares
 * @param aggregation the most miners on one connection; 0: all of them
 * @param warm connected and with a job also while another upstream is used
 * @param payout whom its jobs have to pay
 */
public record UpstreamConfig(
        String name, PoolConfig pool, IdentityMode identity, int aggregation, boolean warm, PayoutConfig payout) {

    public static final Range<Integer> AGGREGATION = new Range<>(0, 65_535);

    public static final int ALL_MINERS = 0;

    public UpstreamConfig {
        if (name.isBlank()) {
            throw new IllegalArgumentException("an upstream has a name");
        }
        AGGREGATION.require(aggregation);
    }

    /** A pool that may pay whom it likes. */
    public UpstreamConfig(String name, PoolConfig pool, IdentityMode identity, int aggregation, boolean warm) {
        this(name, pool, identity, aggregation, warm, PayoutConfig.NONE);
    }

    /** The pool alone, named by its URL: all miners on one connection that stands only while it is used. */
    public UpstreamConfig(PoolConfig pool, IdentityMode identity) {
        this(pool.address().url(), pool, identity, ALL_MINERS, false);
    }

    /** Whether {@code text} means a warm standby. Throws InvalidValueException where it means none. */
    static boolean parseStandby(String text) {
        return switch (text) {
            case "cold" -> false;
            case "warm" -> true;
            default -> throw new InvalidValueException("is no kind of standby", "write \"cold\" or \"warm\"");
        };
    }
}
