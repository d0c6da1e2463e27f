package sluice.proxy.mining.vardiff.bench;

import java.time.Instant;
import sluice.config.VardiffConfig;
import sluice.proxy.mining.vardiff.Vardiff;

/** The product's own policy on seconds. */
final class SluicePolicy implements DifficultyPolicy {
    private static final long START = 1_700_000_000L;

    private final Vardiff vardiff;

    SluicePolicy(VardiffConfig config, double difficulty) {
        this.vardiff = new Vardiff(config, difficulty, instant(0));
    }

    @Override
    public double difficulty() {
        return vardiff.difficulty();
    }

    @Override
    public void onShare(double shareDifficulty, double at) {
        vardiff.onShare(shareDifficulty, instant(at));
    }

    @Override
    public void onLook(double at) {
        vardiff.onTick(instant(at));
    }

    @Override
    public double nextLook() {
        Instant look = vardiff.nextLook();
        return look.getEpochSecond() - START + look.getNano() / 1e9;
    }

    @Override
    public void inForce(double difficulty, double at) {
        vardiff.inForce(difficulty, instant(at));
    }

    private static Instant instant(double at) {
        long whole = (long) at;
        return Instant.ofEpochSecond(START + whole, (long) ((at - whole) * 1e9));
    }
}
