package sluice.simulation;

import java.time.Duration;

/**
 * How one pool is, whatever its mood.
 *
 * @param prefixLength bytes of extranonce it keeps for itself
 * @param spareGrant bytes it grants beyond what was asked for
 * @param leastDifficulty the easiest target it sets
 * @param mostDifficulty the hardest it sets of its own will
 * @param deepestPath most siblings in a merkle path
 * @param fixedVersion it forbids version rolling at setup
 * @param rollingJobs part of its jobs that allow version rolling
 * @param withWitness part of its jobs that still carry their BIP141 parts
 * @param futureJobs chance that a job for the next tip is announced ahead
 * @param floodsFutures it announces many such jobs at once
 * @param repeatsFutureIds it announces such a job anew under the id it had
 * @param verdictBatch accepted shares it answers with one message
 * @param verdictDelay the longest an accepted share waits for that
 * @param tipDelay the longest it takes to hear of a block
 * @param actInterval mean time between jobs, targets, prefixes
 */
record PoolNature(
        int prefixLength,
        int spareGrant,
        double leastDifficulty,
        double mostDifficulty,
        int deepestPath,
        boolean fixedVersion,
        double rollingJobs,
        double withWitness,
        double futureJobs,
        boolean floodsFutures,
        boolean repeatsFutureIds,
        int verdictBatch,
        Duration verdictDelay,
        Duration tipDelay,
        Duration actInterval) {
    static PoolNature drawn(Chance chance) {
        double least = chance.spread(1e-9, 1e-8);
        return new PoolNature(
                chance.between(1, 12),
                chance.between(0, 8),
                least,
                least * chance.spread(1, 20),
                chance.between(0, 6),
                chance.happens(0.1),
                chance.happens(0.7) ? 1 : chance.between(0.0, 1.0),
                chance.happens(0.7) ? 0 : 1,
                chance.between(0.0, 1.0),
                chance.happens(0.1),
                chance.happens(0.15),
                chance.happens(0.5) ? 1 : chance.between(2, 30),
                chance.spread(Duration.ofMillis(10), Duration.ofSeconds(20)),
                chance.spread(Duration.ofMillis(1), Duration.ofSeconds(5)),
                chance.spread(Duration.ofSeconds(2), Duration.ofSeconds(40)));
    }
}
