package sluice.proxy.api.miningos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;
import static sluice.proxy.api.RehearsedFarm.NOW;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Address;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Network;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.WitnessCommitment;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiGate;
import sluice.proxy.api.ApiJson;
import sluice.proxy.api.ApiTally;
import sluice.proxy.api.RehearsedFarm;
import sluice.proxy.api.RequestHead;
import sluice.proxy.event.AnnouncedJobs;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.event.GatewayEvent.PlacementReason;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.profile.MinerProfile;
import sluice.proxy.mining.profile.ProfileTables;
import sluice.proxy.mining.share.ShareVerdict;
import sluice.upstream.template.BlockTemplateReader;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateStanding;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MiningOsApiTest {
    private static final String PASSWORD = "correct horse battery";
    private static final String PAYEE = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    private static final String OTHER = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2";
    private static final Hash256 PREVIOUS = Hash256.fromDisplay("00".repeat(8) + "ab".repeat(24));
    private static final Bytes COMMITMENT = WitnessCommitment.script(PREVIOUS);

    private static final MinerProfile BITAXE =
            ProfileTables.book("").of(MinerOrigin.LOCAL, "farm.rig1", "bitaxe/BM1366");

    private final RehearsedFarm farm = new RehearsedFarm();
    private final ApiTally tally = new ApiTally();
    private final ApiGate gate = new ApiGate(
            MiningOsApi.catalogue(farm),
            new DigestProof("admin", Optional.of(PASSWORD), new byte[DigestProof.KEY_BYTES]),
            tally);

    private ApiAnswer ask(String path, Optional<String> authorization) {
        RequestHead head = new RequestHead(
                "GET",
                path,
                Optional.of("127.0.0.1:7152"),
                authorization,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                "127.0.0.1");
        return switch (gate.admit(head, NOW)) {
            case ApiGate.Decision.Refused(var answer) -> answer;
            case ApiGate.Decision.Admitted(var call) ->
                call.answer(new byte[0]).toCompletableFuture().join();
        };
    }

    private JsonNode get(String name) {
        ApiAnswer answer = ask("/v1/" + name, Optional.empty());
        if (answer instanceof ApiAnswer.Problem problem && problem.problem().status() == 401) {
            String nonce = DigestCaller.nonce(problem.headers().get("WWW-Authenticate"));
            answer = ask("/v1/" + name, new DigestCaller("admin", PASSWORD).get("/v1/" + name, nonce, 1));
        }
        assertThat(answer).as(name).isInstanceOf(ApiAnswer.Json.class);
        return JsonMapper.shared().readTree(ApiJson.write(((ApiAnswer.Json) answer).body()));
    }

    private void minersMine() {
        Instant then = NOW.minusSeconds(600);
        farm.happened(
                new GatewayEvent.MinerConnected(then, 1, "[2001:db8::7]:4000", "default"),
                new GatewayEvent.ChannelOpened(then, 1, 1, MinerProtocol.SV1, "farm.rig1"),
                new GatewayEvent.MinerPlaced(NOW, 1, "default", 1, "", PlacementReason.WEIGHT),
                new GatewayEvent.MinerProfiled(NOW, 1, 1, "farm.rig1", "bitaxe/BM1366", BITAXE),
                new GatewayEvent.MinerTargetChanged(NOW, 1, 1, Difficulty.targetOf(8_192)),
                share(ShareVerdict.ACCEPTED, 12),
                share(ShareVerdict.ACCEPTED, 10),
                share(ShareVerdict.ACCEPTED, 5),
                share(ShareVerdict.LOW_DIFFICULTY, 4),
                new GatewayEvent.ChannelOpened(then, 1, 2, MinerProtocol.SV1, "farm.rig1"),
                new GatewayEvent.MinerConnected(NOW.minusSeconds(2), 2, "10.0.0.2:4000", "default"));
    }

    private static GatewayEvent share(ShareVerdict verdict, int secondsAgo) {
        return new GatewayEvent.ShareSubmitted(
                NOW.minusSeconds(secondsAgo),
                1,
                1,
                MinerProtocol.SV1,
                "farm.rig1",
                77,
                verdict,
                verdict.isAccepted() ? 8_192 : 0,
                Optional.empty());
    }

    private void aPoolGivesAJob() {
        farm.happened(
                new GatewayEvent.ChainTipUpdated(NOW.minusSeconds(30), PREVIOUS, 0x1701_f303L),
                new GatewayEvent.MiningJobCreated(
                        NOW,
                        77,
                        PREVIOUS,
                        false,
                        OptionalLong.of(939_444),
                        AnnouncedJobs.of(
                                "main",
                                939_444,
                                65_536,
                                List.of(
                                        new TxOut(
                                                300_000_000,
                                                Address.parse(PAYEE, Network.MAINNET)
                                                        .script()),
                                        new TxOut(
                                                12_000_000,
                                                Address.parse(OTHER, Network.MAINNET)
                                                        .script()),
                                        new TxOut(
                                                500_000,
                                                Address.parse(PAYEE, Network.MAINNET)
                                                        .script()),
                                        new TxOut(7, Bytes.fromHex("51")),
                                        new TxOut(0, COMMITMENT)))));
    }

    @Test
    void itIsThere() {
        assertThat(ask("/v1/ping", Optional.empty()))
                .isInstanceOfSatisfying(
                        ApiAnswer.Document.class,
                        pong -> assertThat(new String(pong.bytes(), UTF_8)).isEqualTo("PONG"));
    }

    @Test
    void whatThePoolMadeOfTheSharesIsTold() {
        aPoolGivesAJob();
        farm.happened(
                new GatewayEvent.ShareForwarded(NOW, "main", 65_536),
                new GatewayEvent.ShareForwarded(NOW, "main", 65_536),
                new GatewayEvent.ShareForwarded(NOW, "main", 65_536),
                new GatewayEvent.UpstreamAccepted(NOW, "main", 2, 131_072),
                new GatewayEvent.UpstreamRejected(NOW, "main", "farm.rig1", "stale-share"));

        assertThat(get("decentralized_client_stats").toString())
                .isEqualTo("{\"acceptedShares\":2,\"acceptedSharesDiff\":131072,\"rejectedShares\":1,"
                        + "\"rejectedSharesDiff\":65536,\"ready\":true,\"poolHost\":\"main.example.com:3333\","
                        + "\"poolTag\":\"\",\"minerTag\":\"/sluice/\",\"MinerTag\":\"/sluice/\","
                        + "\"poolMinDiff\":65536,\"poolPubKey\":\"\",\"uptime\":3600}");
    }

    @Test
    void soloMiningHasNoPool() {
        farm.routed(RehearsedFarm.feeding("solo", RehearsedFarm.off("main"), RehearsedFarm.ready("solo")));

        assertThatObject(get("decentralized_client_stats"))
                .returns("N/A", stats -> stats.get("poolHost").asString())
                .returns(0, stats -> stats.get("poolMinDiff").asInt());
    }

    @Test
    void minersAreCountedByPort() {
        minersMine();

        JsonNode info = get("stratum_server_info");
        assertThatObject(info)
                .returns(1, all -> all.get("activeThread").asInt())
                .returns(2, all -> all.get("totalConnections").asInt())
                .returns(2, all -> all.get("totalWorkSubscriptions").asInt());
        JsonNode threads = get("thread_stats");
        assertThat(threads.propertyNames()).containsExactly("0");
        assertThatObject(threads.get("0"))
                .returns(2, port -> port.get("connection_count").asInt())
                .returns(2, port -> port.get("subscription_count").asInt())
                .returns(
                        info.get("estimatedHashrate").asDouble(),
                        port -> port.get("approx_hashrate").asDouble());
        assertThat(info.get("estimatedHashrate").asDouble())
                .as("three shares of difficulty 8192 in five minutes, in TH/s")
                .isBetween(0.01, 1.0);
    }

    @Test
    void eachChannelIsAClient() {
        minersMine();

        JsonNode clients = get("stratum_client_list").get("0");
        assertThat(clients.propertyNames()).containsExactly("1", "1.2", "2");
        JsonNode first = clients.get("1");
        assertThat(first.get("hash_rate").asDouble())
                .isPositive()
                .as("shared with the other channel of that name")
                .isEqualTo(clients.get("1.2").get("hash_rate").asDouble());
        assertThat(first.toString().replaceAll("\"hash_rate\":[^,]+,", ""))
                .isEqualTo("{\"remote_host\":\"2001:db8::7\",\"auth_username\":\"farm.rig1\",\"subscribed\":true,"
                        + "\"sid\":\"00000001\",\"sid_time\":600.0,\"last_share\":5.0,\"vdiff\":8192,"
                        + "\"accepted_diff\":24576,\"accepted_count\":3,\"rejected_diff\":8192,\"rejected_count\":1,"
                        + "\"rejected_percentage\":25.0,\"hash_rate_age\":5.0,"
                        + "\"coinbase\":\"Default\",\"useragent\":\"bitaxe/BM1366\"}");
        assertThatObject(clients.get("2"))
                .as("a connection without a channel")
                .returns("10.0.0.2", client -> client.get("remote_host").asString())
                .returns(false, client -> client.get("subscribed").asBoolean())
                .returns(-1.0, client -> client.get("last_share").asDouble());
    }

    @Test
    void atMostTenThousandClientsAreListed() {
        for (int id = 1; id <= MiningOsApi.MAX_CLIENTS + 1; id++) {
            farm.happened(new GatewayEvent.MinerConnected(NOW, id, "10.0.0.2:4000", "default"));
        }
        assertThat(get("stratum_client_list").get("0").size()).isEqualTo(MiningOsApi.MAX_CLIENTS);
    }

    @Test
    void aPoolsJobIsToldAsFarAsItIsKnown() {
        aPoolGivesAJob();

        assertThat(get("current_stratum_job").toString())
                .isEqualTo("{\"block_height\":939444,\"block_value\":312500007,\"previous_block\":\""
                        + PREVIOUS.display() + "\",\"block_target\":\"" + "0".repeat(19) + "1f303" + "0".repeat(40)
                        + "\",\"witness_commitment\":\"" + COMMITMENT.hex() + "\",\"block_difficulty\":"
                        + Difficulty.of(Target.ofCompact(0x1701_f303L))
                        + ",\"block_version\":{\"int\":536870912,\"hex\":\"20000000\"},\"bits\":\"1701f303\","
                        + "\"time\":{\"current\":" + NOW.getEpochSecond() + ",\"minimum\":"
                        + NOW.minusSeconds(30).getEpochSecond() + "},"
                        + "\"limits\":{\"size\":4000000,\"weight\":4000000,\"sigops\":80000},"
                        + "\"size\":0,\"weight\":0,\"sigops\":0,\"tx_count\":0}");
    }

    private Template ownTemplate() throws IOException {
        try (InputStream in = MiningOsApiTest.class.getResourceAsStream("/templates/gbt_20tx.json")) {
            return BlockTemplateReader.read(JsonMapper.shared().readTree(in), 1);
        }
    }

    private void ourOwnJobIsMadeOf(Template template) {
        farm.happened(
                new GatewayEvent.ChainTipUpdated(
                        NOW, template.tip().prevHash(), template.tip().nbits()),
                new GatewayEvent.MiningJobCreated(
                        NOW,
                        77,
                        template.tip().prevHash(),
                        false,
                        OptionalLong.of(template.height()),
                        AnnouncedJobs.of("solo", template, Bytes.fromHex("51"))));
    }

    @Test
    void ofAJobOfOurOwnTheTransactionsAreToldToo() throws IOException {
        Template template = ownTemplate();
        farm.templated(new TemplateStanding(Optional.of(template), Optional.empty(), NOW));
        ourOwnJobIsMadeOf(template);

        assertThatObject(get("current_stratum_job"))
                .returns(template.height(), job -> job.get("block_height").asLong())
                .returns(
                        template.coinbase().value(),
                        job -> job.get("block_value").asLong())
                .returns(template.curTime(), job -> job.at("/time/current").asLong())
                .returns(
                        template.tip().minNtime(),
                        job -> job.at("/time/minimum").asLong())
                .returns(20, job -> job.get("tx_count").asInt())
                .returns(
                        template.transactions().orElseThrow().weight(),
                        job -> job.get("weight").asLong())
                .returns(
                        template.transactions().orElseThrow().sigops().orElseThrow(),
                        job -> job.get("sigops").asLong())
                .returns(true, job -> job.get("size").asLong() > 20 * 60);
        assertThat(get("coinbaser").get("51").asLong())
                .isEqualTo(template.coinbase().value());
    }

    @Test
    void ofAPoolsJobOnTheSameTipTheyAreNot() throws IOException {
        Template template = ownTemplate();
        farm.templated(new TemplateStanding(Optional.of(template), Optional.empty(), NOW));
        ourOwnJobIsMadeOf(template);
        farm.happened(new GatewayEvent.MiningJobCreated(
                NOW, 78, template.tip().prevHash(), false, OptionalLong.empty(), AnnouncedJobs.of("main")));

        assertThatObject(get("current_stratum_job"))
                .returns(0, job -> job.get("tx_count").asInt())
                .returns(NOW.getEpochSecond(), job -> job.at("/time/current").asLong());
    }

    @Test
    void aCoinbaseThatCannotBeReadPaysNobody() {
        farm.happened(new GatewayEvent.MiningJobCreated(
                NOW, 78, PREVIOUS, false, OptionalLong.empty(), AnnouncedJobs.unreadable("main")));

        assertThat(get("coinbaser").toString()).isEqualTo("{}");
    }

    @Test
    void whomTheJobPaysIsToldByAddress() {
        aPoolGivesAJob();

        assertThat(get("coinbaser").toString())
                .isEqualTo("{\"" + PAYEE + "\":300500000,\"" + OTHER + "\":12000000,\"51\":7,\"OP_RETURN\":0}");
    }

    @Test
    void beforeTheFirstJobThereIsNothingToTell() {
        for (String name : List.of("current_stratum_job", "coinbaser")) {
            assertThat(ask("/v1/" + name, Optional.empty()).status()).as(name).isEqualTo(503);
        }
    }

    @Test
    void whatTheGatewayIsSetToIsToldWithoutSecrets() {
        String told = get("configuration").toString();

        assertThat(told)
                .isEqualTo("{\"pool_address\":\"" + PAYEE + "\",\"miner_username_behavior\":"
                        + "{\"pool_pass_workers\":false,\"pool_pass_full_users\":false},"
                        + "\"coinbase_tag_secondary\":\"/sluice/\",\"coinbase_unique_id\":0,"
                        + "\"reward_sharing\":\"prefer\","
                        + "\"pool\":{\"host\":\"main.example.com\",\"port\":3333,\"pubkey\":\"\"},"
                        + "\"fingerprint_miners\":false,\"always_pay_self\":true,\"work_update_seconds\":20,"
                        + "\"rpcurl\":\"http://127.0.0.1:8332\",\"rpcuser\":\"sluice\",\"rpcpassword\":\"***\","
                        + "\"rpcpassword_set\":true}")
                .doesNotContain(RehearsedFarm.POOL_PASSWORD, RehearsedFarm.NODE_PASSWORD);
    }

    @Test
    void minersAndConfigurationAreForWhoKnowsThePassword() {
        for (String name : List.of("stratum_client_list", "configuration")) {
            assertThat(ask("/v1/" + name, Optional.empty()).status()).isEqualTo(401);
            assertThat(ask("/v1/" + name, Optional.of("Bearer sluice_x")).status())
                    .isEqualTo(401);
        }
        assertThat(tally.refusals()).containsEntry("no-digest", 4L);
    }

    @Test
    void whoAsksForSomethingElseIsToldWhatThereIs() {
        assertThat(ask("/umbrel-api", Optional.empty()))
                .isInstanceOfSatisfying(
                        ApiAnswer.Problem.class,
                        answer -> assertThat(answer.problem().detail())
                                .startsWith("there are /v1/ping, /v1/decentralized_client_stats, "));
    }
}
