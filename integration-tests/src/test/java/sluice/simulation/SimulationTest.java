package sluice.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs seeds; {@code -Dsimulation.first} and {@code -Dsimulation.count} choose others. */
class SimulationTest {
    private static final long SEEDS = 250;
    private static final long SOAK_SEEDS = 10_000;

    @Test
    void holdsEveryInvariantOnHundredsOfSeeds() {
        Totals totals = Totals.of(seeds(SEEDS), 1);
        System.out.println(totals);
        assertThat(totals.switches()).isPositive();
        assertThat(totals.failures()).isEmpty();
    }

    @Test
    @Tag("soak")
    void holdsEveryInvariantOnThousandsOfSeeds() {
        Totals totals = Totals.of(seeds(SOAK_SEEDS), Runtime.getRuntime().availableProcessors());
        System.out.println(totals);
        assertThat(totals.failures()).isEmpty();
    }

    @Test
    void goesTheSameWayForTheSameSeed() {
        for (long seed = 1; seed <= 3; seed++) {
            Outcome first = Simulation.run(seed);
            Outcome second = Simulation.run(seed);
            assertThat(second.trace()).as("trace of seed %d", seed).isEqualTo(first.trace());
            assertThat(second.tasks()).isEqualTo(first.tasks());
        }
    }

    private static Totals.Seeds seeds(long count) {
        return new Totals.Seeds(Long.getLong("simulation.first", 1), Long.getLong("simulation.count", count));
    }
}
