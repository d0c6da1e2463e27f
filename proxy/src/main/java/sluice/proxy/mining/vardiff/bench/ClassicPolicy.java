package sluice.proxy.mining.vardiff.bench;

import sluice.config.VardiffConfig;

/**
 * The rule of the reference implementation, written from its description: once a minute the shares since the last change are
 * compared with those wanted, and the longer the time, the smaller the difference that is acted on.
 */
final class ClassicPolicy implements DifficultyPolicy {
    private static final double INTERVAL_SECONDS = 60;
    private static final double LEAST_SECONDS = 15;

    private final VardiffConfig config;
    private double difficulty;
    private double since;
    private double nextLook = INTERVAL_SECONDS;
    private long shares;

    ClassicPolicy(VardiffConfig config, double difficulty) {
        this.config = config;
        this.difficulty = difficulty;
    }

    @Override
    public double difficulty() {
        return difficulty;
    }

    @Override
    public void onShare(double shareDifficulty, double at) {
        shares++;
    }

    @Override
    public double nextLook() {
        return nextLook;
    }

    @Override
    public void onLook(double at) {
        nextLook = at + INTERVAL_SECONDS;
        double seconds = at - since;
        if (seconds <= LEAST_SECONDS) {
            return;
        }
        double next = difficulty * shares / (seconds / 60) / config.sharesPerMinute();
        double percent = Math.abs(next - difficulty) / difficulty * 100;
        if (!isLarge(percent, seconds)) {
            return;
        }
        if (shares == 0) {
            next = difficulty / bySeconds(seconds, 1.5, 2, 3);
        } else if (percent > 1000) {
            next = difficulty * bySeconds(seconds, 10, 5, 3);
        }
        difficulty = Math.max(next, config.minDifficulty());
        shares = 0;
        since = at;
    }

    private static boolean isLarge(double percent, double seconds) {
        return percent >= 100
                || percent >= 60 && seconds >= 60
                || percent >= 50 && seconds >= 120
                || percent >= 45 && seconds >= 180
                || percent >= 30 && seconds >= 240
                || percent >= 15 && seconds >= 300;
    }

    private static double bySeconds(double seconds, double first, double second, double later) {
        return seconds <= 30 ? first : seconds < 60 ? second : later;
    }
}
