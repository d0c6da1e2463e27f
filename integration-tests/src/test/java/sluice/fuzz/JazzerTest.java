package sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.config.DurationText;

/**
 * Long runs, guided by coverage: {@code -Dfuzz.time} for each target, {@code -Dfuzz.target} for some alone, between commas, and {@code
 * -Dfuzz.keep=true} writes what they reach into the corpus.
 */
@Tag("fuzz")
class JazzerTest {
    private static final Duration TIME = DurationText.parse(System.getProperty("fuzz.time", "60s"));
    private static final String ONLY = System.getProperty("fuzz.target", "");

    static Stream<FuzzTarget> targets() {
        return ONLY.isEmpty()
                ? Arrays.stream(FuzzTarget.values())
                : Arrays.stream(ONLY.split(",")).map(FuzzTarget::named);
    }

    @ParameterizedTest
    @MethodSource("targets")
    void nothingButWhatIsMeantToHappenHappens(FuzzTarget target) throws IOException, InterruptedException {
        JazzerRun jazzer = new JazzerRun(target);
        JazzerRun.Report report = jazzer.run(TIME);
        System.out.println(report);
        assertThat(report.finding()).isEmpty();
        assertThat(report.inputs()).isPositive();
        if (Boolean.getBoolean("fuzz.keep")) {
            Corpus.keep(target, jazzer.condensed());
        }
    }
}
