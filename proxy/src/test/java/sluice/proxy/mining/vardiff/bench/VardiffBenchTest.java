package sluice.proxy.mining.vardiff.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A small version of {@code sluice bench vardiff}: fixed seeds, and margins wide enough for other seeds to pass as well. */
class VardiffBenchTest {
    private final VardiffBench bench = new VardiffBench(200, SplittableRandom::new);

    private Map<String, Double> measure(Scenario scenario, double sharesPerMinute, Rule rule) {
        return bench.run(scenario, sharesPerMinute, rule).figures();
    }

    @ParameterizedTest
    @CsvSource({
        "COLD_TOO_HARD,6,0.95,2",
        "COLD_TOO_EASY,6,0.95,0.6",
        "COLD_ANY,6,0.94,1.5",
        "COLD_TOO_HARD,20,0.97,1.5",
        "COLD_ANY,20,0.97,1",
        "COLD_ANY,60,0.98,1"
    })
    void settlesFromAWrongGuessWithinMinutes(
            Scenario scenario, double sharesPerMinute, double withinFiveMinutes, double medianMinutes) {
        Map<String, Double> figures = measure(scenario, sharesPerMinute, Rule.SLUICE);
        assertThat(figures.get("settled_5min")).isGreaterThan(withinFiveMinutes);
        assertThat(figures.get("settled_p50_min")).isLessThan(medianMinutes);
    }

    @ParameterizedTest
    @ValueSource(doubles = {6, 12, 20})
    void leavesASteadyMinerAlone(double sharesPerMinute) {
        Map<String, Double> figures = measure(Scenario.STEADY, sharesPerMinute, Rule.SLUICE);
        assertThat(figures.get("changes_per_hour")).isLessThan(1.3);
        assertThat(figures.get("rate_error_mean")).isLessThan(0.08);
        assertThat(figures.get("rate_error_p95")).isLessThan(0.18);
    }

    @ParameterizedTest
    @CsvSource({
        "DROP_50,6,0.55,5",
        "DROP_50,12,0.84,3",
        "DROP_50,20,0.95,2",
        "DROP_90,6,0.96,2",
        "DROP_90,20,0.98,1",
        "RISE_100,6,0.75,3.5",
        "RISE_100,20,0.97,1.5"
    })
    void noticesAnotherHashrateWithinMinutes(
            Scenario scenario, double sharesPerMinute, double withinFiveMinutes, double medianMinutes) {
        Map<String, Double> figures = measure(scenario, sharesPerMinute, Rule.SLUICE);
        assertThat(figures.get("noticed_5min")).isGreaterThan(withinFiveMinutes);
        assertThat(figures.get("noticed_p50_min")).isLessThan(medianMinutes);
    }

    @Test
    void aMinerThatComesAndGoesIsMostlyRightAndFloodsNobody() {
        Map<String, Double> figures = measure(Scenario.FLAPPING, 6, Rule.SLUICE);
        assertThat(figures.get("time_right")).isGreaterThan(0.85);
        assertThat(figures.get("shares_of_wanted")).isLessThan(2.2);
        assertThat(figures.get("changes_per_hour")).isLessThan(10);
    }

    @Test
    void anIdleMinerIsToldLittleAndComesBackWithoutAFlood() {
        Map<String, Double> figures = measure(Scenario.IDLE, 6, Rule.SLUICE);
        assertThat(figures.get("changes")).isLessThan(2.5);
        assertThat(figures.get("flood_p99")).isLessThan(10);
    }

    @ParameterizedTest
    @CsvSource({"DROP_50,6", "DROP_50,20", "DROP_90,6", "DROP_90,20", "RISE_100,6", "RISE_100,20"})
    void noticesEarlierThanTheReferenceDoes(Scenario scenario, double sharesPerMinute) {
        assertThat(measure(scenario, sharesPerMinute, Rule.SLUICE).get("noticed_5min"))
                .isGreaterThan(measure(scenario, sharesPerMinute, Rule.CLASSIC).get("noticed_5min") + 0.2);
    }

    @ParameterizedTest
    @EnumSource
    void theSameChanceGivesTheSameFigures(Rule rule) {
        assertThat(measure(Scenario.COLD_ANY, 12, rule)).isEqualTo(measure(Scenario.COLD_ANY, 12, rule));
    }

    @Test
    void noTestNoticesHalvedSixSharesAMinuteInNineOfTenCasesForOneChangeAnHour() {
        double bound = new DetectionBound(6, new SplittableRandom(1)).probability();
        assertThat(bound).isBetween(0.74, 0.87);
        assertThat(measure(Scenario.DROP_50, 6, Rule.SLUICE).get("noticed_5min"))
                .isLessThan(bound + 0.05);
    }
}
