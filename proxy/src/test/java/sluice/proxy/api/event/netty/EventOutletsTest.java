package sluice.proxy.api.event.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sluice.config.ApiConfig;
import sluice.config.ApiScope;
import sluice.config.ApiTokenConfig;
import sluice.config.ListenAddress;
import sluice.proxy.api.ApiCatalogue;
import sluice.proxy.api.ApiTokens;
import sluice.proxy.api.event.EventLedger;
import sluice.proxy.api.event.PoolAddresses;
import sluice.proxy.api.netty.ApiServer;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;

/** Over loopback: a bus, the API and programs that listen. */
@Timeout(60)
class EventOutletsTest {
    private static final String SECRET = "sluice_secret";
    private static final Instant AT = Instant.ofEpochSecond(1_700_000_000L);

    private final EventOutlets outlets = new EventOutlets(List.of(), PoolAddresses.UNKNOWN, InstantSource.fixed(AT));
    private final GatewayEvents bus = new GatewayEvents("outlets", List.of(outlets.listener()));
    private final ApiServer server = new ApiServer(InstantSource.system());
    private final HttpClient client = HttpClient.newHttpClient();
    private int happened;

    @BeforeEach
    void serve() throws IOException {
        server.open(
                new ApiConfig(
                        Optional.of(new ListenAddress("127.0.0.1", 0)),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(new ApiTokenConfig("module", ApiScope.OPERATE, ApiTokens.sha256(SECRET)))),
                new ApiCatalogue(outlets.endpoints(bus::publish)));
    }

    @AfterEach
    void close() {
        client.shutdownNow();
        bus.close();
        server.close();
        outlets.close();
    }

    private HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + server.address().orElseThrow().getPort() + target))
                .header("Authorization", "Bearer " + SECRET);
    }

    /** Somebody who reads the stream, line by line. */
    private final class Listener implements AutoCloseable {
        private final InputStream body;
        private final BufferedReader lines;
        private String lastId = "";

        Listener(Optional<String> lastEventId) throws IOException, InterruptedException {
            HttpRequest.Builder request = request("/api/v1/events");
            lastEventId.ifPresent(id -> request.header("Last-Event-ID", id));
            HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream");
            body = response.body();
            lines = new BufferedReader(new InputStreamReader(body, UTF_8));
            // The place where it begins.
            next("id: ");
        }

        String next(String prefix) throws IOException {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    lastId = line.substring(4);
                }
                if (line.startsWith(prefix)) {
                    return line;
                }
            }
            throw new IOException("the stream ended");
        }

        List<String> reasons(int count) throws IOException {
            List<String> reasons = new ArrayList<>();
            while (reasons.size() < count) {
                reasons.add(next("data: ").replaceAll(".*\"reason\":\"([^\"]*)\".*", "$1"));
            }
            return reasons;
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    private List<String> happen(int count) {
        List<String> reasons = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String reason = "r" + happened++;
            bus.publish(new GatewayEvent.PortsClosed(AT, reason));
            reasons.add(reason);
        }
        return reasons;
    }

    @Test
    void whoIsCutOffAndComesBackHasMissedNothing() throws Exception {
        String id;
        try (Listener listener = new Listener(Optional.empty())) {
            assertThat(listener.reasons(happen(5).size())).containsExactly("r0", "r1", "r2", "r3", "r4");
            id = listener.lastId;
        }
        List<String> meanwhile = happen(2_000);
        try (Listener again = new Listener(Optional.of(id))) {
            assertThat(again.reasons(meanwhile.size())).isEqualTo(meanwhile);
            assertThat(again.reasons(happen(1).size())).containsExactly("r2005");
        }
    }

    /** It reads nothing while more happens than the ring, the sockets and the buffers between them hold. */
    @Test
    void aReaderThatIsTooSlowIsToldHowManyItMissedAndHoldsNobodyUp() throws Exception {
        try (Listener slow = new Listener(Optional.empty());
                Listener quick = new Listener(Optional.empty())) {
            int all = 0;
            for (int round = 0; round < 20; round++) {
                List<String> some = happen(EventLedger.MAX_OTHERS / 4);
                assertThat(quick.reasons(some.size())).isEqualTo(some);
                all += some.size();
            }
            assertThat(bus.lost()).isZero();
            long read = 0;
            long missed = 0;
            while (read + missed < all) {
                String data = slow.next("data: ");
                if (data.contains("EventsLost")) {
                    missed += Long.parseLong(data.replaceAll(".*\"count\":(\\d+).*", "$1"));
                } else {
                    read++;
                }
            }
            assertThat(read + missed).isEqualTo(all);
            assertThat(missed).isPositive();
        }
    }

    @Test
    void whatANodeSaysIsHeardByAllWhoListen() throws Exception {
        String hash = "00000000000000000001a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7";
        try (Listener listener = new Listener(Optional.empty())) {
            HttpResponse<String> noted = client.send(
                    request("/api/v1/events/node")
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString(
                                    "{\"type\":\"ChainTipUpdated\",\"data\":{\"prev_hash\":\"" + hash + "\"}}"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(noted.statusCode()).isEqualTo(202);
            assertThat(noted.body()).isEqualTo("{\"looking\":true}");
            assertThat(listener.next("event: ")).isEqualTo("event: ChainTipUpdated");
            assertThat(listener.next("data: "))
                    .contains("\"data\":{\"prev_hash\":\"" + hash + "\",\"reported_by\":\"module\"}");
        }
    }

    @Test
    void withoutATokenNobodyListens() throws Exception {
        HttpResponse<String> refused = client.send(
                HttpRequest.newBuilder(request("/api/v1/events").build().uri()).build(), BodyHandlers.ofString());
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).doesNotContain(SECRET);
    }
}
