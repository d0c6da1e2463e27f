package sluice.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import sluice.proxy.cli.flood.Flood;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchFloodCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... arguments) {
        CommandLine line = Sluice.commandLine(Map.of());
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(arguments);
    }

    @Test
    void printsOneJsonObjectWithBothParts() {
        assertThat(execute(
                        "bench",
                        "flood",
                        "--miners",
                        "3",
                        "--hostiles",
                        "10",
                        "--quiet",
                        "1s",
                        "--flood",
                        "1s",
                        "--json"))
                .isZero();
        JsonNode report = JsonMapper.shared().readTree(out.toString());
        assertThat(report.get("quiet").get("shares").asInt()).isPositive();
        assertThat(report.get("flood").get("p99_ms").asDouble()).isPositive();
        assertThat(report.get("accepted").asInt())
                .isEqualTo(report.get("submitted").asInt());
        assertThat(report.get("hostile_connections").size()).isEqualTo(10);
        assertThat(report.get("connections_after").asInt()).isEqualTo(3);
    }

    @Test
    void saysTheSameInWords() {
        assertThat(execute(
                        "bench",
                        "flood",
                        "--miners",
                        "2",
                        "--hostiles",
                        "1",
                        "--quiet",
                        "1s",
                        "--flood",
                        "1s",
                        "--no-bans"))
                .isZero();
        assertThat(out.toString())
                .contains("honest miners 2, hostile clients 1, bans off")
                .contains("refused {}, unanswered 0, connections lost {}");
    }

    @ParameterizedTest
    @CsvSource({"--hostiles,0", "--miners,0", "--shares-per-second,0", "--hostiles," + (Flood.MAX_CLIENTS + 1)})
    void refusesNumbersThatComeToNothingOrToTooMuch(String option, int number) {
        assertThat(execute("bench", "flood", option, "" + number)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(option + " is " + number);
    }
}
