package sluice.proxy.api.event.netty;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.permanentRedirect;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.status;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.config.EventType;
import sluice.config.WebhookConfig;
import sluice.config.WebhookSecret;
import sluice.proxy.api.event.EventFeed;
import sluice.proxy.api.event.EventLedger;
import sluice.proxy.api.event.PoolAddresses;
import sluice.proxy.api.event.WebhookQueue;
import sluice.proxy.api.event.WebhookSignature;
import sluice.proxy.api.event.WebhookState;
import sluice.proxy.event.GatewayEvent;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Over loopback, to receivers that behave well and badly. */
@Timeout(60)
class WebhooksTest {
    private static final WebhookSecret SECRET = WebhookSecret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    private static final Instant AT = Instant.ofEpochSecond(1_700_000_000L);
    private static final AtomicInteger TESTS = new AtomicInteger();
    private static final Duration IMPATIENT = Duration.ofMillis(300);
    /** So long that a busy machine cuts no delivery short at the end. */
    private static final Duration PATIENT_END = Duration.ofSeconds(45);

    private static final int LONGER_THAN_ANY_TEST_MILLIS = 600_000;

    private static WireMockServer receiver;

    private final EventFeed feed = new EventFeed(new EventLedger("run"), PoolAddresses.UNKNOWN);
    // One of its own for each test: requests that one before still had on their way are not meant for this.
    private final String path = "/hooks/s3cret/" + TESTS.incrementAndGet();
    private Duration closePatience = Webhooks.CLOSE_PATIENCE;
    private Webhooks webhooks;

    @BeforeAll
    static void startReceiver() {
        receiver = new WireMockServer(wireMockConfig()
                .dynamicPort()
                .bindAddress("127.0.0.1")
                .asynchronousResponseEnabled(true)
                .jettyStopTimeout(100L));
        receiver.start();
    }

    @AfterAll
    static void stopReceiver() {
        receiver.stop();
    }

    @BeforeEach
    void reset() {
        receiver.resetAll();
        answer(ok());
    }

    @AfterEach
    void close() {
        webhooks.close();
    }

    private void answer(ResponseDefinitionBuilder response) {
        receiver.stubFor(post(path).willReturn(response));
    }

    private void start() {
        start(receiver.port(), Webhooks.ANSWER_TIMEOUT, EnumSet.allOf(EventType.class));
    }

    private void start(int port, Duration patience, Set<EventType> events) {
        URI url = URI.create("http://127.0.0.1:" + port + path);
        webhooks = Webhooks.start(
                List.of(new WebhookConfig("chat", url, SECRET, events)),
                feed,
                InstantSource.system(),
                patience,
                closePatience);
    }

    private void happens(String reason) {
        feed.on(new GatewayEvent.PortsClosed(AT, reason));
        feed.onBatchEnd();
    }

    private WebhookState state() {
        return webhooks.states()
                .toCompletableFuture()
                .join()
                .values()
                .iterator()
                .next();
    }

    private WebhookState waitFor(Predicate<WebhookState> wanted) {
        return await().until(this::state, wanted);
    }

    private List<LoggedRequest> requests() {
        return receiver.findAll(postRequestedFor(urlMatching(path + ".*")));
    }

    private List<String> reasonsTold() {
        return reasons(requests());
    }

    private static List<String> reasons(Collection<LoggedRequest> requests) {
        List<String> told = new ArrayList<>();
        for (LoggedRequest request : requests) {
            for (JsonNode event :
                    JsonMapper.shared().readTree(request.getBody()).get("events")) {
                told.add(event.get("data").get("reason").asString());
            }
        }
        return told;
    }

    @Test
    void aDeliveryIsJsonThatIsSignedAndHasAnId() {
        start();
        happens("first");
        waitFor(state -> state.delivered() == 1);

        LoggedRequest request = requests().getFirst();
        assertThat(request.getUrl()).isEqualTo(path);
        assertThat(request.getHeader("Content-Type")).isEqualTo("application/json");
        assertThat(request.getHeader("webhook-id")).isEqualTo("run-0-1");
        Instant sentAt = Instant.ofEpochSecond(Long.parseLong(request.getHeader("webhook-timestamp")));
        assertThat(request.getHeader("webhook-signature"))
                .isEqualTo(WebhookSignature.of(SECRET, "run-0-1", sentAt, request.getBody()));
        assertThat(request.getBodyAsString())
                .isEqualTo("{\"events\":[{\"id\":\"run-0-1\",\"type\":\"PortsClosed\",\"at\":\"2023-11-14T22:13:20Z\","
                        + "\"data\":{\"reason\":\"first\"}}]}");
    }

