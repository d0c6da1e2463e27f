package sluice.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RehearseCommandTest extends ExecutedCommands {
    @Test
    void carriesOutBothPartsAndPrintsNoResult() {
        // In a second no share may come, so what a demo promises need not hold.
        assertThat(execute("rehearse", "--time", "1s", "--hostiles", "50"))
                .as(err.toString())
                .isLessThan(ExitCode.USAGE);
        assertThat(err.toString()).contains("Miners connect to");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void failsAsAWrongCommandLineOfAPart() {
        assertThat(execute("rehearse", "--time", "soon")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--duration", "--flood");
    }

    @Test
    void isNothingThatPeopleAreToldOf() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString()).contains("bench").doesNotContain("rehearse");
    }
}
