package sluice.endtoend.firmware;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.endtoend.EdgeGateway;
import sluice.endtoend.EdgeRouting;
import sluice.endtoend.EdgeUpstream;
import sluice.endtoend.PoolScript;
import sluice.endtoend.RehashingSv1Pool;

/** Those who rent hashrate, and firmware that is sold instead of the maker's: BOS, VNISH, LuxOS. */
class MarketplaceFirmwareTest extends FirmwareScenario {
    private static final Dialect NICEHASH = Dialect.CGMINER.as("NiceHash/1.0.0");
    private static final String DIFFICULTY = "{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[%d]}";
    private static final int ALL_THAT_A_RENTAL_LEAVES = 4;

    @Test
    void niceHashSubscribesWithATimestampAndASignatureAndMines() throws IOException {
        Firmware niceHash = connects(NICEHASH.loggingIn(
                        "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":"
                                + "[\"AGENT\",1700000000,\"8f0b6c0ffee\"]}",
                        "{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"USER\",\"x\"]}"))
                .logsIn();
        assertThat(niceHash.extranonce2Size()).isGreaterThanOrEqualTo(4);
        niceHash.hearsWork();
        niceHash.mines(2);
    }

    @Test
    void niceHashsExtranonceSubscribeGetsAResultAndNeverAnotherExtranonce() throws IOException {
        Firmware niceHash = mining(NICEHASH);
        niceHash.says("{\"id\":3,\"method\":\"mining.extranonce.subscribe\",\"params\":[]}")
                .hears("{\"id\":3,\"result\":true,\"error\":null}");
        pool.setExtranoncePrefix("00ff00ff");
        pool.newJob();
        niceHash.hearsWork();
        niceHash.mines(2);
        assertThat(niceHash.transcript()).noneMatch(line -> line.contains("mining.set_extranonce"));
    }

    @ParameterizedTest
    @CsvSource({"x, 8192, 524288", "d=1000, 1000, 524288", "d=524288, 524288, 524288", "d=1000000, 1000000, 1000000"})
    void niceHashIsAskedForTheLeastDifficultyThatItTakesOrMore(String password, long ofOthers, long told)
            throws IOException {
        EdgeGateway earnest = gatewayTo(
                pool("earnest", PoolScript.GOOD.atDifficulty(2e6)), EdgeGateway.Plan.EASY.with(VardiffConfig.DEFAULT));
        connectsTo(earnest, Dialect.CGMINER.withPassword(password)).logsIn().hears(DIFFICULTY.formatted(ofOthers));
        connectsTo(earnest, NICEHASH.withPassword(password)).logsIn().hears(DIFFICULTY.formatted(told));
    }

    @Test
    void noLeastDifficultyLeadsNiceHashAboveWhatThePoolAsksFor() throws IOException {
        EdgeGateway modest = gatewayTo(
                pool("modest", PoolScript.GOOD.atDifficulty(4096)), EdgeGateway.Plan.EASY.with(VardiffConfig.DEFAULT));
        connectsTo(modest, NICEHASH).logsIn().hears(DIFFICULTY.formatted(4096));
    }

    @Test
    void aRentalThatLeavesFourBytesInAllIsServedWithAShorterExtranonce1() throws IOException {
        RehashingSv1Pool rental = sv1Pool(ALL_THAT_A_RENTAL_LEAVES);
        EdgeGateway narrow = gatewayTo(
                EdgeRouting.inOrder(EdgeUpstream.of("rental", rental)),
                EdgeGateway.Plan.EASY.with(new Sv1Config(
                        Sv1Config.DEFAULT.versionMask(), Sv1Config.DEFAULT.keepalive(), ALL_THAT_A_RENTAL_LEAVES)));
        Firmware miner = connectsTo(narrow, Dialect.CGMINER_VMASK).logsIn();
        miner.hearsWork();
        assertThat(miner.extranonce1()).hasSize(2);
        assertThat(miner.extranonce2Size()).isEqualTo(3);
        miner.mines(2);
        await("the shares at the rental").until(() -> rental.acceptedInAll() == 2);
    }

    @Test
    void bosInsistsOnVersionRollingAndGetsIt() throws IOException {
        Firmware bos = connects(Dialect.CGMINER_VMASK.as("bosminer-plus-tuner 0.2.0"))
                .says("{\"id\":0,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\"],"
                        + "{\"version-rolling.mask\":\"1fffe000\",\"version-rolling.min-bit-count\":16}]}")
                .hears("{\"id\":0,\"result\":{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\"},"
                        + "\"error\":null}")
                .logsIn();
        bos.hearsWork();
        bos.mines(2);
    }

    @Test
    void vnishConfiguresThreeExtensionsInOneCallAndHearsOfEach() throws IOException {
        connects(Dialect.CGMINER_VMASK.as("xminer-1.2.6"))
                .says("{\"id\":1,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\","
                        + "\"minimum-difficulty\",\"subscribe-extranonce\",\"warp-drive\"],"
                        + "{\"version-rolling.mask\":\"1fffe000\",\"version-rolling.min-bit-count\":2,"
                        + "\"minimum-difficulty.value\":150000}]}")
                .hears("{\"id\":1,\"result\":{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\","
                        + "\"minimum-difficulty\":true,\"subscribe-extranonce\":true,\"warp-drive\":false},"
                        + "\"error\":null}")
                .hearsNothingElse();
    }

    @Test
    void luxOsHasItsDifficultyAndItsJobRightBehindTheAnswerToItsAuthorize() throws IOException {
        gateway.awaitPool();
        Firmware first = mining(Dialect.CGMINER);
        Firmware luxOs = connects(Dialect.CGMINER_VMASK.as("LUXminer 2024.11")).logsIn();
        luxOs.hearsPush("mining.set_difficulty");
        luxOs.hearsPush("mining.notify");
        luxOs.mines(1);
        first.mines(1);
    }
}
