package sluice.upstream.netty;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.netty.Patience.await;

import com.github.tomakehurst.wiremock.http.Fault;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.upstream.node.NodeAnswerReader;
import sluice.upstream.node.NodeCredentials;
import sluice.upstream.node.NodeProposal;
import sluice.upstream.node.NodeSettings;
import sluice.upstream.node.NodeTimeouts;
import sluice.upstream.node.RecordedAnswer;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateEvent.BlockJudged;
import sluice.upstream.template.TemplateEvent.NewTip;
import sluice.upstream.template.TemplateEvent.Refreshed;
import sluice.upstream.template.TemplateEvent.Unavailable;
import tools.jackson.databind.JsonNode;

/** Over real sockets, with the answers of real nodes. */
@Timeout(60)
class NodeSourceTest {
    private static final NodeCredentials PASSWORD = new NodeCredentials.Password("alice", "correct:horse");
    private static final Duration IMPATIENT = Duration.ofMillis(200);
    private static final Duration PATIENT = Duration.ofMinutes(5);

    private static StubbedNode node;

    private final EventLoopGroup loops = Transport.best().newEventLoops(1, "node-test");
    private final EventLoop loop = loops.next();
    private final BlockingQueue<TemplateEvent> events = new LinkedBlockingQueue<>();
    // A busy machine may take long to bring up client and stub for the first call of all.
    private NodeTimeouts timeouts = new NodeTimeouts(PATIENT, PATIENT, PATIENT, PATIENT);
    private InstantSource clock = InstantSource.system();
    private NodeSource source;

