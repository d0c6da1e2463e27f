package sluice.proxy.mining.vardiff.bench;

import sluice.config.VardiffConfig;

/**
 * The rule of ckpool, written from its description: on a share, once 72 came or 240 s passed since the last change, a rate
 * that decays over five minutes is compared with the one wanted. It aims at 0.3 shares a second; its numbers of shares are
 * scaled to the rate asked for. Silence alone changes nothing.
 */
final class CkpoolPolicy implements DifficultyPolicy {
    private static final double AIM = 0.3;
    private static final double ENOUGH_SHARES = 72;
    private static final double ENOUGH_SECONDS = 240;
    private static final double DECAY_SECONDS = 300;
    private static final double TOO_SLOW = 0.15;
    private static final double TOO_FAST = 0.4;

    private final VardiffConfig config;
    private final double scale;
    private double difficulty;
    private double firstShare = Double.NaN;
    private double lastShare;
    private double changedAt;
    private double rate;
    private double pending;
    private long shares;

    CkpoolPolicy(VardiffConfig config, double difficulty) {
        this.config = config;
        this.scale = config.sharesPerMinute() / 60 / AIM;
        this.difficulty = difficulty;
    }

    @Override
    public double difficulty() {
        return difficulty;
    }

    @Override
    public double nextLook() {
        return Double.POSITIVE_INFINITY;
    }

    @Override
    public void onLook(double at) {}

    @Override
    public void onShare(double shareDifficulty, double at) {
        if (Double.isNaN(firstShare)) {
            firstShare = at;
            lastShare = at;
            changedAt = at;
        }
        pending += shareDifficulty;
        double silence = at - lastShare;
        if (silence > 0) {
            double fresh = 1 - Math.exp(-silence / DECAY_SECONDS);
            rate = (rate + pending / silence * fresh) / (1 + fresh);
            pending = 0;
            lastShare = at;
        }
        shares++;
        if (shares >= ENOUGH_SHARES * scale || at - changedAt >= ENOUGH_SECONDS) {
            judge(silence, at);
        }
    }

    private void judge(double silence, double at) {
        double unbiased = rate / (1 - Math.exp(-Math.max(at - firstShare, 1) / DECAY_SECONDS));
        double ratio = unbiased / difficulty;
        if (ratio > TOO_SLOW * scale && ratio < TOO_FAST * scale) {
            return;
        }
        double next = Math.max(unbiased / (AIM * scale), config.minDifficulty());
        boolean firstAfterSilence = next < difficulty && silence > ENOUGH_SECONDS && shares == 1;
        shares = 0;
        changedAt = at;
        if (!firstAfterSilence) {
            difficulty = next;
        }
    }
}
