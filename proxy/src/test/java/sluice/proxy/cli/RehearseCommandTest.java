package sluice.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RehearseCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... arguments) {
        CommandLine line = Sluice.commandLine(Map.of());
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(arguments);
    }

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
