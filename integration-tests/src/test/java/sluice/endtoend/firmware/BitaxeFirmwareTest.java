package sluice.endtoend.firmware;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.VardiffConfig;
import sluice.endtoend.EdgeGateway;
import sluice.endtoend.PoolScript;
import sluice.proxy.event.GatewayEvent;

/** Machines at home: ESP-Miner in a Bitaxe, NerdMiner. */
class BitaxeFirmwareTest extends FirmwareScenario {
    private static final String SUGGEST = "{\"id\": 4, \"method\": \"mining.suggest_difficulty\", \"params\": [%s]}";
    private static final int HEARTBEATS = 20;
    private static final int MOST_BRANCHES = 32;

    @Test
    void fourRequestsInOneSegmentAreAnsweredInTheirOrderAndBeforeAnyWork() throws IOException {
        gateway.awaitPool();
        Firmware bitaxe = connects(Dialect.ESP_MINER);
        bitaxe.says(Dialect.ESP_MINER.login(USER).toArray(String[]::new));
        bitaxe.hearsAnswer(1);
        bitaxe.hearsAnswer(2);
        bitaxe.hearsAnswer(3);
        bitaxe.hearsAnswerBesidePushes(4);
        bitaxe.awaitsWork();
        bitaxe.mines(3);
    }

    @Test
    void everyAnswerHasAnErrorOfNull() throws IOException {
        Firmware bitaxe = connects(Dialect.ESP_MINER).logsIn();
        assertThat(bitaxe.transcript())
                .filteredOn(line -> line.startsWith("<"))
                .filteredOn(line -> line.contains("\"result\""))
                .hasSize(4)
                .allMatch(line -> line.contains("\"error\":null"));
    }

    @Test
    void theDifficultyIsAnIntegerOfAtLeastOneBecauseItReadsNothingElse() throws IOException {
        EdgeGateway earnest = gatewayTo(
                pool("earnest", PoolScript.GOOD.atDifficulty(5000.7)),
                EdgeGateway.Plan.EASY.with(new VardiffConfig(true, 20, 1, 1234.56)));
        Firmware bitaxe = connectsTo(earnest, Dialect.ESP_MINER);
        bitaxe.says(Dialect.ESP_MINER.login(USER).subList(1, 3).toArray(String[]::new));
        bitaxe.hearsAnswer(2);
        bitaxe.hearsAnswer(3);
        bitaxe.hears("{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[1234]}");
    }

    @Test
    void itRollsTheVersionOfEveryShareAndSubmitsTheDifference() throws IOException {
        Firmware bitaxe = connects(Dialect.ESP_MINER.loggingIn(
                        Dialect.ESP_MINER.login().subList(0, 3).toArray(String[]::new)))
                .logsIn();
        bitaxe.hearsWork();
        bitaxe.mines(5);
        pool.awaitGoodShares(5);
        assertThat(pool.shares().stream().map(share -> share.share().version()).distinct())
                .hasSizeGreaterThan(2);
    }

    @Test
    void asManyBranchesAsItTakesAreMinedAndNoJobEverHasMore() throws IOException {
        Firmware bitaxe = mining(Dialect.CGMINER_VMASK.as("bitaxe/BM1370/v2.6.0"));
        pool.newTipWithBranches(MOST_BRANCHES);
        assertThat(Hasher.branches(bitaxe.hearsWorkOn(tip()))).hasSize(MOST_BRANCHES);
        bitaxe.mines(2);
    }

    @Test
    void itsSuggestedDifficultyOfAThousandBehindAuthorizeIsAnsweredAndNotMoreThanThePoolAsksFor() throws IOException {
        Firmware bitaxe = mining(Dialect.CGMINER);
        bitaxe.says(SUGGEST.formatted("1000")).hears("{\"id\":4,\"result\":true,\"error\":null}");
        pool.newJob();
        bitaxe.hearsWork();
        bitaxe.mines(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0001", "\"0.0001\"", "1e-12", "0", "-1"})
    void aNerdMinersTinySuggestionIsClampedAndNoError(String difficulty) throws IOException {
        double least = 1e-8;
        double asMuchAsThePoolAsksFor = 1e-6;
        EdgeGateway clamping = gatewayTo(
                pool("clamping", PoolScript.GOOD.atDifficulty(asMuchAsThePoolAsksFor)),
                EdgeGateway.Plan.EASY.with(new VardiffConfig(true, 20, least, least)));
        Firmware nerdMiner = connectsTo(clamping, Dialect.CGMINER)
                .says(SUGGEST.formatted(difficulty))
                .hears("{\"id\":4,\"result\":true,\"error\":null}")
                .logsIn();
        nerdMiner.hearsWork();
        assertThat(nerdMiner.work().difficulty()).isBetween(0.999 * least, asMuchAsThePoolAsksFor);
        nerdMiner.mines(1);
    }

    @Test
    void theHeartbeatOfOneOnItsFallbackPoolIsNoAbuse() throws Exception {
        for (int i = 0; i < HEARTBEATS; i++) {
            new Socket(gateway.address().getAddress(), gateway.address().getPort()).close();
        }
        await("every heartbeat noticed")
                .until(() -> gateway.seen().disconnects().getOrDefault("closed-silent", 0L) == HEARTBEATS);
        mining(Dialect.CGMINER).mines(1);
    }

    @Test
    void noPortIsOpenForItsHeartbeatWhileNoPoolIsThereForTooLong() throws IOException {
        EdgeGateway closing = gatewayTo(pool, EdgeGateway.Plan.EASY.closingPortsAfter(Duration.ofSeconds(1)));
        closing.awaitPool();
        pool.die();
        await("a port that is closed").until(() -> !isOpen(closing.address()));
        pool.comeBack();
        await("a port that is open").until(() -> isOpen(closing.address()));
        Firmware back = connectsTo(closing, Dialect.CGMINER).logsIn();
        back.hearsWork();
        back.mines(1);
        closing.awaitEvent(GatewayEvent.MinerConnected.class);
    }

    private static boolean isOpen(InetSocketAddress port) throws IOException {
        try (Socket heartbeat = new Socket()) {
            heartbeat.connect(port);
            return true;
        } catch (ConnectException refused) {
            return false;
        }
    }
}
