package sluice.proxy.translation;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import sluice.config.DifficultyForm;

/** Difficulties as SV1 miners can be told them. */
public final class AdvertisedDifficulty {
    // Firmware with single precision or short parsers still reads these digits as the same number we do.
    private static final MathContext FRACTION = new MathContext(9, RoundingMode.DOWN);

    private AdvertisedDifficulty() {}

    /**
     * The number to tell a miner that should have {@code wanted}, in a form that its firmware reads as meant: never above
     * {@code most}, which is what the upstream leaves, and not below {@code least} where the form has a number between.
     */
    public static double of(DifficultyForm form, double wanted, double least, double most) {
        double bounded = Math.min(wanted, most);
        return switch (form) {
            case ANY -> notAbove(bounded);
            // An upstream that asks for less than 1 is mined for with fractions: with 1, its shares would be lost.
            case INTEGER -> notAbove(most >= 1 ? Math.max(1, bounded) : bounded);
            case POWER_OF_TWO -> powerOfTwo(bounded, least, most);
        };
    }

    // The nearest one, or a miner would send up to twice the shares that it should.
    private static double powerOfTwo(double wanted, double least, double most) {
        double power = Math.scalb(1.0, (int) Math.rint(Math.log(wanted) / Math.log(2)));
        if (power > most) {
            power /= 2;
        }
        return power < least && 2 * power <= most ? 2 * power : power;
    }

    /**
     * The hardest number that can be told and is not above {@code difficulty}: an integer, because firmware exists that
     * reads nothing else, or below 1 a fraction of 9 significant digits. Never rounded up: a miner held to a higher
     * number than meant throws shares away in silence. Throws IllegalArgumentException unless finite and positive.
     */
    public static double notAbove(double difficulty) {
        if (!(difficulty > 0) || Double.isInfinite(difficulty)) {
            throw new IllegalArgumentException("a difficulty is a finite number above 0, not " + difficulty);
        }
        return difficulty >= 1
                ? Math.floor(difficulty)
                : new BigDecimal(difficulty).round(FRACTION).doubleValue();
    }
}
