package sluice.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.proxy.miner.CpuMinerConfig;
import sluice.proxy.miner.MinerProtocol;
import sluice.proxy.miner.netty.CpuMiner;
import sluice.proxy.view.FarmSnapshot;
import sluice.upstream.netty.Transport;
import sluice.upstream.node.NodeCredentials;
import sluice.upstream.node.NodeProposal;
import sluice.upstream.node.NodeSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real node on a chain of its own: Sluice mines on its templates with miners of each protocol, and the chain grows. */
@Tag("interop")
@Timeout(180)
class NodeInteropTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String KEY = "secret";
    /** Segwit is active from height 432 on; the node's own miner goes there. */
    private static final int TO_SEGWIT = 450;

    private static final String NOBODYS_ADDRESS = "RVuTGV4pZ9ngvus7yBb8YGwCFiHyWrNJqa";
    private static final int ENOUGH_BLOCKS = 10;
    /** Every other hash is a block there, and the node has to keep up with them. */
    private static final double LOAD = 1e-4;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @RegisterExtension
    final ReferenceProcesses processes = new ReferenceProcesses();

    @TempDir
    Path home;

    // It hangs up on whoever offers another version.
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final EventLoopGroup loops = Transport.best().newEventLoops(1, "interop-miners");
    private final Map<MinerProtocol, CpuMiner> miners = new EnumMap<>(MinerProtocol.class);
    private URI url;
    private ReferenceProcess node;
    private SluiceServer sluice;

    @BeforeEach
    void startNodeAndMiners() throws Exception {
        ReferenceProgram.BCOIN.require();
        int port = FreePort.choose();
        url = URI.create("http://127.0.0.1:" + port + "/");
        node = processes.start(
                ReferenceProgram.BCOIN,
                home,
                List.of(
                        "--network=regtest",
                        "--memory=true",
                        "--prefix=" + home.resolve("node"),
                        "--listen=false",
                        "--http-host=127.0.0.1",
                        "--http-port=" + port,
                        "--api-key=" + KEY,
                        "--no-wallet=true",
                        "--workers=false",
                        "--log-level=info",
                        "--max-outbound=1",
                        "--only=127.0.0.1:1"));
        sluice = SluiceServer.soloOn(
                new NodeSettings(
                        "bcoin",
                        url,
                        new NodeCredentials.Password("x", KEY),
                        Optional.empty(),
                        Optional.of(new NodeProposal(SluiceServer.SOLO_PAYOUT, SluiceServer.TAG))),
                home);
        for (MinerProtocol protocol : MinerProtocol.values()) {
            miners.put(
                    protocol,
                    CpuMiner.start(
                            new CpuMinerConfig(
                                    protocol,
                                    sluice.host(),
                                    sluice.port(),
                                    new ServerTrust.SignedBy(AuthorityKey.parse(sluice.authorityKey())),
                                    "interop." + protocol,
                                    "x",
                                    1,
                                    LOAD,
                                    OptionalDouble.empty(),
                                    OptionalDouble.of(1e6)),
                            loops));
        }
    }

    @AfterEach
    void stop() {
        miners.values().forEach(CpuMiner::close);
        if (sluice != null) {
            sluice.close();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        http.close();
    }

    @Test
    void itsHeightRisesByBlocksOfMinersOfEachProtocolBeforeAndAfterSegwit() throws Exception {
        mineBlocks("before segwit");
        assertThat(template().get("rules")).isEmpty();
        call("generatetoaddress", "[" + TO_SEGWIT + ",\"" + NOBODYS_ADDRESS + "\"]");
        assertThat(template().get("rules").toString()).contains("!segwit");
        mineBlocks("with segwit");
        FarmSnapshot seen = sluice.settledSnapshot();
        assertThat(seen.upstream().accepted()).isGreaterThanOrEqualTo(2 * ENOUGH_BLOCKS);
        assertThat(node.isAlive()).isTrue();
        assertThat(node.log()).doesNotContain("bad-", "unexpected-witness", "high-hash", "time-too");
    }

    /** Until each miner has found some and the chain has grown by some, and its tip is one of ours. */
    private void mineBlocks(String when) throws Exception {
        Map<MinerProtocol, Long> before = new EnumMap<>(MinerProtocol.class);
        miners.forEach((protocol, miner) -> before.put(protocol, miner.report().accepted()));
        long acceptedBefore = sluice.snapshot().upstream().accepted();
        long heightBefore = chainIsThere() ? height() : 0;
        await("blocks of each miner " + when)
                .atMost(PATIENCE)
                .until(() -> !node.isAlive()
                        || (miners.entrySet().stream()
                                        .allMatch(miner ->
                                                miner.getValue().report().accepted()
                                                        >= before.get(miner.getKey()) + ENOUGH_BLOCKS)
                                && sluice.snapshot().upstream().accepted() >= acceptedBefore + ENOUGH_BLOCKS
                                && height() >= heightBefore + ENOUGH_BLOCKS));
        String tip = call("getbestblockhash", "[]").asString();
        assertThat(call("getblock", "[\"" + tip + "\", false]").asString())
                .contains(SluiceServer.TAG.hex())
                .contains(SluiceServer.SOLO_PAYOUT.hex());
    }

    private boolean chainIsThere() {
        return sluice.snapshot().chainTips() > 0;
    }

    private long height() throws Exception {
        return call("getblockcount", "[]").asLong();
    }

    private JsonNode template() throws Exception {
        return call("getblocktemplate", "[{\"rules\":[\"segwit\"]}]");
    }

    private JsonNode call(String method, String params) throws IOException, InterruptedException {
        String basic = Base64.getEncoder().encodeToString(("x:" + KEY).getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(url)
                .header("Authorization", "Basic " + basic)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"id\":1,\"method\":\"" + method + "\",\"params\":" + params + "}"))
                .build();
        JsonNode answer =
                JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
        assertThat(answer.get("error").isNull()).as("%s", answer).isTrue();
        return answer.get("result");
    }
}
