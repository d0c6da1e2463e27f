package sluice.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.proxy.cli.flood.Flood;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchFloodCommandTest extends ExecutedCommands {
    @Test
    void printsOneJsonObjectWithAllParts() {
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
                        "--floods",
                        "2",
                        "--json"))
                .isZero();
        JsonNode report = JsonMapper.shared().readTree(out.toString());
        assertThat(report.get("miners_real_time").isBoolean()).isTrue();
        assertThat(report.get("quiet").get("shares").asInt()).isPositive();
        assertThat(report.get("quiet").get("cpu_seconds_miners").asDouble()).isNotNegative();
        assertThat(report.get("floods").size()).isEqualTo(2);
        for (JsonNode flood : report.get("floods")) {
            assertThat(flood.get("p99_ms").asDouble()).isPositive();
            // The system counts in hundredths of a second, and clients get what a busy machine leaves.
            assertThat(flood.get("cpu_seconds_gateway").asDouble()).isNotNegative();
            assertThat(flood.get("cpu_seconds_hostiles").asDouble()).isNotNegative();
            assertThat(flood.get("hostile_connections").size()).isEqualTo(10);
            assertThat(flood.get("hostile_connections")
                            .valueStream()
                            .mapToLong(JsonNode::asLong)
                            .sum())
                    .isPositive();
            assertThat(flood.get("heap_mib").asDouble()).isPositive();
            assertThat(flood.get("connections_after").asInt()).isEqualTo(3);
        }
        assertThat(report.get("accepted").asInt())
                .isPositive()
                .isEqualTo(report.get("submitted").asInt());
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
                        "--floods",
                        "1",
                        "--no-bans"))
                .isZero();
        assertThat(out.toString())
                .containsPattern("honest miners 2( \\(real-time\\))?, hostile clients 1, bans off")
                .contains("refused {}, unanswered 0, connections lost {}");
    }

    @ParameterizedTest
    @CsvSource({
        "--hostiles,0",
        "--miners,0",
        "--shares-per-second,0",
        "--floods,0",
        "--hostiles," + (Flood.MAX_CLIENTS + 1),
        "--floods," + (Flood.MAX_FLOODS + 1)
    })
    void refusesNumbersThatComeToNothingOrToTooMuch(String option, int number) {
        assertThat(execute("bench", "flood", option, "" + number)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(option + " is " + number);
    }
}
