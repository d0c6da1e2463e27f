package sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs what is kept of each target, and inputs that chance makes of it, without looking at what they reach; {@code
 * -Dfuzz.seed} gives others, {@code -Dfuzz.inputs} so many times more.
 */
class FuzzTest {
    private static final long SEED = Long.getLong("fuzz.seed", 1);
    private static final int TIMES = Integer.getInteger("fuzz.inputs", 1);

    @ParameterizedTest
    @EnumSource
    void nothingButWhatIsMeantToHappenHappens(FuzzTarget target) {
        List<byte[]> kept = Corpus.of(target);
        assertThat(kept).isNotEmpty();
        kept.forEach(input -> run(target, input));
        Mutator mutator = new Mutator(SEED, kept);
        int inputs = target.inputs() * TIMES;
        for (int i = 0; i < inputs; i++) {
            run(target, mutator.next());
        }
        System.out.printf("%s: %d inputs kept, %d made by chance%n", target.label(), kept.size(), inputs);
    }

    private static void run(FuzzTarget target, byte[] input) {
        try {
            target.run(input);
        } catch (RuntimeException | Error failure) {
            throw new AssertionError(
                    "seed %d, input for %s: %s"
                            .formatted(SEED, target.label(), HexFormat.of().formatHex(input)),
                    failure);
        }
    }
}
