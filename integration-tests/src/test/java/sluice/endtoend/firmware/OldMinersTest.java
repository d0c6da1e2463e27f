package sluice.endtoend.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.endtoend.PoolScript;

/** Miners that are older than version rolling, and those that never learned it. */
class OldMinersTest extends FirmwareScenario {
    private static final Dialect BFGMINER = Dialect.CGMINER
            .as("bfgminer/5.5.0")
            .loggingIn(
                    "{\"id\": 1, \"method\": \"mining.subscribe\", \"params\": [\"AGENT\"]}",
                    "{\"id\": 2, \"method\": \"mining.authorize\", \"params\": [\"USER\", \"x\"]}");

    @Test
    void bfgminersNotificationsInFrontOfItsSubscribeAreNoRequestsAndNoOffence() throws IOException {
        Firmware bfgminer = connects(BFGMINER)
                .says("{\"id\": null, \"method\": \"mining.capabilities\", \"params\": [{\"notify\": []}]}")
                .says("{\"id\": null, \"method\": \"mining.suggest_target\", \"params\": [\"" + "0".repeat(8)
                        + "f".repeat(56) + "\"]}")
                .logsIn();
        bfgminer.hearsWork();
        bfgminer.mines(2);
    }

    @Test
    void bfgminerHasAtLeastOneByteToRoll() throws IOException {
        assertThat(connects(BFGMINER).logsIn().extranonce2Size()).isPositive();
    }

    @Test
    void cpuminerReadsOneLineBehindItsSubscribeAndThatIsTheAnswer() throws IOException {
        gateway.awaitPool();
        Firmware cpuminer =
                connects(Dialect.CPUMINER).says(Dialect.CPUMINER.login(USER).getFirst());
        pool.newTip();
        cpuminer.hearsAnswer(1);
        assertThat(cpuminer.extranonce2Size()).isBetween(1, 100);
        cpuminer.says(Dialect.CPUMINER.login(USER).getLast()).hearsAnswer(2);
        cpuminer.hearsWorkOn(tip());
        cpuminer.mines(3);
    }

    @Test
    void cpuminerSubscribesOnceMoreWithoutParamsAndIsTheSameMiner() throws IOException {
        Firmware cpuminer = connects(Dialect.CPUMINER)
                .says(
                        "{\"id\": 1, \"method\": \"mining.subscribe\", \"params\": [\"cpuminer/2.5.1\", \"an old one\"]}");
        cpuminer.hearsAnswer(1);
        String first = cpuminer.extranonce1();
        cpuminer.says("{\"id\": 1, \"method\": \"mining.subscribe\", \"params\": []}")
                .hearsAnswer(1);
        assertThat(cpuminer.extranonce1()).isEqualTo(first);
    }

    @Test
    void oneIdForAllOfItsSharesIsEchoedEachTime() throws IOException {
        mining(Dialect.CPUMINER).mines(5);
        pool.awaitGoodShares(5);
    }

    @Test
    void cgminer372RollsFourBytesAndGetsThem() throws IOException {
        Firmware old = mining(Dialect.CGMINER.as("cgminer/3.7.2"));
        assertThat(old.extranonce2Size()).isEqualTo(4);
        old.mines(2);
    }

    @Test
    void anApolloGetsAShortExtranonce1HoweverLongThatOfThePoolIs() throws IOException {
        Firmware apollo = connectsTo(
                        gatewayTo(pool(
                                "long",
                                PoolScript.GOOD.withPrefix("ab".repeat(15)).granting(16))),
                        Dialect.CGMINER.as("cgminer/4.11.1-apollo"))
                .logsIn();
        assertThat(apollo.extranonce1()).hasSizeLessThanOrEqualTo(2 * 8);
        apollo.hearsWork();
        apollo.mines(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "000000", "0000000000", "0000000000000000"})
    void aWrongExtranonce2SizeIsErrorTwentyAndNotTheEnd(String extranonce2) throws IOException {
        Firmware old = mining(Dialect.CGMINER);
        Hasher.Share share = old.finds();
        Heard refused = old.submits(new Hasher.Share(
                share.jobId(), extranonce2, share.ntime(), share.nonce(), share.jobVersion(), share.version(), 0));
        assertThat(refused.errorCode()).isEqualTo(20);
        old.mines(1);
    }

    @Test
    void fiveParamsAreAShareWhereNoRollingWasAgreedAndSixWhereItWas() throws IOException {
        mining(Dialect.CGMINER).mines(2);
        mining(Dialect.CGMINER_VMASK).mines(2);
        pool.awaitGoodShares(4);
    }
}
