package sluice.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.proxy.mining.vardiff.bench.VardiffBench;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchVardiffCommandTest extends ExecutedCommands {
    @Test
    void printsOneJsonObjectWithEveryScenarioRateAndRule() {
        assertThat(execute("bench", "vardiff", "--seeds", "2", "--json")).isZero();
        JsonNode report = JsonMapper.shared().readTree(out.toString());
        assertThat(report.get("seeds").asInt()).isEqualTo(2);
        assertThat(report.get("results").size()).isEqualTo(9 * VardiffBench.RATES.size() * 3);
        JsonNode first = report.get("results").get(0);
        assertThat(first.get("scenario").asString()).isEqualTo("cold_too_hard");
        assertThat(first.get("rule").asString()).isEqualTo("sluice");
        assertThat(first.get("settled_5min").asDouble()).isPositive();
        assertThat(report.get("bound_noticed_5min_drop_50").get("6").asDouble()).isBetween(0.7, 0.9);
    }

    @Test
    void printsATableForEachScenario() {
        assertThat(execute("bench", "vardiff", "--seeds", "1")).isZero();
        assertThat(out.toString())
                .contains("start 1000 times too hard", "-50 %", "10 min on, 10 min off", "classic", "ckpool", "never");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, VardiffBench.MAX_SEEDS + 1})
    void refusesSeedsThatComeToNothingOrTakeForEver(int seeds) {
        assertThat(execute("bench", "vardiff", "--seeds", "" + seeds)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--seeds is " + seeds);
    }

    @Test
    void benchAloneAsksForAPart() {
        assertThat(execute("bench")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("Name a part to measure");
    }
}
