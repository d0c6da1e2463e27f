package sluice.protocol.bitcoin;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * Hashes per second against targets and shares. Sizing a target follows the formula that pools of the reference
 * implementation use, {@code target = (2^256 - 1 - n) / (n + 1)} with n hashes expected per share, so that both sides derive
 * the same target from a channel's nominal hashrate.
 */
public final class Hashrate {
    private static final BigInteger TWO_256 = BigInteger.ONE.shiftLeft(256);
    private static final BigInteger MAX = TWO_256.subtract(BigInteger.ONE);
    private static final double SECONDS_PER_MINUTE = 60;
    private static final double NANOS_PER_SECOND = 1e9;
    /** Hashes expected for one share of difficulty 1: 2^256 / (D1 + 1), a little above 2^32. */
    private static final double HASHES_PER_DIFFICULTY_1 = 0x1p48 / 0xffff;

    private static final MathContext ROUNDED = new MathContext(50, RoundingMode.HALF_EVEN);

    private Hashrate() {}

    /**
     * The target at which {@code hashesPerSecond} finds {@code sharesPerMinute} shares. Throws IllegalArgumentException
     * unless the hashrate is finite and not negative and the share rate finite and positive. Hashrate 0 gives
     * {@link Target#MAX}.
     */
    public static Target targetFor(double hashesPerSecond, double sharesPerMinute) {
        requireHashrate(hashesPerSecond);
        requireShareRate(sharesPerMinute);
        double hashesPerShare = hashesPerSecond * SECONDS_PER_MINUTE / sharesPerMinute;
        if (Double.isInfinite(hashesPerShare)) {
            return Target.ofBigInteger(BigInteger.ONE);
        }
        BigInteger n = new BigDecimal(hashesPerShare).toBigInteger().min(MAX);
        return Target.ofBigInteger(MAX.subtract(n).divide(n.add(BigInteger.ONE)).max(BigInteger.ONE));
    }

    /** The hashrate that finds {@code sharesPerMinute} shares at {@code target}: the inverse of {@link #targetFor}. */
    public static double hashesPerSecond(Target target, double sharesPerMinute) {
        requireShareRate(sharesPerMinute);
        return (hashesPerShare(target) - 1) * sharesPerMinute / SECONDS_PER_MINUTE;
    }

    /** Hashes expected until one meets {@code target}: 2^256 / (target + 1). */
    public static double hashesPerShare(Target target) {
        return new BigDecimal(TWO_256)
                .divide(new BigDecimal(target.toBigInteger().add(BigInteger.ONE)), ROUNDED)
                .doubleValue();
    }

    /**
     * The hashrate shown by shares whose difficulties sum to {@code difficultySum} within {@code period}. Throws
     * IllegalArgumentException unless the sum is finite and not negative and the period positive.
     */
    public static double fromDifficulty(double difficultySum, Duration period) {
        if (!(difficultySum >= 0) || Double.isInfinite(difficultySum)) {
            throw new IllegalArgumentException(
                    "a sum of difficulties is finite and not negative, not " + difficultySum);
        }
        if (!period.isPositive()) {
            throw new IllegalArgumentException("a hashrate needs a positive period, not " + period);
        }
        double seconds = period.getSeconds() + period.getNano() / NANOS_PER_SECOND;
        return difficultySum * HASHES_PER_DIFFICULTY_1 / seconds;
    }

    private static void requireHashrate(double hashesPerSecond) {
        if (!(hashesPerSecond >= 0) || Double.isInfinite(hashesPerSecond)) {
            throw new IllegalArgumentException("a hashrate is finite and not negative, not " + hashesPerSecond);
        }
    }

    private static void requireShareRate(double sharesPerMinute) {
        if (!(sharesPerMinute > 0) || Double.isInfinite(sharesPerMinute)) {
            throw new IllegalArgumentException("a share rate is a finite number above 0, not " + sharesPerMinute);
        }
    }
}
