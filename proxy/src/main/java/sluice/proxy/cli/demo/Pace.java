package sluice.proxy.cli.demo;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import sluice.config.VardiffConfig;
import sluice.protocol.bitcoin.Hashrate;
import sluice.proxy.miner.netty.CpuMiner;
import sluice.upstream.template.SimulatedChain;

/**
 * How fast the farm's miners are, and what follows from it for difficulties and chains.
 *
 * @param load part of a processor that an average miner takes
 * @param minerHashrate hashes per second of such a miner
 */
record Pace(int miners, double load, double minerHashrate) {
    /** SV1 miners are told so many digits, so this difficulty is the same number for everybody. */
    private static final MathContext DIGITS = new MathContext(6, RoundingMode.DOWN);

    private static final double MINUTE_SECONDS = 60;
    private static final int MOST_MEASUREMENTS = 25;
    private static final int ENOUGH_WORSE = 3;

    /** Measures this machine, which takes a second or a few. */
    static Pace of(int miners, double partOfMachine) {
        double load = Math.min(1, partOfMachine * Runtime.getRuntime().availableProcessors() / miners);
        return new Pace(miners, load, hashesPerSecond() * load);
    }

    // A machine that is busy with other things compiles late, and finds a hundredth of its hashrate at first.
    private static double hashesPerSecond() {
        double best = 0;
        int worse = 0;
        for (int i = 0; i < MOST_MEASUREMENTS && worse < ENOUGH_WORSE; i++) {
            double hashrate = CpuMiner.measureHashrate();
            worse = hashrate > best ? 0 : worse + 1;
            best = Math.max(best, hashrate);
        }
        return best;
    }

    double farmHashrate() {
        return minerHashrate * miners;
    }

    /** Steers to so many shares a minute, and begins with what a miner of {@code hashesPerSecond} needs for that. */
    static VardiffConfig steered(double hashesPerSecond, double sharesPerMinute) {
        double least = VardiffConfig.DIFFICULTY.least();
        return new VardiffConfig(
                true, sharesPerMinute, least, Math.max(least, difficulty(hashesPerSecond, sharesPerMinute)));
    }

    /** Always the difficulty at which an average miner of this farm finds so many shares a minute. */
    VardiffConfig fixed(double sharesPerMinute) {
        double difficulty = new BigDecimal(difficulty(minerHashrate, sharesPerMinute))
                .round(DIGITS)
                .doubleValue();
        double least = VardiffConfig.DIFFICULTY.least();
        return new VardiffConfig(false, sharesPerMinute, least, Math.max(least, difficulty));
    }

    /** A chain on which this farm finds a block in each interval. */
    SimulatedChain.Settings chain(Duration blockInterval) {
        return SimulatedChain.Settings.regtest(blockInterval)
                .withStartTarget(
                        Hashrate.targetFor(farmHashrate(), MINUTE_SECONDS / (blockInterval.toMillis() / 1000.0)));
    }

    private static double difficulty(double hashesPerSecond, double sharesPerMinute) {
        double secondsPerShare = MINUTE_SECONDS / sharesPerMinute;
        return hashesPerSecond * secondsPerShare / FarmSummary.HASHES_PER_DIFFICULTY;
    }
}