    @Test
    void aBurstComesWholeAndInOrder() {
        start();
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 3 * WebhookQueue.MAX_BATCH; i++) {
            all.add("r" + i);
            happens("r" + i);
        }
        waitFor(state -> state.delivered() == all.size());
        assertThat(reasonsTold()).containsExactlyElementsOf(all);
        assertThat(requests()).hasSizeLessThan(all.size());
    }

    @Test
    void itIsToldOfWhatItWantsOnly() {
        start(receiver.port(), Webhooks.ANSWER_TIMEOUT, Set.of(EventType.PORTS_CLOSED));
        feed.on(new GatewayEvent.PortsOpened(AT));
        happens("wanted");
        feed.on(new GatewayEvent.PortsOpened(AT));
        happens("as well");
        waitFor(state -> state.delivered() == 2);
        assertThat(reasonsTold()).containsExactly("wanted", "as well");
    }

    @Test
    void whatFailsIsSentAgainUnderTheSameIdAndSignedAnew() {
        answer(status(503));
        start();
        happens("first");
        waitFor(state -> state.lastFailure().equals(Optional.of("HTTP 503")));
        answer(ok());
        happens("second");
        waitFor(state -> state.delivered() == 2);

        List<String> told = reasonsTold();
        assertThat(told)
                .endsWith("first", "second")
                .filteredOn("second"::equals)
                .hasSize(1);
        assertThat(requests().stream().limit(told.size() - 1).map(request -> request.getHeader("webhook-id")))
                .containsOnly("run-0-1");
    }

    @Test
    void aReceiverThatNeverAnswersIsLeftAfterAWhile() {
        answer(aResponse().withFixedDelay(LONGER_THAN_ANY_TEST_MILLIS));
        start(receiver.port(), IMPATIENT, EnumSet.allOf(EventType.class));
        happens("first");
        waitFor(state -> state.lastFailure().equals(Optional.of("no answer within 300 ms")));
        answer(ok());
        waitFor(state -> state.delivered() == 1);
    }

    @Test
    void aReceiverWhoseAnswerNeverEndsIsLeftAsWell() {
        answer(ok("x".repeat(1_000)).withChunkedDribbleDelay(1_000, LONGER_THAN_ANY_TEST_MILLIS));
        start(receiver.port(), IMPATIENT, EnumSet.allOf(EventType.class));
        happens("first");
        waitFor(state -> state.lastFailure().equals(Optional.of("no answer within 300 ms")));
    }

    @Test
    void anAnswerMayBeLongButNotEndless() {
        answer(ok("x".repeat(WebhookPost.MAX_ANSWER_BYTES)));
        start();
        happens("first");
        waitFor(state -> state.delivered() == 1);
        answer(ok("x".repeat(WebhookPost.MAX_ANSWER_BYTES + 1)));
        happens("second");
        assertThat(waitFor(state -> state.lastFailure().isPresent())
                        .lastFailure()
                        .get())
                .startsWith("the connection to 127.0.0.1:");
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE", "MALFORMED_RESPONSE_CHUNK", "RANDOM_DATA_THEN_CLOSE"
            })
    void aBrokenConnectionLosesNothing(Fault fault) {
        answer(aResponse().withFault(fault));
        start();
        happens("first");
        WebhookState broken = waitFor(state -> state.lastFailure().isPresent());
        assertThat(broken.lastFailure().get())
                .contains("127.0.0.1:" + receiver.port())
                .doesNotContain("s3cret");
        assertThat(broken.waiting()).isEqualTo(1);
        answer(ok());
        waitFor(state -> state.delivered() == 1);
    }

    @Test
    void aReceiverThatFailsInOneWayAfterTheOtherGetsEveryEventOnceAndInOrder() {
        failing(aResponse().withFixedDelay(LONGER_THAN_ANY_TEST_MILLIS), Scenario.STARTED, "broken");
        failing(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER), "broken", "overloaded");
        failing(status(503), "overloaded", "well");
        receiver.stubFor(
                post(path).inScenario("illness").whenScenarioStateIs("well").willReturn(ok()));
        start(receiver.port(), IMPATIENT, EnumSet.allOf(EventType.class));
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 3 * WebhookQueue.MAX_BATCH; i++) {
            all.add("r" + i);
            happens("r" + i);
        }
        WebhookState well = waitFor(state -> state.delivered() == all.size());
        assertThat(well.buried() + well.missed() + well.forgotten()).isZero();
        // As receivers should, this one leaves out what it knows by its id. What failed was the first, three times, and
        // any other may have been answered too late where the machine is busy.
        Map<String, LoggedRequest> deliveries = new LinkedHashMap<>();
        requests().forEach(request -> deliveries.putIfAbsent(request.getHeader("webhook-id"), request));
        assertThat(reasons(deliveries.values())).containsExactlyElementsOf(all);
        assertThat(requests())
                .filteredOn(request -> request.getHeader("webhook-id").equals("run-0-1"))
                .hasSizeGreaterThan(3);
    }

    private void failing(ResponseDefinitionBuilder response, String from, String to) {
        receiver.stubFor(post(path)
                .inScenario("illness")
                .whenScenarioStateIs(from)
                .willReturn(response)
                .willSetStateTo(to));
    }

    @Test
    void aReceiverThatIsNotThereIsSaidToBeNotThere() {
        start(1, Webhooks.ANSWER_TIMEOUT, EnumSet.allOf(EventType.class));
        happens("first");
        waitFor(state -> state.lastFailure().equals(Optional.of("no connection to 127.0.0.1:1")));
    }

    @Test
    void whatIsRefusedIsADeadLetterThatCanBeSentAgain() {
        answer(status(404));
        start();
        happens("first");
        WebhookState refused = waitFor(state -> state.buried() == 1);
        assertThat(refused.deadLetters().getFirst().reason()).isEqualTo("HTTP 404");
        assertThat(refused.waiting()).isZero();

        answer(ok());
        assertThat(webhooks.revive("other").toCompletableFuture().join()).isEmpty();
        assertThat(webhooks.revive("chat").toCompletableFuture().join()).hasValue(1);
        WebhookState revived = waitFor(state -> state.delivered() == 1);
        assertThat(revived.deadLetters()).isEmpty();
        assertThat(reasonsTold()).containsExactly("first", "first");
    }

    @Test
    void aRedirectIsNotFollowed() {
        answer(permanentRedirect("http://127.0.0.1:" + receiver.port() + path + "/elsewhere"));
        start();
        happens("first");
        assertThat(waitFor(state -> state.buried() == 1)
                        .deadLetters()
                        .getFirst()
                        .reason())
                .isEqualTo("HTTP 301");
        assertThat(requests()).extracting(LoggedRequest::getUrl).containsExactly(path);
    }

    @Test
    void whatHappenedBeforeTheEndIsStillDelivered() {
        closePatience = PATIENT_END;
        start();
        happens("first");
        happens("last");
        webhooks.close();
        assertThat(reasonsTold()).containsExactly("first", "last");
    }

    @Test
    void theEndDoesNotWaitForAReceiverThatTakesNothing() {
        closePatience = PATIENT_END;
        answer(status(500));
        start();
        happens("first");
        assertThat(CompletableFuture.runAsync(webhooks::close)).succeedsWithin(PATIENT_END.minusSeconds(10));
        assertThat(requests()).isNotEmpty();
    }

    @Test
    void aReceiverThatIsSlowHoldsNobodyUpButIsToldOfEverythingThereIsRoomFor() {
        answer(aResponse().withFixedDelay(LONGER_THAN_ANY_TEST_MILLIS));
        start();
        int more = EventLedger.MAX_OTHERS + 1_000;
        for (int i = 0; i < more; i++) {
            happens("r" + i);
        }
        WebhookState state = waitFor(any -> any.waiting() + any.buried() + any.missed() == more);
        assertThat(state.waiting()).isBetween(WebhookQueue.MAX_WAITING + 1, WebhookQueue.MAX_WAITING + 100);
        assertThat(state.deadLetters()).hasSize(WebhookQueue.MAX_DEAD_LETTERS);
        assertThat(state.forgotten()).isEqualTo(state.buried() - WebhookQueue.MAX_DEAD_LETTERS);
    }
}
