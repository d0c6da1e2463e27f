package sluice.endtoend.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.endtoend.EdgeGateway;
import sluice.proxy.event.GatewayEvent;

/** Coinbases of more bytes than a machine is known to take: its operator hears of them, and nobody loses a job. */
class CoinbaseBudgetTest extends FirmwareScenario {
    // Of the script's length, as soon as the script is longer than 252 bytes.
    private static final int MORE_BYTES_OF_LENGTH = 2;

    @ParameterizedTest
    @CsvSource({
        "NiceHash/1.0.0, 500, builtin.nicehash",
        "Antminer S19j Pro/Tue Mar 5 2024, 750, builtin.antminer",
        "bmminer/2.0.0, 750, builtin.antminer",
        "Antminer S21/Fri Feb 2 17:03:40 CST 2024, 2250, builtin.antminer-s21",
        "bosminer-plus-tuner 0.2.0, 2250, builtin.antminer-s21",
        "cgminer/4.11.1 Avalon1246, 6000, builtin.avalon",
        "whatsminer/v1.1, 6500, builtin.whatsminer",
        "bitaxe/BM1370/v2.6.0, 6500, builtin.esp-miner",
        "xminer-1.2.6, 16000, builtin.vnish"
    })
    void aCoinbaseOfOneByteMoreThanAMachineTakesIsReportedOnceAndMinedAllTheSame(
            String agent, int budget, String profile) throws IOException, InterruptedException {
        Firmware machine = mining(Dialect.CGMINER.as(agent));
        mineCoinbaseOf(budget, machine);
        assertThat(gateway.seen().coinbasesBeyondBudget()).isZero();

        mineCoinbaseOf(budget + 1, machine);
        mineCoinbaseOf(budget + 2, machine);

        assertThat(gateway.seen().coinbasesBeyondBudget()).isEqualTo(1);
        assertThat(gateway.events().all(GatewayEvent.CoinbaseBeyondBudget.class))
                .singleElement()
                .satisfies(beyond -> {
                    assertThat(beyond.coinbaseBytes()).isEqualTo(budget + 1);
                    assertThat(beyond.profile().names()).startsWith(profile);
                });
    }

    @Test
    void aMachineOfWhichNoBudgetIsKnownIsNobodysConcern() throws IOException, InterruptedException {
        Firmware machine = mining(Dialect.CGMINER);
        mineCoinbaseOf(20_000, machine);
        assertThat(gateway.seen().coinbasesBeyondBudget()).isZero();
    }

    @Test
    void theOperatorsBudgetCountsBeforeWhatIsKnownOfTheMachine() throws IOException, InterruptedException {
        gateway = gatewayTo(pool, EdgeGateway.Plan.EASY.withProfiles(WrittenProfiles.forAll("coinbase_budget = 1000")));
        Firmware s19 = mining(Dialect.CGMINER.as("Antminer S19/x"));
        mineCoinbaseOf(1000, s19);
        assertThat(gateway.seen().coinbasesBeyondBudget()).isZero();
        mineCoinbaseOf(1001, s19);
        assertThat(gateway.seen().coinbasesBeyondBudget()).isEqualTo(1);
    }

    /** A block is found, and the coinbase on top of it has so many bytes, as the machine hashes it. */
    private void mineCoinbaseOf(int bytes, Firmware machine) {
        pool.newTip();
        int least = machine.hearsWorkOn(tip()).coinbaseBytes();
        pool.newTip(bytes - least - MORE_BYTES_OF_LENGTH);
        assertThat(machine.hearsWorkOn(tip()).coinbaseBytes()).isEqualTo(bytes);
        machine.mines(1);
    }
}
