package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** One run: a gateway between pools and miners, trouble for a while, then calm; a pure function of its seed. */
final class Simulation {
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(4);
    private static final Duration SHORTEST_TROUBLE = Duration.ofSeconds(60);
    private static final Duration LONGEST_TROUBLE = Duration.ofMinutes(12);
    /** What every timeout, every pause between attempts and every patience of a miner fits in. */
    private static final Duration RECOVERY = Duration.ofMinutes(7);

    private static final Duration DRAIN = Duration.ofSeconds(60);

    private final long seed;
    private final World world;
    private final Site site;

    private Simulation(long seed, boolean inWords) {
        this.seed = seed;
        Chance chance = new Chance(seed);
        this.world = World.of(chance.split(), inWords);
        this.site = new Site(world, chance.split());
    }

    /** Runs this seed. Throws AssertionError that begins with {@code seed=N} and tells how the run ended, if it ended badly. */
    static Outcome run(long seed) {
        try {
            return new Simulation(seed, false).run();
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError("seed=" + seed + ": " + failure.getMessage() + "\n" + story(seed), failure);
        }
    }

    /** The end of this run in words. */
    private static String story(long seed) {
        Simulation again = new Simulation(seed, true);
        try {
            again.run();
            return "(the same seed ran well the second time: something here is no function of the seed)";
        } catch (AssertionError | RuntimeException expected) {
            return again.world.faults() + "\n"
                    + String.join("\n", again.world.trace().lines());
        }
    }

    private Outcome run() {
        site.start();
        Chance chance = new Chance(~seed);
        passWatching(chance.spread(SHORTEST_TROUBLE, LONGEST_TROUBLE));
        world.trace().tell("calm begins");
        world.faults().end();
        site.calmDown();
        passWatching(RECOVERY);
        site.checkAtRest();
        site.standStill();
        passWatching(DRAIN);
        await(site::isUpToDate, site::whatIsLate);
        site.prove();
        passWatching(DRAIN);
        site.checkSettled();
        return site.outcome(seed);
    }

    private void passWatching(Duration span) {
        for (Duration left = span; left.isPositive(); left = left.minus(LOOK_INTERVAL)) {
            world.time().pass(left.compareTo(LOOK_INTERVAL) < 0 ? left : LOOK_INTERVAL);
            site.check();
        }
    }

    private void await(BooleanSupplier condition, Supplier<String> otherwise) {
        for (Duration waited = Duration.ZERO; !condition.getAsBoolean(); waited = waited.plusSeconds(1)) {
            require(waited.compareTo(DRAIN) < 0, "%s", otherwise.get());
            world.time().pass(Duration.ofSeconds(1));
        }
    }
}
