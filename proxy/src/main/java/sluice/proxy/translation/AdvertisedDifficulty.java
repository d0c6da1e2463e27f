package sluice.proxy.translation;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Difficulties as SV1 miners can be told them. */
public final class AdvertisedDifficulty {
    // Firmware with single precision or short parsers still reads these digits as the same number we do.
    private static final MathContext FRACTION = new MathContext(9, RoundingMode.DOWN);

    private AdvertisedDifficulty() {}

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
