package sluice.proxy.mining.vardiff;

/**
 * Page's test (CUSUM) for one change of a Poisson rate: how much more likely what came since some moment is if the rate has
 * been {@code ratio} times the reference since then, for the moment that says so most. Constant memory, no clock.
 */
final class ChangeDetector {
    private final double ratio;
    private final double perShare;
    private double score;
    private double shares;
    private double exposure;
    // Of the silence now, and of that before the first share of what is counted.
    private double silence;
    private double silenceBefore;

    ChangeDetector(double ratio) {
        this.ratio = ratio;
        this.perShare = Math.log(ratio);
    }

    /** Time went by in which {@code exposure * reference} shares were to be expected. */
    void onTime(double passed, double reference) {
        silence += passed;
        score -= (ratio - 1) * passed * reference;
        exposure += passed;
        forgetIfRefuted();
    }

    /** A share came, or the part of one. */
    void onShare(double weight) {
        if (score == 0) {
            silenceBefore = silence;
        }
        silence = 0;
        score += weight * perShare;
        shares += weight;
        forgetIfRefuted();
    }

    private void forgetIfRefuted() {
        if (score <= 0) {
            score = 0;
            shares = 0;
            exposure = 0;
        }
    }

    void reset() {
        score = 0;
        shares = 0;
        exposure = 0;
        silence = 0;
    }

    /** From now on exposure is counted in units {@code factor} times as small. */
    void rescale(double factor) {
        exposure *= factor;
        silence *= factor;
        silenceBefore *= factor;
    }

    /** Log-likelihood ratio of the change against no change. */
    double score() {
        return score;
    }

    /**
     * The same, with what was silent beyond {@code usual} before the first share held against it: a line that stood still
     * and then delivers all at once makes nobody faster.
     */
    double scoreAfterSilence(double usual, double reference) {
        return score - (ratio - 1) * Math.max(0, silenceBefore * reference - usual);
    }

    double shares() {
        return shares;
    }

    double exposure() {
        return exposure;
    }

    /** Exposure of silence after which the score reaches {@code threshold}; a test for fewer shares only. */
    double silenceUntil(double threshold, double reference) {
        return (threshold - score) / ((1 - ratio) * reference);
    }
}
