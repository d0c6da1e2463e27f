package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.onlyProblem;
import static sluice.config.Configuration.upstream;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailoverTableTest {
    /** With the table's header six lines. */
    private static final String HEADER = upstream("main") + "[failover]\n";

    @Test
    void whatIsNotWrittenHasItsDefault() {
        assertThat(load(upstream("main")).failover())
                .isEqualTo(new FailoverConfig(
                        Duration.ofSeconds(60),
                        AfterHold.KEEP,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(150),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60)));
    }

    @Test
    void everyKeyIsRead() {
        assertThat(load(HEADER + """
                hold = "1s"
                after_hold = "close"
                failback_after = "2s"
                switch_timeout = "3s"
                no_job_timeout = "40s"
                rejects_timeout = "50s"
                redistribute_after = "6s"
                rebalance_interval = "7s"
                """).failover())
                .isEqualTo(new FailoverConfig(
                        Duration.ofSeconds(1),
                        AfterHold.CLOSE,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(40),
                        Duration.ofSeconds(50),
                        Duration.ofSeconds(6),
                        Duration.ofSeconds(7)));
    }

    @Test
    void soloAfterTheHoldNeedsTemplates() {
        assertThat(onlyProblem(HEADER + "after_hold = \"solo\"\n"))
                .isEqualTo("f:7:1: failover.after_hold is \"solo\", and there is no [solo];"
                        + " write [solo] with the payout of a block, and a [[template_source]]");
        assertThat(onlyProblem(HEADER + "after_hold = \"open\"\n"))
                .isEqualTo("f:7:1: failover.after_hold is no such choice; write \"keep\", \"close\" or \"solo\"");
        assertThat(load(SoloTablesTest.SOLO + HEADER + "after_hold = \"solo\"\n")
                        .failover()
                        .afterHold())
                .isEqualTo(AfterHold.SOLO);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hold                | 0s  | 24h | -1s   | 86401s",
                "failback_after      | 1s  | 24h | 999ms | 86401s",
                "switch_timeout      | 1s  | 60s | 999ms | 61s",
                "no_job_timeout      | 30s | 24h | 29s   | 86401s",
                "rejects_timeout     | 10s | 1h  | 9s    | 3601s",
                "redistribute_after  | 0s  | 1h  | -1s   | 3601s",
                "rebalance_interval  | 1s  | 1h  | 999ms | 3601s",
            })
    void eachLimitHoldsAtItsEdge(String key, String least, String most, String less, String more) {
        for (String allowed : new String[] {least, most}) {
            assertThat(load(HEADER + key + " = \"" + allowed + "\"\n")).isNotNull();
        }
        for (String refused : new String[] {less, more}) {
            assertThat(onlyProblem(HEADER + key + " = \"" + refused + "\"\n")).startsWith("f:7:1: failover." + key);
        }
    }
}
