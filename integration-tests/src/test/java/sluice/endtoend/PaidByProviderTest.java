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
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxOut;
import sluice.proxy.provider.netty.TemplateServer;
import sluice.proxy.provider.netty.TemplateServerSettings;
import sluice.upstream.netty.LocalTemplateSource;
import sluice.upstream.template.SimulatedChain;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A module that says by the API whom blocks pay, a Sluice that mines solo, and the template provider of both. */
@Timeout(120)
class PaidByProviderTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final String PROVIDER = "/api/v1/coinbase-provider";
    private static final Bytes PAYOUT = Script.p2wpkh(Bytes.fromHex("11".repeat(20)));
    private static final Bytes MINER = Script.p2wpkh(Bytes.fromHex("22".repeat(20)));
    private static final Bytes POOL = Script.p2tr(Bytes.fromHex("33".repeat(32)));
    private static final String OCEAN =
            "{\"name\":\"ocean\",\"tag\":\"/ocean/\",\"min_difficulty\":2e-9,\"deadline_ms\":30000}";

    @TempDir
    private Path directory;

    private TemplateServer templates;
    private SluiceProcess sluice;
    private ApiCaller module;
    private RawSv1Miner miner;
    private String extranonce1;
    private int solved;

    @BeforeEach
    void start() throws IOException {
        Target someHundredHashes = Target.ofCompact(0x1f7fffffL);
        SimulatedChain.Settings chain = SimulatedChain.Settings.constant(someHundredHashes, Duration.ofHours(1));
        templates = TemplateServer.start(
                new TemplateServerSettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Farm.freshKey(), 4),
                (loop, handshakes) -> new LocalTemplateSource(
                        loop, new SimulatedChain(chain, new SplittableRandom(12), CLOCK.instant()), CLOCK),
                CLOCK);
        List<InetSocketAddress> ports = SluiceProcess.freePorts(2);
        Path file = directory.resolve("sluice.toml");
        Files.writeString(file, """
                [stratum_v2]
                listen_addr = "127.0.0.1:%d"
                [vardiff]
                enabled = false
                min_difficulty = 1e-9
                start_difficulty = 1e-9
                [solo]
                payout = "raw(%s)"
                network = "regtest"
                tag = "/farm/"
                [[template_source]]
                name = "provider"
                url = "stratum2+tcp://127.0.0.1:%d/%s"
                [api]
                listen_addr = "127.0.0.1:%d"
                %s
                """.formatted(
                        ports.getFirst().getPort(),
                        PAYOUT.hex(),
                        templates.address().getPort(),
                        templates.authorityKey().text(),
                        ports.getLast().getPort(),
                        ApiCaller.table("module", "operate")));
        sluice = SluiceProcess.start(directory, "run", "--config", file.toString());
        sluice.awaitListening(ports.getFirst());
        sluice.awaitListening(ports.getLast());
        module = new ApiCaller(ports.getLast(), "module");
        miner = new RawSv1Miner(ports.getFirst());
        extranonce1 = miner.login("crash");
    }

    @AfterEach
    void stop() throws IOException {
        miner.close();
        module.close();
        sluice.close();
        templates.close();
    }

    private JsonNode job(boolean cleanJobs) throws IOException {
        JsonNode params = miner.push("mining.notify").path("params");
        assertThat(params.path(8).asBoolean()).as("clean_jobs of %s", params).isEqualTo(cleanJobs);
        return params;
    }

    /** The first job of the same tip that pays {@code script}: templates come again when they are to leave other room. */
    private JsonNode jobPaying(Bytes script) throws IOException {
        JsonNode job = job(false);
        while (!job.path(3).asString().contains(script.hex())) {
            job = job(false);
        }
        return job;
    }

    /** The job of the next tip. */
    private JsonNode jobOfNextTip(JsonNode before) throws IOException {
        JsonNode params = miner.push("mining.notify").path("params");
        while (params.path(1).equals(before.path(1))) {
            assertThat(params.path(8).asBoolean()).isFalse();
            params = miner.push("mining.notify").path("params");
        }
        assertThat(params.path(8).asBoolean()).isTrue();
        return params;
    }

    /** Makes a block of this job; its coinbase, as it was kept. */
    private Transaction mine(JsonNode job) throws IOException {
        SoloBlock block = new SoloJob(job, extranonce1).solve(++solved);
        miner.say(block.submit());
        assertThat(miner.answer(block.id()).path("result").asBoolean()).isTrue();
        Path entry = directory.resolve("data/blocks").resolve(block.hash() + ".json");
        await("the block").until(() -> Files.exists(entry));
        return Transaction.parse(Bytes.fromHex(
                JsonMapper.shared().readTree(entry.toFile()).get("coinbase").asString()));
    }

    private static String answer(JsonNode wanted, long toMiner, long toPool) {
        return "{\"request_id\":%d,\"prev_hash\":\"%s\",\"value\":%d,\"outputs\":[%s,%s]}"
                .formatted(
                        wanted.get("request_id").asLong(),
                        wanted.get("prev_hash").asString(),
                        wanted.get("value").asLong(),
                        output(MINER, toMiner),
                        output(POOL, toPool));
    }

    private static String output(Bytes script, long value) {
        return "{\"script\":\"" + script.hex() + "\",\"value\":" + value + "}";
    }

    private static String tags(Transaction coinbase) {
        return new String(coinbase.inputs().getFirst().scriptSig().toArray(), StandardCharsets.ISO_8859_1);
    }

    private String state() throws Exception {
        return module.get(PROVIDER).text("state");
    }

    @Test
    @Tag("TDP-1")
    void aBlockPaysTheOutputsThatTheModuleNamedForItAndNoMinerWaitsForThem() throws Exception {
        JsonNode first = job(true);
        try (HeardEvents asked = module.events("CoinbaseOutputsWanted")) {
            assertThat(module.put(PROVIDER, OCEAN).text("state")).isEqualTo("waiting");
            JsonNode wanted = asked.next();
            long value = wanted.get("value").asLong();
            assertThat(module.get(PROVIDER).body().get("wanted").get("request_id"))
                    .isEqualTo(wanted.get("request_id"));
            assertThat(module.post(PROVIDER + "/outputs", answer(wanted, value - 7, 7))
                            .text("state"))
                    .isEqualTo("paying");

            JsonNode paying = jobPaying(MINER);
            assertThat(paying.path(1)).as("the same tip").isEqualTo(first.path(1));
            Transaction coinbase = mine(paying);
            assertThat(coinbase.outputs()).startsWith(new TxOut(value - 7, MINER), new TxOut(7, POOL));
            assertThat(coinbase.outputs()).extracting(TxOut::script).doesNotContain(PAYOUT);
            assertThat(tags(coinbase)).contains("/ocean//farm/");

            JsonNode next = jobOfNextTip(paying);
            JsonNode wantedNext = asked.next();
            assertThat(wantedNext.get("height").asLong())
                    .isEqualTo(wanted.get("height").asLong() + 1);
            long valueNext = wantedNext.get("value").asLong();
            module.post(PROVIDER + "/outputs", answer(wantedNext, valueNext - 1_000, 400));
            Transaction withRest = mine(jobPaying(MINER));
            assertThat(withRest.outputs())
                    .startsWith(new TxOut(valueNext - 1_000, MINER), new TxOut(400, POOL), new TxOut(600, PAYOUT));
            assertThat(next.path(1)).isNotEqualTo(first.path(1));
        }
        sluice.awaitLogged("coinbase provider ocean is paid", "outputs=2");
    }

    @Test
    void aBlockPaysTheConfiguredPayoutWhereTheModuleIsWrongSilentOrGone() throws Exception {
        JsonNode first = job(true);
        try (HeardEvents asked = module.events("CoinbaseOutputsWanted")) {
            module.put(PROVIDER, OCEAN);
            JsonNode wanted = asked.next();
            long value = wanted.get("value").asLong();
            ApiCaller.Reply refused = module.post(PROVIDER + "/outputs", answer(wanted, value, 1));
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.text("reason")).isEqualTo("sum-above-reward");
            assertThat(module.get("/api/v1/status").body().at("/reasons/0/text").asString())
                    .contains("pay " + (value + 1) + " satoshis", "configured payout");
            Transaction unpaid = mine(first);
            assertThat(unpaid.outputs()).startsWith(new TxOut(value, PAYOUT));
            assertThat(tags(unpaid)).contains("/farm/").doesNotContain("/ocean/");

            JsonNode second = jobOfNextTip(first);
            asked.next();
            module.put(PROVIDER, OCEAN.replace("30000", "100"));
            await("it is left out").until(() -> state().equals("fallback"));
            assertThat(module.get("/api/v1/status")
                            .body()
                            .at("/reasons/0/subject")
                            .asString())
                    .isEqualTo("coinbase provider ocean");
            assertThat(module.get(PROVIDER).body().at("/refused/silent").asLong())
                    .isEqualTo(1);
            assertThat(mine(second).outputs()).extracting(TxOut::script).startsWith(PAYOUT);

            jobOfNextTip(second);
            module.put(PROVIDER, OCEAN);
            await("a question").until(() -> module.get(PROVIDER).body().has("wanted"));
            JsonNode third = module.get(PROVIDER).body().get("wanted");
            module.post(PROVIDER + "/outputs", answer(third, third.get("value").asLong() - 1, 1));
            jobPaying(MINER);
            assertThat(ApiCaller.now(module.call("DELETE", PROVIDER, "", Optional.empty()))
                            .text("state"))
                    .isEqualTo("none");
            Transaction withdrawn = mine(jobPaying(PAYOUT));
            assertThat(withdrawn.outputs())
                    .startsWith(new TxOut(third.get("value").asLong(), PAYOUT));
        }
        assertThat(module.get("/api/v1/status").text("state")).isEqualTo("mining");
    }

    @Test
    void minersAreToldTheLeastDifficultyForAsLongAsTheModuleWantsIt() throws Exception {
        assertThat(miner.push("mining.set_difficulty").path("params").path(0).asDouble())
                .isEqualTo(1e-9);
        module.put(PROVIDER, OCEAN);
        assertThat(miner.push("mining.set_difficulty").path("params").path(0).asDouble())
                .isEqualTo(2e-9);
        ApiCaller.now(module.call("DELETE", PROVIDER, "", Optional.empty()));
        assertThat(miner.push("mining.set_difficulty").path("params").path(0).asDouble())
                .isEqualTo(1e-9);
    }
}