    @BeforeAll
    static void startNode() {
        node = new StubbedNode();
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @BeforeEach
    void reset() {
        node.anew();
    }

    @AfterEach
    void close() {
        if (source != null) {
            send(new TemplateCommand.Close("the test is over"));
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void start() {
        start(PASSWORD);
    }

    private void start(NodeCredentials credentials) {
        start(new NodeSettings("node-1", node.url(), credentials, Optional.empty(), Optional.empty()));
    }

    private void start(NodeSettings settings) {
        source = new NodeSource(settings, loop, clock, new SplittableRandom(1), timeouts);
        loop.submit(() -> source.start(event -> {
                    assertThat(loop.inEventLoop()).isTrue();
                    events.add(event);
                }))
                .syncUninterruptibly();
    }

    private void send(TemplateCommand command) {
        loop.submit(() -> source.send(command)).syncUninterruptibly();
    }

    private <E extends TemplateEvent> E next(Class<E> kind) throws InterruptedException {
        TemplateEvent event = events.poll(30, TimeUnit.SECONDS);
        assertThat(event).isInstanceOf(kind);
        return kind.cast(event);
    }

    private String unavailable() throws InterruptedException {
        return next(Unavailable.class).reason();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gbt_0tx",
                "gbt_1tx",
                "gbt_20tx",
                "gbt_1000tx",
                "h0_getblocktemplate",
                "bcoin/gbt_segwit_20tx",
                "bcoin/gbt_h111_presegwit"
            })
    void aTemplateArrivesWithAllItsTransactions(String name) throws Exception {
        node.template(name);
        start();
        Template template = next(NewTip.class).template();
        JsonNode result =
                RecordedAnswer.json(RecordedAnswer.ofTemplate(name).body()).get("result");
        assertThat(template.height()).isEqualTo(result.get("height").asLong());
        assertThat(template.transactions().orElseThrow().raw())
                .hasSize(result.get("transactions").size());
    }

    @Test
    void exactlyOneLongPollWaitsAndOtherCallsPassItBy() throws Exception {
        node.template("gbt_1tx").answersWithText("submitblock", "high-hash");
        start();
        next(NewTip.class);
        await().until(() -> node.asked("getblocktemplate").size() == 2);
        submit(1);
        assertThat(next(BlockJudged.class).verdict().reason()).isEqualTo("high-hash");
        submit(2);
        next(BlockJudged.class);
        assertThat(node.bodies("getblocktemplate"))
                .filteredOn(body -> body.get("params").get(0).has("longpollid"))
                .hasSize(1);
    }

    @Test
    void theLongPollBringsTheNewTipAndTheNextOneFollows() throws Exception {
        node.template("gbt_0tx").longPoll("gbt_0tx", "gbt_1tx");
        start();
        assertThat(next(NewTip.class).template().height()).isEqualTo(111);
        assertThat(next(NewTip.class).template().height()).isEqualTo(141);
        await().until(() -> node.asked("getblocktemplate").size() == 3);
    }

    @Test
    void theLongPollBringsBetterFees() throws Exception {
        node.template("gbt_1tx").longPoll("gbt_1tx", "gbt_20tx");
        start();
        next(NewTip.class);
        assertThat(next(Refreshed.class).template().coinbase().value()).isEqualTo(5_000_272_190L);
    }

    @Test
    void aTimeOutOfTheLongPollIsFollowedByPlainCalls() throws Exception {
        timeouts = new NodeTimeouts(PATIENT, PATIENT, PATIENT, IMPATIENT);
        node.template("gbt_0tx").answersWithText("getbestblockhash", tip("gbt_0tx"));
        start();
        next(NewTip.class);
        await().until(() -> !node.asked("getbestblockhash").isEmpty());
        node.template("gbt_1tx").answersWithText("getbestblockhash", tip("gbt_1tx"));
        assertThat(next(NewTip.class).template().height()).isEqualTo(141);
    }

    @Test
    void aNodeThatCutsTheLongPollIsAskedPlainly() throws Exception {
        node.template("gbt_0tx")
                .longPollFails("gbt_0tx", aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER))
                .answersWithText("getbestblockhash", tip("gbt_0tx"));
        start();
        next(NewTip.class);
        await().until(() -> !node.asked("getbestblockhash").isEmpty());
        assertThat(events).isEmpty();
    }

    @Test
    void aNodeThatDoesNotAnswerIsLostAndTriedAgain() throws Exception {
        timeouts = new NodeTimeouts(PATIENT, IMPATIENT, PATIENT, PATIENT);
        node.template(StubbedNode.never());
        start();
        assertThat(unavailable()).startsWith("no answer to getblocktemplate within");
        node.template("gbt_0tx");
        next(NewTip.class);
    }

    @ParameterizedTest
    @CsvSource({
        "wrong_password, HTTP 401",
        "rpcwhitelist_403, HTTP 403",
        "bad_path, HTTP 404",
        "http_get, HTTP 405",
        "work_queue_exceeded_503, Work queue depth exceeded",
        "gbt_mainnet_isolated, Bitcoin Core is not connected!",
        "error_warmup_-28, Loading block index…"
    })
    void whatANodeSaysInsteadOfATemplateIsTheReason(String recorded, String words) throws Exception {
        node.template(StubbedNode.response("bitcoind/errors/" + recorded));
        start();
        assertThat(unavailable()).contains(words);
        node.template("gbt_0tx");
        next(NewTip.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EMPTY_RESPONSE",
                "MALFORMED_RESPONSE_CHUNK",
                "RANDOM_DATA_THEN_CLOSE",
                "CONNECTION_RESET_BY_PEER"
            })
    void aConnectionThatBreaksIsMadeAgain(Fault fault) throws Exception {
        node.template(aResponse().withFault(fault));
        start();
        assertThat(unavailable()).isNotEmpty();
        node.template("gbt_0tx");
        next(NewTip.class);
    }

    @Test
    void anAnswerThatIsTooLargeIsNone() throws Exception {
        node.template(aResponse().withBody(new byte[NodeAnswerReader.MAX_ANSWER_BYTES + 1]));
        start();
        assertThat(unavailable()).contains("broke");
    }

    @Test
    void anAnswerOfTheLargestSizeIsRead() throws Exception {
        byte[] template = RecordedAnswer.ofTemplate("gbt_0tx").body().getBytes(StandardCharsets.UTF_8);
        byte[] padded = new byte[NodeAnswerReader.MAX_ANSWER_BYTES];
        Arrays.fill(padded, (byte) ' ');
        System.arraycopy(template, 0, padded, 0, template.length);
        node.template(aResponse().withBody(padded));
        start();
        next(NewTip.class);
    }

    @Test
    void aNodeThatIsNotThereIsNamed() throws Exception {
        start(new NodeSettings(
                "node-1",
                URI.create("http://127.0.0.1:" + closedPort()),
                PASSWORD,
                Optional.empty(),
                Optional.empty()));
        assertThat(unavailable()).startsWith("no connection to 127.0.0.1:").contains("does the node run");
    }

    private static int closedPort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    @Test
    void userAndPasswordAreShown() throws Exception {
        node.onlyFor(basic("alice:correct:horse")).template("gbt_0tx");
        start();
        next(NewTip.class);
    }

    @Test
    void wrongCredentialsAreSaid() throws Exception {
        node.onlyFor(basic("alice:correct:horse")).template("gbt_0tx");
        start(new NodeCredentials.None());
        assertThat(unavailable()).contains("does not take our user and password");
    }

    @Test
    void aCookieIsReadAnewWhenTheNodeHasWrittenAnother(@TempDir Path directory) throws Exception {
        Path cookie = directory.resolve(".cookie");
        start(new NodeCredentials.CookieFile(cookie));
        assertThat(unavailable()).contains(cookie + " does not exist");
        node.onlyFor(basic("__cookie__:first")).template("gbt_0tx");
        write(cookie, "__cookie__:first");
        next(NewTip.class);
        node.reset()
                .onlyFor(basic("__cookie__:second"))
                .template("gbt_0tx")
                .answersWithText("submitblock", "duplicate");
        submit(1);
        await().until(() -> !node.asked("submitblock").isEmpty());
        write(cookie, "__cookie__:second");
        assertThat(next(BlockJudged.class).verdict()).isEqualTo(BlockVerdict.ofReason("duplicate"));
    }

    /** At once, as nodes do it: whoever reads it never finds half of it. */
    private static void write(Path cookie, String content) throws IOException {
        Path beside = Files.writeString(cookie.resolveSibling(".cookie.tmp"), content);
        Files.move(beside, cookie, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aPublishedBlockMakesUsAskAtOnce() throws Exception {
        byte[] saying = RecordedPublisher.saying(
                RecordedPublisher.text("hashblock"),
                Bytes.fromHex(tip("gbt_1tx")).toArray(),
                new byte[4]);
        try (RecordedPublisher publisher = new RecordedPublisher(saying)) {
            node.template("gbt_0tx");
            // Time stands still, so no other reason to ask ever comes.
            clock = InstantSource.fixed(Instant.ofEpochSecond(1_795_391_760));
            start(new NodeSettings(
                    "node-1", node.url(), PASSWORD, Optional.of(publisher.endpoint()), Optional.empty()));
            assertThat(next(NewTip.class).template().height()).isEqualTo(111);
            await().until(() -> publisher.subscribed() == 1);
            node.template("gbt_1tx");
            // The subscriber comes back and hears the notice again.
            publisher.hangUp();
            assertThat(next(NewTip.class).template().height()).isEqualTo(141);
        }
    }

    @Test
    void anAcceptedBlockReachesTheNodeByteForByteAndIsLookedFor() throws Exception {
        node.template("gbt_20tx").answers("submitblock", "bitcoind/submitblock/submit_accepted");
        node.answersWithText("getbestblockhash", accepted().hash().display());
        start();
        next(NewTip.class);
        submit(1);
        assertThat(next(BlockJudged.class).verdict()).isEqualTo(BlockVerdict.ACCEPTED);
        assertThat(node.bodies("submitblock"))
                .singleElement()
                .satisfies(body -> assertThat(body.get("params").get(0).asString())
                        .isEqualTo(accepted().serialise().hex()));
    }

    @Test
    void aBlockThatWouldBeRefusedIsSaidBeforeItIsFound() throws Exception {
        node.template("gbt_20tx");
        NodeProposal proposal = new NodeProposal(Bytes.fromHex("51"), Bytes.EMPTY);
        start(new NodeSettings("node-1", node.url(), PASSWORD, Optional.empty(), Optional.of(proposal)));
        next(NewTip.class);
        List<JsonNode> asked = await().until(
                        () -> node.bodies("getblocktemplate").stream()
                                .filter(body -> body.get("params").get(0).has("mode"))
                                .toList(),
                        found -> !found.isEmpty());
        assertThat(Block.parse(Bytes.fromHex(asked.getFirst()
                                .get("params")
                                .get(0)
                                .get("data")
                                .asString()))
                        .transactions())
                .hasSize(21);
        // The stub takes it for a plain call and answers with a template, as a node that knows no proposals does.
        assertThat(events).isEmpty();
    }

    private void submit(long number) {
        Block block = accepted();
        send(new TemplateCommand.SubmitBlock(new BlockSolution(
                number,
                1,
                141,
                block.hash(),
                block.header(),
                block.coinbase().serialise(),
                Optional.of(block.serialise()),
                "bob")));
    }

    private static Block accepted() {
        return Block.parse(Bytes.fromHex(RecordedAnswer.json(RecordedAnswer.of("bitcoind/submitblock/submit_accepted")
                        .request())
                .get("params")
                .get(0)
                .asString()));
    }

    private static String tip(String template) {
        return RecordedAnswer.json(RecordedAnswer.ofTemplate(template).body())
                .get("result")
                .get("previousblockhash")
                .asString();
    }

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }
}
