package sluice.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SimulationTest {
    @Test
    void holdsEveryInvariantOnManySeeds() {
        long first = Long.getLong("simulation.first", 1);
        long count = Long.getLong("simulation.count", 20);
        for (long seed = first; seed < first + count; seed++) {
            long started = System.nanoTime();
            Outcome outcome = Simulation.run(seed);
            System.out.println(outcome + " in " + (System.nanoTime() - started) / 1_000_000 + " ms");
        }
        assertThat(count).isPositive();
    }
}
