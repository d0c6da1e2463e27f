package sluice.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.proxy.cli.flood.EventsBench;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchEventsCommandTest extends ExecutedCommands {
    @Test
    void noShareIsLostWhateverReadersDoAndWhoKeepsUpMissesNothing() {
        assertThat(execute(
                        "bench",
                        "events",
                        "--miners",
                        "5",
                        "--readers",
                        "" + EventsBench.MAX_READERS,
                        "--time",
                        "1s",
                        "--rounds",
                        "1",
                        "--json"))
                .isZero();

        JsonNode report = JsonMapper.shared().readTree(out.toString());
        assertThat(report.get("accepted").asInt())
                .isPositive()
                .isEqualTo(report.get("submitted").asInt());
        assertThat(report.get("lost_events").asInt()).isZero();
        assertThat(report.get("api_refusals").size()).isZero();
        assertThat(report.get("parts")
                        .valueStream()
                        .map(part -> part.get("pace").asString() + " x "
                                + part.get("readers").asInt()))
                .containsExactly("none x 0", "fast x 1", "slow x 60", "stuck x 60");
        for (JsonNode part : report.get("parts")) {
            assertThat(part.get("shares").asInt()).isPositive();
            assertThat(part.get("p99_ms").asDouble()).isPositive();
            // The system counts in hundredths of a second.
            assertThat(part.get("cpu_seconds_gateway").asDouble()).isNotNegative();
            assertThat(part.get("events_missed_by_id").asInt())
                    .as("whoever misses events is told how many")
                    .isEqualTo(part.get("events_missed_told").asInt());
        }
        assertThat(report.get("parts").get(1).get("events_read").asInt()).isPositive();
        assertThat(report.get("parts").get(2).get("events_read").asInt()).isPositive();
        assertThat(report.get("parts").get(3).get("events_read").asInt()).isZero();
        assertThat(report.get("p99_ms").propertyNames()).containsExactly("none", "fast", "slow", "stuck");
    }

    @Test
    void saysTheSameInWords() {
        assertThat(execute("bench", "events", "--miners", "2", "--readers", "1", "--time", "500ms", "--rounds", "1"))
                .isZero();
        assertThat(out.toString())
                .containsPattern("miners 2( \\(real-time\\))?, cores ")
                .contains("p99 (median of 1 rounds), ms: none ")
                .contains("refused {}, unanswered 0, connections lost {}")
                .contains("refused by the API {}; events lost inside the gateway 0");
    }

    @ParameterizedTest
    @CsvSource({
        "--miners,0",
        "--readers,0",
        "--rounds,0",
        "--readers," + (EventsBench.MAX_READERS + 1),
        "--rounds," + (EventsBench.MAX_ROUNDS + 1)
    })
    void refusesNumbersThatComeToNothingOrToTooMuch(String option, int number) {
        assertThat(execute("bench", "events", option, "" + number)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(option + " is " + number);
    }
}
