package sluice.config;

import java.util.Optional;

/**
 * One pool, and how miners come to it.
 *
 * @param name what goals, logs and events call it; the pool's URL where the operator gave no name
 * @param identity under whose names the pool sees the miners' shares
 * @param aggregation the most miners on one connection; 0: all of them
 * @param warm connected and with a job also while another upstream is used
 * @param payout whom its jobs have to pay
 * @param declaration whom we declare jobs of our own making to, where we make them; the pool's own are mined where that fails
 */
public record UpstreamConfig(
        String name,
        PoolConfig pool,
        IdentityMode identity,
        int aggregation,
        boolean warm,
        PayoutConfig payout,
        Optional<JobDeclarationConfig> declaration) {

    public static final Range<Integer> AGGREGATION = new Range<>(0, 65_535);

    public static final int ALL_MINERS = 0;

    public UpstreamConfig {
        if (name.isBlank()) {
            throw new IllegalArgumentException("an upstream has a name");
        }
        AGGREGATION.require(aggregation);
        if (declaration.isPresent()) {
            obstacleToDeclaration(pool, identity, aggregation).ifPresent(obstacle -> {
                throw obstacle;
            });
        }
    }

    /** With jobs that the pool makes. */
    public UpstreamConfig(
            String name, PoolConfig pool, IdentityMode identity, int aggregation, boolean warm, PayoutConfig payout) {
        this(name, pool, identity, aggregation, warm, payout, Optional.empty());
    }

    /** A pool that may pay whom it likes. */
    public UpstreamConfig(String name, PoolConfig pool, IdentityMode identity, int aggregation, boolean warm) {
        this(name, pool, identity, aggregation, warm, PayoutConfig.NONE);
    }

    /** The pool alone, named by its URL: all miners on one connection that stands only while it is used. */
    public UpstreamConfig(PoolConfig pool, IdentityMode identity) {
        this(pool.address().url(), pool, identity, ALL_MINERS, false);
    }

    /** How many places it takes in the order of a goal: declared jobs are one, the pool's own another. */
    public int places() {
        return declaration.isPresent() ? 2 : 1;
    }

    /** Why no jobs of our own can be declared for such an upstream; empty where they can. */
    public static Optional<InvalidValueException> obstacleToDeclaration(
            PoolConfig pool, IdentityMode identity, int aggregation) {
        if (pool.address() instanceof Sv1PoolAddress) {
            return Optional.of(new InvalidValueException(
                    "stands beside an SV1 pool, which makes all jobs itself",
                    "remove it, or write the pool's SV2 address as url"));
        }
        String multiplied = ", and each connection would declare jobs of its own";
        if (identity == IdentityMode.PER_CHANNEL) {
            return Optional.of(new InvalidValueException(
                    "stands beside identity = \"per-channel\"" + multiplied,
                    "remove it, or write identity = \"per-share\""));
        }
        if (aggregation != ALL_MINERS) {
            return Optional.of(
                    new InvalidValueException("stands beside aggregation" + multiplied, "remove one of the two"));
        }
        return Optional.empty();
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
