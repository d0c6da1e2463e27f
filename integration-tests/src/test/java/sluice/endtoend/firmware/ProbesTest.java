package sluice.endtoend.firmware;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scanners on a miners' port, and lines that are none: closed without a word, while a miner mines on. */
class ProbesTest extends FirmwareScenario {
    private static final Dialect SILENT = Dialect.CGMINER.as("a scanner").loggingIn();

    private Firmware honest;

    @BeforeEach
    void anHonestMiner() throws IOException {
        honest = mining(Dialect.CGMINER);
    }

    @AfterEach
    void minesOn() {
        honest.mines(2);
    }

    private void awaitEnds(String reason, long count) {
        await(count + " ends for " + reason)
                .until(() -> gateway.seen().disconnects().getOrDefault(reason, 0L) == count);
    }

    @Test
    void aScannerForRemoteDesktopsIsClosedQuietly() throws IOException {
        byte[] negotiation = HexFormat.of()
                .parseHex("0300002f2ae00000000000"
                        + HexFormat.of().formatHex("Cookie: mstshash=Administr\r\n".getBytes(US_ASCII))
                        + "0100080003000000");
        connects(SILENT).writes(negotiation).isHungUpOn();
        awaitEnds("foreign-protocol", 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: 10.0.0.1:3333\r\nUser-Agent: zgrab/0.x\r\n\r\n",
                "OPTIONS * HTTP/1.0\r\n\r\n",
                "POST /rpc HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{\"method\":\"mining.subscribe\"}\n"
            })
    void anHttpRequestIsClosedQuietly(String request) throws IOException {
        connects(SILENT).writes(request).isHungUpOn();
        awaitEnds("foreign-protocol", 1);
    }

    @Test
    void whoConnectsAndGoesHasDoneNothingWrong() throws IOException {
        connects(SILENT).close();
        awaitEnds("closed-silent", 1);
    }

    @Test
    void aLineThatNeverEndsIsNoRequest() throws IOException {
        connects(SILENT)
                .says("{\"id\": 1, \"method\": \"mining.ping\", \"params\": []}")
                .hears("{\"id\":1,\"result\":\"pong\",\"error\":null}")
                .writes("{\"id\": 2, \"method\": \"mining.ping\", \"params\": []}")
                .close();
        awaitEnds("closed-by-miner", 1);
    }
}
