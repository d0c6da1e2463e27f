package sluice.endtoend;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.status;
import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import com.github.tomakehurst.wiremock.http.Fault;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A Sluice that runs, and a system that it tells of its events, well or ill. */
class WebhooksEndToEndTest extends ScriptedPoolScenario {
    @TempDir
    private Path directory;

    private final WebhookReceiver receiver = new WebhookReceiver();
    private InetSocketAddress port;
    private ApiCaller caller;
    private ScriptedSv2Pool pool;
    private SluiceProcess sluice;

    @BeforeEach
    void start() throws IOException {
        receiver.answers(ok());
        pool = pool("A");
        // Behind the pool: a port that is free is the next best for whoever asks for any.
        List<InetSocketAddress> ports = SluiceProcess.freePorts(2);
        port = ports.getFirst();
        caller = new ApiCaller(ports.getLast(), "operator");
        Path file = Files.writeString(
                directory.resolve("sluice.toml"),
                """
                [stratum_v2]
                listen_addr = "127.0.0.1:%d"
                [api]
                listen_addr = "127.0.0.1:%d"
                [[upstream]]
                name = "A"
                url = "%s"
                """.formatted(
                                        port.getPort(),
                                        ports.getLast().getPort(),
                                        pool.address().url())
                        + ApiCaller.table("operator", "operate")
                        + receiver.table(
                                "MiningPoolConnected",
                                "MiningPoolDisconnected",
                                "StratumClientConnected",
                                "StratumClientDisconnected",
                                "ChainTipUpdated"));
        sluice = SluiceProcess.start(directory, "run", "--config", file.toString());
        sluice.awaitListening(port);
        sluice.awaitLogged("the API answers on");
        await("the pool").until(() -> taken("MiningPoolConnected") == 1);
        // Who looks whether the port is open is a miner, too.
        await("the end of the look at the port").until(() -> taken("StratumClientDisconnected") == 1);
    }

    @AfterEach
    void end() {
        caller.close();
        sluice.close();
        receiver.close();
    }

    private JsonNode webhook() throws Exception {
        return caller.get("/api/v1/webhooks").body().at("/webhooks/0");
    }

    private void connectMiner(String user) throws IOException {
        try (RawSv1Miner miner = new RawSv1Miner(port)) {
            miner.login(user);
        }
    }

    private long connected() {
        return taken("StratumClientConnected");
    }

    private long taken(String type) {
        return receiver.typesTaken().stream().filter(type::equals).count();
    }

    @Test
    void everythingThatHappensIsToldOnceInOrderAndSignedUpToTheEnd() throws Exception {
        long before = connected();
        connectMiner("alice");
        await("the miner").until(() -> connected() == before + 1);
        RawSv1Miner stays = new RawSv1Miner(port);
        stays.login("bob");
        await("the other miner").until(() -> connected() == before + 2);

        assertThat(sluice.terminate()).isZero();
        stays.close();

        assertThat(taken("StratumClientDisconnected"))
                .as("the end of the last miner is told, too")
                .isEqualTo(before + 2);
        assertThat(receiver.taken())
                .extracting(event -> event.get("id").asString())
                .doesNotHaveDuplicates();
        receiver.assertAllSigned();
        assertThat(sluice.log()).doesNotContain(WebhookReceiver.SECRET, WebhookReceiver.PATH, " ERROR ", "Exception");
    }

    @Test
    void whatAnIllReceiverDoesNotTakeWaitsForItAndWhatItRefusesIsKeptAndCounted() throws Exception {
        receiver.answers(status(503));
        int before = receiver.taken().size();
        long miners = connected();
        connectMiner("alice");
        await("a failure")
                .until(() -> webhook().path("last_failure").asString("").equals("HTTP 503"));
        receiver.answers(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
        connectMiner("bob");
        await("another failure")
                .until(() -> webhook().path("last_failure").asString("").contains("broke"));
        receiver.answers(ok());
        await("all of it").until(() -> taken("StratumClientDisconnected") == miners + 2);
        assertThat(connected()).isEqualTo(miners + 2);
        assertThat(receiver.taken()).hasSizeGreaterThan(before);
        await("the count of it")
                .until(() ->
                        webhook().path("delivered").asInt() == receiver.taken().size());
        assertThat(webhook().path("dead_letters").asInt()).isZero();
        assertThat(webhook().path("missed").asInt()).isZero();
        sluice.awaitLogged("webhook=alarms takes events again");

        receiver.answers(status(410));
        connectMiner("carol");
        await("dead letters").until(() -> webhook().path("dead_letters").asInt() == 2);
        JsonNode letters =
                caller.get("/api/v1/webhooks/alarms/dead-letters").body().get("dead_letters");
        assertThat(letters.valueStream().map(letter -> letter.at("/event/type").asString()))
                .containsExactly("StratumClientDisconnected", "StratumClientConnected");
        assertThat(letters.get(0).get("reason").asString()).isEqualTo("HTTP 410");

        receiver.answers(ok());
        assertThat(caller.post("/api/v1/webhooks/alarms/dead-letters/retry", "")
                        .body()
                        .path("retried")
                        .asInt())
                .isEqualTo(2);
        await("the dead letters").until(() -> connected() == miners + 3);
        assertThat(receiver.taken())
                .extracting(event -> event.get("id").asString())
                .doesNotHaveDuplicates();
        receiver.assertAllSigned();
    }
}
