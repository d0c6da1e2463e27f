package sluice.endtoend;

import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.proxy.api.ApiTokens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All that the API of a Sluice that runs has to offer, asked for by those who may not, and looked through for secrets. */
@Timeout(120)
class ApiSecurityTest extends ScriptedPoolScenario {
    private static final Map<String, String> TOKENS = Map.of(
            "read", "sluice_reader-of-this-test",
            "operate", "sluice_operator-of-this-test",
            "admin", "sluice_admin-of-this-test");
    private static final String POOL_PASSWORD = RehashingSv1Pool.PASSWORD;
    private static final String NEXT_POOL_PASSWORD = "next-pool-password-of-this-test";
    private static final String NODE_PASSWORD = "node-password-of-this-test";
    private static final String MINER_PASSWORD = "miner-password-of-this-test";
    private static final int REFUSED = 3;
    private static final String GUESS = "sluice_guess-of-this-test";
    // Whoever asks for shares behind others has those others.
    private static final String ACKNOWLEDGES = "GET /api/v1/share-sinks/{sink}/shares";

    private static final Set<String> OPEN =
            Set.of("GET /", "GET /api/v1/health", "GET /api/v1/openapi.json", "GET /module/v1/manifest");

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final WebhookReceiver receiver = new WebhookReceiver();
    private InetSocketAddress port;
    private InetSocketAddress api;
    private RehashingSv1Pool pool;
    private SluiceProcess sluice;
    private List<Operation> operations;

    /** @param scope that it needs; empty: none */
    private record Operation(String method, String path, String scope) {
        String name() {
            return method + " " + path;
        }

        /** Somewhere that there is. */
        String place() {
            String name = path.contains("webhooks") ? "alarms" : "main";
            return path.replace("{goal}", "default").replace("{id}", "1").replaceAll("\\{[a-z_]+}", name);
        }
    }

    private record Answer(int status, Map<String, List<String>> headers, String body) {}

    @BeforeEach
    void start() throws Exception {
        receiver.answers(ok());
        List<InetSocketAddress> ports = SluiceProcess.freePorts(3);
        port = ports.get(0);
        api = ports.get(1);
        pool = sv1Pool();
        Path file = Files.writeString(
                directory.resolve("sluice.toml"),
                """
                [stratum_v2]
                listen_addr = "127.0.0.1:%d"
                [log]
                level = "trace"
                [failover]
                switch_timeout = "1s"
                [api]
                listen_addr = "127.0.0.1:%d"
                [[template_source]]
                name = "node"
                url = "http://127.0.0.1:%d"
                user = "farm"
                password = "%s"
                [[upstream]]
                name = "main"
                url = "stratum+tcp://127.0.0.1:%d"
                user = "farm"
                password = "%s"
                """.formatted(
                                        port.getPort(),
                                        api.getPort(),
                                        ports.get(2).getPort(),
                                        NODE_PASSWORD,
                                        pool.port(),
                                        POOL_PASSWORD)
                        + TOKENS.entrySet().stream()
                                .map(one -> "[[api_token]]\nname = \"%s\"\nscopes = [\"%s\"]\nsha256 = \"%s\"\n"
                                        .formatted(one.getKey(), one.getKey(), ApiTokens.sha256(one.getValue())))
                                .collect(Collectors.joining())
                        + receiver.table("MiningPoolConnected", "ChannelOpened", "MinerProfiled", "PlanRejected"));
        sluice = SluiceProcess.start(directory, "run", "--config", file.toString());
        sluice.awaitListening(port);
        sluice.awaitLogged("the API answers on");
        operations = operations();
    }

    @AfterEach
    void end() {
        http.close();
        sluice.close();
        receiver.close();
    }

