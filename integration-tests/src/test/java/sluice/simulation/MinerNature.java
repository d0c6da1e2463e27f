package sluice.simulation;

import java.time.Duration;

/**
 * How one miner is.
 *
 * @param protocol what it speaks
 * @param channels SV2 channels it wants at most
 * @param standardOnly an SV2 device that cannot take extended jobs
 * @param needsVersionRolling an SV2 device that cannot work without
 * @param rollsVersion whether it rolls version bits where it may
 * @param startsOver with each job it begins its search at the same place, as firmware does
 * @param tryInterval mean time between two looks at its hashes
 * @param noncesPerTry hashes it makes in between
 * @param hold the longest it keeps a share before it sends it
 * @param mischief chance that a share is followed by one that is no good
 * @param pipelines it sends its whole handshake without waiting for answers
 * @param floodsPerMinute bursts of worthless shares
 * @param whimsPerMinute closing and opening channels, other targets, needless requests
 * @param vanishesPerMinute times it is gone without a word
 * @param quitsPerMinute times it closes and comes back
 * @param stallsPerMinute times it stops to read
 * @param patience it leaves a gateway that says nothing for so long
 * @param comesBack the longest pause before it connects again
 */
record MinerNature(
        Port.Protocol protocol,
        int channels,
        boolean standardOnly,
        boolean needsVersionRolling,
        boolean rollsVersion,
        boolean startsOver,
        Duration tryInterval,
        int noncesPerTry,
        Duration hold,
        double mischief,
        boolean pipelines,
        double floodsPerMinute,
        double whimsPerMinute,
        double vanishesPerMinute,
        double quitsPerMinute,
        double stallsPerMinute,
        Duration patience,
        Duration comesBack) {
    static MinerNature drawn(Chance chance) {
        boolean sv1 = chance.happens(0.5);
        return new MinerNature(
                sv1 ? Port.Protocol.SV1 : Port.Protocol.SV2,
                sv1 ? 1 : chance.oneOf(1, 1, 2, 4),
                !sv1 && chance.happens(0.3),
                !sv1 && chance.happens(0.15),
                chance.happens(0.6),
                chance.happens(0.5),
                chance.spread(Duration.ofMillis(400), Duration.ofSeconds(6)),
                chance.between(2, 16),
                chance.happens(0.6) ? Duration.ZERO : chance.spread(Duration.ofMillis(50), Duration.ofSeconds(30)),
                chance.happens(0.4) ? 0 : chance.between(0.02, 0.5),
                chance.happens(0.5),
                chance.rate(0.05, 1),
                chance.rate(0.1, 4),
                chance.rate(0.05, 1),
                chance.rate(0.05, 2),
                chance.rate(0.05, 1),
                chance.spread(Duration.ofSeconds(130), Duration.ofSeconds(300)),
                chance.spread(Duration.ofMillis(100), Duration.ofSeconds(30)));
    }

    /** Hashes per second. */
    double hashrate() {
        return noncesPerTry / (tryInterval.toNanos() / 1e9);
    }
}
