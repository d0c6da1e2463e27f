package sluice.protocol.bitcoin;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteOrder;

/**
 * SV1's number for a target: {@code difficulty = D1 / target} with D1 = 0xffff * 2^208 ({@link Target#DIFFICULTY_1}).
 * Both directions are exact integer arithmetic, because a target made from floating point is off by up to 2^-53 and turns
 * good shares into rejected ones.
 */
public final class Difficulty {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final BigInteger D1 = Target.DIFFICULTY_1.toBigInteger();
    private static final double D1_DOUBLE = 0xffff * 0x1p208;
    // More digits than a double holds, so that the one rounding to double decides.
    private static final MathContext EXACT_ENOUGH = new MathContext(50, RoundingMode.DOWN);
    private static final int MANTISSA_BITS = 52;

    private Difficulty() {}

    /**
     * The largest target that is at least this hard: {@code floor(D1 / difficulty)}, capped at {@link Target#MAX}. Throws
     * IllegalArgumentException unless {@code difficulty} is finite, positive and leaves a target above 0.
     */
    public static Target targetOf(double difficulty) {
        requirePositive(difficulty);
        long bits = Double.doubleToRawLongBits(difficulty);
        long fraction = bits & ((1L << MANTISSA_BITS) - 1);
        boolean subnormal = Math.getExponent(difficulty) < Double.MIN_EXPONENT;
        // The double is exactly mantissa * 2^shift.
        BigInteger mantissa = BigInteger.valueOf(subnormal ? fraction : fraction | 1L << MANTISSA_BITS);
        int shift = Math.max(Math.getExponent(difficulty), Double.MIN_EXPONENT) - MANTISSA_BITS;
        BigInteger target = shift < 0 ? D1.shiftLeft(-shift).divide(mantissa) : D1.divide(mantissa.shiftLeft(shift));
        if (target.bitLength() > 8 * Target.LENGTH) {
            return Target.MAX;
        }
        if (target.signum() == 0) {
            throw new IllegalArgumentException("difficulty " + difficulty + " is beyond the hardest target (2^224)");
        }
        return Target.ofBigInteger(target);
    }

    /** The difficulty of {@code target}, rounded to the nearest double. Throws IllegalArgumentException for target 0. */
    public static double of(Target target) {
        return exactly(target).doubleValue();
    }

    /**
     * The largest double that is not above the difficulty of {@code target}: what may be told to a miner so that no share
     * it sends for that number is too weak for the target's owner to ignore.
     */
    public static double roundedDown(Target target) {
        double nearest = exactly(target).doubleValue();
        // Compared as a product, which is exact: the quotient is cut after digits that a double may still have.
        BigDecimal product = new BigDecimal(nearest).multiply(new BigDecimal(target.toBigInteger()));
        return product.compareTo(new BigDecimal(D1)) > 0 ? Math.nextDown(nearest) : nearest;
    }

    /** The largest power of two not above {@code difficulty}. Throws IllegalArgumentException unless finite and positive. */
    public static double powerOfTwoBelow(double difficulty) {
        requirePositive(difficulty);
        return Math.getExponent(difficulty) < Double.MIN_EXPONENT
                ? Double.longBitsToDouble(Long.highestOneBit(Double.doubleToRawLongBits(difficulty)))
                : Math.scalb(1.0, Math.getExponent(difficulty));
    }

    /**
     * The difficulty that the 32 raw hash bytes at {@code offset} reach, to about 15 digits and without allocation: for
     * statistics such as the best share, never for a verdict. Infinite for a hash of zeros.
     */
    public static double reachedBy(byte[] rawHash, int offset) {
        double value = 0;
        for (int word = 3; word >= 0; word--) {
            long bits = (long) LONG.get(rawHash, offset + 8 * word);
            value = value * 0x1p64 + ((bits >>> 1) * 2.0 + (bits & 1));
        }
        return D1_DOUBLE / value;
    }

    private static BigDecimal exactly(Target target) {
        BigInteger value = target.toBigInteger();
        if (value.signum() == 0) {
            throw new IllegalArgumentException("target 0 has no difficulty");
        }
        return new BigDecimal(D1).divide(new BigDecimal(value), EXACT_ENOUGH);
    }

    private static void requirePositive(double difficulty) {
        if (!(difficulty > 0) || Double.isInfinite(difficulty)) {
            throw new IllegalArgumentException("a difficulty is a finite number above 0, not " + difficulty);
        }
    }
}
