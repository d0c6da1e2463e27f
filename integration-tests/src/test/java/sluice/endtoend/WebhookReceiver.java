package sluice.endtoend;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Another system's end of a webhook, which answers as it is told to. */
final class WebhookReceiver implements AutoCloseable {
    static final String PATH = "/hooks/path-of-this-test";
    static final String SECRET = "c2VjcmV0LW9mLXRoaXMtdGVzdC1vbmx5LTEyMzQ1Njc4";

    private final WireMockServer server = new WireMockServer(wireMockConfig()
            .dynamicPort()
            .bindAddress("127.0.0.1")
            .asynchronousResponseEnabled(true)
            .jettyStopTimeout(100L));

    WebhookReceiver() {
        server.start();
    }

    /** From now on, whatever comes. */
    void answers(ResponseDefinitionBuilder response) {
        // The latest stub counts; without the earlier ones, what comes in between would find none.
        server.stubFor(post(anyUrl()).willReturn(response));
    }

    /** The table that has a Sluice tell it of these events. */
    String table(String... events) {
        return """
                [[webhook]]
                name = "alarms"
                url = "http://127.0.0.1:%d%s"
                secret = "whsec_%s"
                events = [%s]
                """.formatted(
                server.port(),
                PATH,
                SECRET,
                String.join(
                        ", ", Stream.of(events).map(event -> '"' + event + '"').toList()));
    }

    /** All requests, whatever they were answered, the earliest first. */
    List<ServeEvent> requests() {
        return server.getAllServeEvents().stream()
                .sorted(Comparator.comparing(one -> one.getRequest().getLoggedDate()))
                .toList();
    }

    /** The events of all requests that it has taken, in the order in which they came. */
    List<JsonNode> taken() {
        return requests().stream()
                .filter(one -> Optional.ofNullable(one.getResponse())
                        .filter(answer -> answer.getStatus() == 200 && answer.getFault() == null)
                        .isPresent())
                .flatMap(one -> JsonMapper.shared()
                        .readTree(one.getRequest().getBody())
                        .get("events")
                        .valueStream())
                .toList();
    }

    List<String> typesTaken() {
        return taken().stream().map(event -> event.get("type").asString()).toList();
    }

    /** Holds every request to the rules of Standard Webhooks. */
    void assertAllSigned() throws GeneralSecurityException {
        for (ServeEvent one : requests()) {
            String id = one.getRequest().getHeader("webhook-id");
            String time = one.getRequest().getHeader("webhook-timestamp");
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(SECRET), "HmacSHA256"));
            mac.update((id + "." + time + ".").getBytes(US_ASCII));
            assertThat(one.getRequest().getHeader("webhook-signature"))
                    .isEqualTo("v1,"
                            + Base64.getEncoder()
                                    .encodeToString(mac.doFinal(one.getRequest().getBody())));
        }
    }

    @Override
    public void close() {
        server.stop();
    }
}