    private List<Operation> operations() throws Exception {
        JsonNode document = JsonMapper.shared()
                .readTree(ask("GET", "/api/v1/openapi.json", "", "").body());
        List<Operation> all = new ArrayList<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(operation -> all.add(new Operation(
                                operation.getKey().toUpperCase(Locale.ROOT),
                                path.getKey(),
                                operation.getValue().path("x-sluice-scope").asString("")))));
        assertThat(all).hasSizeGreaterThan(30);
        return all;
    }

    private HttpRequest request(String method, String path, String token, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.getPort() + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return request.build();
    }

    /** Answers at once, also where a stream begins. */
    private Answer ask(String method, String path, String token, String body) throws Exception {
        HttpResponse<InputStream> answer =
                http.send(request(method, path, token, body), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = answer.body()) {
            boolean isStream = answer.headers()
                    .firstValue("content-type")
                    .filter("text/event-stream"::equals)
                    .isPresent();
            String text = isStream ? "" : new String(in.readAllBytes(), UTF_8);
            return new Answer(answer.statusCode(), answer.headers().map(), text);
        }
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(api.getAddress(), api.getPort())) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private int status(String method, String target, String token) throws IOException {
        String answer = raw(method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                + (token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n") + "\r\n");
        return Integer.parseInt(answer.substring(9, 12));
    }

    @Test
    void withoutATokenOrWithOneOfTooLittleScopeNothingIsToBeHad() throws Exception {
        assertThat(operations.stream().filter(one -> one.scope().isEmpty()).map(Operation::name))
                .containsExactlyInAnyOrderElementsOf(OPEN);
        List<String> scopes = List.of("read", "operate", "admin");
        for (Operation one : operations) {
            int needed = scopes.indexOf(one.scope());
            if (needed >= 0) {
                assertThat(status(one.method(), one.place(), "")).as(one.name()).isEqualTo(401);
                assertThat(status(one.method(), one.place(), GUESS))
                        .as(one.name())
                        .isEqualTo(401);
                assertThat(one.scope().equals("read")
                                || !one.method().equals("GET")
                                || one.name().equals(ACKNOWLEDGES))
                        .as("%s changes something", one.name())
                        .isTrue();
            }
            for (String less : scopes.subList(0, Math.max(0, needed))) {
                assertThat(status(one.method(), one.place(), TOKENS.get(less)))
                        .as("%s with %s", one.name(), less)
                        .isEqualTo(403);
            }
        }
    }

    @Test
    void noOtherSpellingOfAPathLeadsAnywhere() throws Exception {
        // One place for each number of segments is enough for what cuts and decodes them.
        for (String path : List.of("/api/v1/status", "/api/v1/upstreams/main", "/module/v1/manifest")) {
            assertThat(status("GET", path, TOKENS.get("read"))).as(path).isEqualTo(200);
            String last = path.substring(path.lastIndexOf('/') + 1);
            for (String other : List.of(
                    path + "/",
                    path + "/.",
                    path + "/..",
                    "/" + path,
                    "/x/.." + path,
                    "/%2e%2e" + path,
                    path.replace("/v1", "//v1"),
                    path.replace("/v1", "/./v1"),
                    path.replace("/v1/", "/v1%2F"),
                    path.replace("/v1/", "/v1%5C"),
                    path.replace("/v1/", "/v1\\"),
                    path.replace("v1", "V1"),
                    path + ";a=b",
                    path + "%00",
                    path + "%0d%0aX-Evil:%20yes",
                    path + "?" + last + "=%0a",
                    path + "#" + last,
                    path + "%20",
                    path + "%c0%af",
                    path + "%")) {
                String answer = raw("GET " + other + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                        + "Authorization: Bearer " + TOKENS.get("read") + "\r\n\r\n");
                assertThat(answer.substring(9, 12)).as(other).isIn("400", "404");
                assertThat(answer).as(other).doesNotContain("X-Evil: ");
            }
        }
    }

    @Test
    void noSecretIsInAnyAnswerOrEventOrDeliveryOrInTheLog() throws Exception {
        try (RawSv1Miner miner = new RawSv1Miner(port)) {
            miner.ask("mining.subscribe", "[\"raw/1\"]");
            miner.ask("mining.authorize", "[\"alice\",\"" + MINER_PASSWORD + "\"]");
            await("the miner's delivery").until(() -> receiver.typesTaken().contains("ChannelOpened"));
            StringBuilder said = new StringBuilder();
            for (Operation one : operations) {
                if (one.method().equals("GET")) {
                    said.append(heard(ask("GET", one.place(), TOKENS.get("admin"), "")));
                    said.append(heard(ask("GET", one.place(), GUESS, "")));
                    said.append(heard(ask("GET", one.place() + "?token=" + GUESS, "", "")));
                }
            }
            for (String body : List.of(
                    // Refused by the pool, not to be reached, a mistake, another type, no JSON at all.
                    pools("main", pool.port()),
                    pools("elsewhere", 1),
                    pools("no name at all ", pool.port()),
                    "{\"upstreams\":\"" + NEXT_POOL_PASSWORD + "\"}",
                    "{\"" + NEXT_POOL_PASSWORD)) {
                said.append(heard(ask("PUT", "/api/v1/pools", TOKENS.get("operate"), body)));
                said.append(heard(ask("POST", "/api/v1/events/node", TOKENS.get("operate"), body)));
            }
            said.append(heard(ask(
                    "POST",
                    "/module/v1/call/update_pool_config",
                    TOKENS.get("operate"),
                    "{\"pool_url\":\"stratum+tcp://127.0.0.1:1\",\"pool_user\":\"farm\",\"pool_password\":\""
                            + NEXT_POOL_PASSWORD + "\"}")));
            said.append(heard(ask("GET", "/api/v1/pools", TOKENS.get("read"), "")))
                    .append(heard(ask("GET", "/api/v1/changes", TOKENS.get("read"), "")))
                    .append(events());
            receiver.requests()
                    .forEach(one -> said.append(one.getRequest().getBodyAsString())
                            .append(one.getRequest().getHeaders()));
            assertThat(sluice.terminate()).isZero();
            Set<String> secrets = new TreeSet<>(TOKENS.values());
            TOKENS.values().forEach(token -> secrets.add(ApiTokens.sha256(token)));
            secrets.addAll(List.of(
                    POOL_PASSWORD,
                    NEXT_POOL_PASSWORD,
                    NODE_PASSWORD,
                    GUESS,
                    WebhookReceiver.SECRET,
                    WebhookReceiver.PATH,
                    authorityKey()));

            assertThat(said).contains("\"alice\"", "\"elsewhere\"", "ChannelOpened");
            assertThat(sluice.log()).contains(" DEBUG ", "who=operate");
            for (String secret : secrets) {
                assertThat(said.indexOf(secret)).as(secret).isNegative();
                assertThat(sluice.log().indexOf(secret)).as(secret).isNegative();
            }
            assertThat(said.indexOf(MINER_PASSWORD)).isNegative();
            assertThat(sluice.printed()).isEmpty();
        }
    }

    private String pools(String name, int poolPort) {
        return """
                {"upstreams": [{"name": "%s", "url": "stratum+tcp://127.0.0.1:%d", "user": "farm", "password": "%s"}]}""".formatted(name, poolPort, NEXT_POOL_PASSWORD);
    }

    private String authorityKey() throws IOException {
        return Files.readString(directory.resolve("data").resolve("authority.key"))
                .strip();
    }

    private static String heard(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isNotIn(429, 500);
        return answer.headers() + "\n" + answer.body() + "\n";
    }

    /** All up to the refusal of the last change that was tried. */
    private String events() throws Exception {
        InputStream body = http.send(
                        request("GET", "/api/v1/events?last_event_id=oldest", TOKENS.get("read"), ""),
                        HttpResponse.BodyHandlers.ofInputStream())
                .body();
        StringBuilder events = new StringBuilder();
        int refused = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, UTF_8))) {
            while (refused < REFUSED) {
                String line = lines.readLine();
                refused += line.contains("\"type\":\"PlanRejected\"") ? 1 : 0;
                events.append(line).append('\n');
            }
        }
        return events.toString();
    }
}
