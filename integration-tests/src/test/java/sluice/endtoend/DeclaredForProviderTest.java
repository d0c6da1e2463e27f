package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.FailoverConfig;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxOut;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.netty.ClientPorts;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.SoloUpstream;
import sluice.upstream.template.SimulatedChain;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A module that says by the API whom blocks pay, a Sluice that declares its jobs to a pool, and that pool. */
@Timeout(120)
class DeclaredForProviderTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final String PROVIDER = "/api/v1/coinbase-provider";
    private static final Target NETWORK = Target.ofCompact(0x1f7fffffL);
    private static final Bytes POOL = Script.p2wpkh(Bytes.fromHex("11".repeat(20)));
    private static final Bytes OTHERS = Script.p2wpkh(Bytes.fromHex("22".repeat(20)));

    @TempDir
    private Path directory;

    private final WatchedChain chain =
            new WatchedChain(SimulatedChain.Settings.constant(NETWORK, Duration.ofHours(1)), CLOCK);
    private Gateway pool;
    private SluiceProcess sluice;
    private ApiCaller module;
    private RawSv1Miner miner;
    private String extranonce1;

    @BeforeEach
    void start() throws IOException {
        InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        pool = Gateway.start(
                new GatewaySettings(
                                "pool",
                                anywhere,
                                Farm.freshKey(),
                                new VardiffConfig(false, 6, 1e-9, 1e-9),
                                LimitsConfig.DEFAULT,
                                Sv1Config.DEFAULT,
                                directory.resolve("pool"),
                                2)
                        .withClientPorts(new ClientPorts(
                                Optional.of(anywhere), Optional.of(new ClientPorts.Declarations(anywhere, POOL)))),
                RoutingPlan.single(new SoloUpstream("solo", POOL, Bytes.EMPTY, CLOCK)),
                FailoverConfig.DEFAULT,
                List.of(chain),
                CLOCK,
                List.of());
        List<InetSocketAddress> ports = SluiceProcess.freePorts(2);
        Path file = directory.resolve("sluice.toml");
        String key = pool.authorityKey().text();
        Files.writeString(file, """
                [stratum_v2]
                listen_addr = "127.0.0.1:%d"
                [vardiff]
                enabled = false
                min_difficulty = 1e-9
                start_difficulty = 1e-9
                [[upstream]]
                name = "pool"
                url = "stratum2+tcp://127.0.0.1:%d/%s"
                user = "farm"
                job_declaration = { url = "stratum2+tcp://127.0.0.1:%d", coinbase_provider = true }
                [[template_source]]
                name = "templates"
                url = "stratum2+tcp://127.0.0.1:%d/%s"
                [api]
                listen_addr = "127.0.0.1:%d"
                %s
                """.formatted(
                        ports.getFirst().getPort(),
                        pool.address().getPort(),
                        key,
                        pool.declarationAddress().orElseThrow().getPort(),
                        pool.templateAddress().orElseThrow().getPort(),
                        key,
                        ports.getLast().getPort(),
                        ApiCaller.table("module", "operate")));
        sluice = SluiceProcess.start(directory, "run", "--config", file.toString());
        sluice.awaitListening(ports.getFirst());
        sluice.awaitListening(ports.getLast());
        module = new ApiCaller(ports.getLast(), "module");
        miner = new RawSv1Miner(ports.getFirst());
        extranonce1 = miner.login("crash");
        // Of a template, without outputs of anybody: the module's come to a miner that mines already.
        nextJob();
    }

    @AfterEach
    void stop() throws IOException {
        miner.close();
        module.close();
        sluice.close();
        pool.close();
    }

    /** What the module wants, with half of the reward in two outputs to {@code script}; how it is answered. */
    private JsonNode answerFor(Bytes script) throws Exception {
        module.put(PROVIDER, "{\"name\":\"ocean\",\"tag\":\"/ocean/\",\"deadline_ms\":30000}");
        await("a question").until(() -> module.get(PROVIDER).body().has("wanted"));
        JsonNode wanted = module.get(PROVIDER).body().get("wanted");
        long value = wanted.get("value").asLong();
        String output = "{\"script\":\"%s\",\"value\":%d}".formatted(script.hex(), value / 4);
        assertThat(module.post(
                                PROVIDER + "/outputs",
                                "{\"request_id\":%d,\"prev_hash\":\"%s\",\"value\":%d,\"outputs\":[%s,%s]}"
                                        .formatted(
                                                wanted.get("request_id").asLong(),
                                                wanted.get("prev_hash").asString(),
                                                value,
                                                output,
                                                output))
                        .text("state"))
                .isEqualTo("paying");
        return wanted;
    }

    private JsonNode nextJob() throws IOException {
        return miner.push("mining.notify").path("params");
    }

    private static boolean shows(JsonNode job, String tag) {
        return job.path(2)
                .asString()
                .contains(Bytes.wrap(tag.getBytes(StandardCharsets.US_ASCII)).hex());
    }

    /** Makes a block of this job, which the pool's chain goes on with; its coinbase, as it was kept. */
    private Transaction mine(JsonNode job) throws IOException {
        SoloBlock block = new SoloJob(job, extranonce1).solve(1);
        miner.say(block.submit());
        assertThat(miner.answer(block.id()).path("result").asBoolean()).isTrue();
        Path entry = directory.resolve("data/blocks").resolve(block.hash() + ".json");
        await("the block").until(() -> Files.exists(entry));
        await("the chain goes on with it")
                .until(() ->
                        chain.latest().orElseThrow().tip().prevHash().display().equals(block.hash()));
        return Transaction.parse(Bytes.fromHex(
                JsonMapper.shared().readTree(entry.toFile()).get("coinbase").asString()));
    }

    @Test
    void theProvidersOutputsStandBehindThePoolsInABlockThatThePoolTakes() throws Exception {
        JsonNode wanted = answerFor(POOL);
        long value = wanted.get("value").asLong();
        JsonNode job = nextJob();
        while (!shows(job, "/ocean//sluice/")) {
            job = nextJob();
        }
        assertThat(job.path(8).asBoolean()).as("clean_jobs").isFalse();

        Transaction coinbase = mine(job);
        assertThat(coinbase.outputs())
                .startsWith(
                        new TxOut(value - 2 * (value / 4), POOL),
                        new TxOut(value / 4, POOL),
                        new TxOut(value / 4, POOL));
        assertThat(module.get("/api/v1/status").text("state")).isEqualTo("mining");
    }

    @Test
    void aPoolThatRefusesThemGetsJobsWithoutThemAndItsMinersStay() throws Exception {
        try (HeardEvents unused = module.events("CoinbaseOutputsUnused")) {
            answerFor(OTHERS);
            assertThat(unused.next().get("reason").asString()).contains("refused a job with them");
        }
        JsonNode job = nextJob();
        while (!shows(job, "/ocean//sluice/")) {
            job = nextJob();
        }
        job = nextJob();
        assertThat(shows(job, "/ocean/")).isFalse();
        assertThat(mine(job).outputs())
                .extracting(TxOut::script)
                .startsWith(POOL)
                .doesNotContain(OTHERS);
        assertThat(sluice.log())
                .doesNotContain("upstream=pool lost")
                .contains("leaves the coinbase provider's outputs out");
    }
}
