package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.onlyProblem;
import static sluice.config.Configuration.problems;
import static sluice.config.Configuration.upstream;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Descriptor;
import sluice.protocol.bitcoin.Script;

class PayoutKeysTest {
    private static final String ADDRESS = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    private static final String TESTNET_ADDRESS = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx";
    private static final Bytes SCRIPT = Script.p2wpkh(Bytes.fromHex("751e76e8199196d454941c45d1b3a323f1433bd6"));

    private static PayoutConfig payout(String keys) {
        return load(upstream("main") + keys).routing().upstream("main").payout();
    }

    @Test
    void withoutThemAPoolMayPayWhomItLikes() {
        assertThat(payout("")).isEqualTo(PayoutConfig.NONE);
    }

    @Test
    void allThreeAreReadAndAnAddressMayBeOfAnyNetwork() {
        PayoutConfig read = payout("payout = [\"" + ADDRESS + "\", \"" + TESTNET_ADDRESS
                + "\", \"raw(51)\"]\npayout_percent = 98\npayout_mismatch = \"failover\"\n");
        assertThat(read.accepted())
                .extracting(Descriptor::script)
                .isEqualTo(List.of(SCRIPT, SCRIPT, Bytes.fromHex("51")));
        assertThat(read.leastPercent()).isEqualTo(98);
        assertThat(read.failover()).isTrue();
        assertThat(payout("payout = [\"" + ADDRESS + "\"]\n").failover()).isFalse();
    }

    @Test
    void whatIsNoAddressIsNamed() {
        assertThat(onlyProblem(upstream("main") + "payout = [\"" + ADDRESS.replace('8', '9') + "\"]\n"))
                .startsWith("f:6:11: upstream.main.payout pays nobody:");
        assertThat(onlyProblem(upstream("main") + "payout = [\"" + ADDRESS + "\"]\npayout_mismatch = \"leave\"\n"))
                .contains("upstream.main.payout_mismatch is no such choice; write \"warn\" or \"failover\"");
    }

    @Test
    void theOtherKeysMeanNothingAlone() {
        assertThat(problems(upstream("main") + "payout_percent = 5\npayout_mismatch = \"warn\"\n"))
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem).contains("says nothing without payout"));
    }

    @Test
    void thereAreAtMostSixteen() {
        String most = String.join(", ", Collections.nCopies(PayoutConfig.MAX_ACCEPTED, "\"" + ADDRESS + "\""));
        assertThat(payout("payout = [" + most + "]\n").accepted()).hasSize(16);
        assertThat(onlyProblem(upstream("main") + "payout = [" + most + ", \"" + ADDRESS + "\"]\n"))
                .contains("has 17 entries; write at most 16");
    }

    @Test
    void aPercentageEndsAtAHundred() {
        String payout = upstream("main") + "payout = [\"" + ADDRESS + "\"]\npayout_percent = ";
        assertThat(load(payout + "100\n")).isNotNull();
        assertThat(onlyProblem(payout + "101\n")).contains("upstream.main.payout_percent is 101, out of range");
    }
}
