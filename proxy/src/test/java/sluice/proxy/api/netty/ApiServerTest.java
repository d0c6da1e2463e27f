package sluice.proxy.api.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sluice.proxy.api.netty.ServedApi.OPERATOR;
import static sluice.proxy.api.netty.ServedApi.READER;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiServerTest {
    private static final String HOST = "Host: 127.0.0.1\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";

    private ServedApi api;

    @BeforeEach
    void serve() throws IOException {
        api = ServedApi.onPort(ServedApi.IN_NO_HURRY);
    }

    @AfterEach
    void close() {
        api.close();
    }

    private static String get(String path, String... headers) {
        return "GET " + path + " HTTP/1.1\r\n" + HOST + String.join("", headers) + "\r\n";
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token + "\r\n";
    }

    private static String put(String body, String... headers) {
        return "PUT /things/a HTTP/1.1\r\n" + HOST + JSON + bearer(OPERATOR) + "Content-Length: " + body.length()
                + "\r\n" + String.join("", headers) + "\r\n" + body;
    }

    private String only(String request) throws IOException {
        try (RawCaller caller = api.caller()) {
            return caller.says(request).hearsAnswer();
        }
    }

    private String last(String request) throws IOException {
        try (RawCaller caller = api.caller()) {
            return caller.tries(request).hearsAll();
        }
    }

    private void serveInAHurry(ApiDeadlines deadlines) throws IOException {
        api.close();
        api = ServedApi.onPort(deadlines);
    }

    @Test
    void answersInJsonThatNobodyKeepsOrFrames() throws IOException {
        String answer = only(get("/things/a%20b", bearer(READER)));

        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("content-type: application/json\r\n", "cache-control: no-store\r\n")
                .contains("X-Content-Type-Options: nosniff\r\n", "frame-ancestors 'none'\r\n")
                .endsWith("\r\n\r\n{\"said\":\"a b\"}");
    }

    @Test
    void answersSeveralRequestsOfOneConnectionInTheirOrder() throws IOException {
        try (RawCaller caller = api.caller()) {
            caller.says(get("/elsewhere") + put("{\"text\":\"second\"}") + get("/things/third", bearer(READER)));
            assertThat(caller.hearsAnswer()).endsWith("{\"said\":\"elsewhere\"}");
            assertThat(caller.hearsAnswer()).endsWith("{\"said\":\"second\"}");
            assertThat(caller.hearsAnswer()).endsWith("{\"said\":\"third\"}");
        }
    }

    @Test
    void closesBehindTheAnswerWhereTheCallerWantsThat() throws IOException {
        assertThat(last(get("/open", "Connection: close\r\n")))
                .contains("connection: close")
                .endsWith("}");
        assertThat(last("GET /open HTTP/1.0\r\n" + HOST + "\r\n"))
                .startsWith("HTTP/1.1 200")
                .endsWith("}");
    }

    @Test
    void headIsGetWithoutItsBody() throws IOException {
        String answer = last("HEAD /open HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");
        assertThat(answer).contains("content-length: 11\r\n").endsWith("\r\n\r\n");
    }

    @Test
    void takesABodyWholeOrInChunksAndAsksForOneThatWaits() throws IOException {
        assertThat(only(put("{\"text\":\"whole\"}"))).endsWith("{\"said\":\"whole\"}");
        assertThat(only("PUT /things/a HTTP/1.1\r\n" + HOST + JSON + bearer(OPERATOR)
                        + "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"text\":\r\n5\r\n\"c\"} \r\n0\r\n\r\n"))
                .endsWith("{\"said\":\"c\"}");
        try (RawCaller caller = api.caller()) {
            caller.says("PUT /things/a HTTP/1.1\r\n" + HOST + JSON + bearer(OPERATOR)
                    + "Content-Length: 12\r\nExpect: 100-continue\r\n\r\n");
            assertThat(caller.hearsAnswer()).startsWith("HTTP/1.1 100 Continue");
            assertThat(caller.says("{\"text\":\"d\"}").hearsAnswer()).endsWith("{\"said\":\"d\"}");
        }
    }

    @Test
    void withoutATokenNothingIsReadAndNothingIsDone() throws IOException {
        String answer = last("PUT /things/a HTTP/1.1\r\n" + HOST + JSON + "Content-Length: 1000\r\n\r\n{");

        assertThat(answer)
                .startsWith("HTTP/1.1 401 Unauthorized\r\n")
                .contains("WWW-Authenticate: Bearer realm=\"sluice\"", "content-type: application/problem+json")
                .contains("\"type\":\"urn:sluice:problem:no-token\"");
        assertThat(only(get("/things/a", bearer("sluice_guess")))).startsWith("HTTP/1.1 401");
        assertThat(only(get("/things/a", "Authorization: Basic " + READER + "\r\n")))
                .startsWith("HTTP/1.1 401");
        assertThat(only("PUT /things/a HTTP/1.1\r\n" + HOST + bearer(READER) + "\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(api.handled).isEmpty();
    }

    @Test
    void aTokenThatIsTakenAwayIsWorthNothingOnNoConnection() throws IOException {
        try (RawCaller caller = api.caller()) {
            caller.says(get("/things/a", bearer(READER))).hearsAnswer();
            api.server().tokens(List.of());
            assertThat(caller.hearsAll()).endsWith("{\"said\":\"a\"}");
        }
        assertThat(only(get("/things/a", bearer(READER)))).startsWith("HTTP/1.1 401");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/things/../open",
                "/things/%2e%2e/open",
                "/things//a",
                "//evil.example/open",
                "/things/a%2Fb",
                "/things/a%00b",
                "/things/a%0d%0aX-Evil:%201",
                "http://127.0.0.1/open",
                "/open?x=1",
            })
    void noTrickWithAPathLeadsAnywhere(String path) throws IOException {
        String answer = only(get(path, bearer(READER)));
        assertThat(answer).startsWith("HTTP/1.1 400").doesNotContain("X-Evil");
        assertThat(api.handled).isEmpty();
    }

    @Test
    void noOtherOriginHearsAWord() throws IOException {
        String preflight = only("OPTIONS /things/a HTTP/1.1\r\n" + HOST
                + "Origin: http://evil.example\r\nAccess-Control-Request-Method: PUT\r\n"
                + "Access-Control-Request-Headers: authorization\r\n\r\n");
        assertThat(preflight).startsWith("HTTP/1.1 204").contains("Allow: GET, PUT, HEAD, OPTIONS");
        assertThat(preflight.toLowerCase(Locale.ROOT)).doesNotContain("access-control");
        assertThat(only(get("/open", "Origin: http://evil.example\r\n")).toLowerCase(Locale.ROOT))
                .doesNotContain("access-control");
        assertThat(only("GET /open HTTP/1.1\r\nHost: evil.example\r\n\r\n")).startsWith("HTTP/1.1 421");
        assertThat(only("GET /open HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 421");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | Host: 127.0.0.1;Host: evil.example",
                "400 | Host: 127.0.0.1;Authorization: Bearer a;Authorization: Bearer b",
                "400 | Host: 127.0.0.1;Content-Length: 1;Content-Length: 2",
                "400 | Host: 127.0.0.1;Content-Length: -1",
                "400 | Host: 127.0.0.1;Content-Length: +5",
                "400 | Host: 127.0.0.1;Content-Length: five",
                "400 | Host: 127.0.0.1;Content-Length: 99999999999999999999",
                "400 | Host: 127.0.0.1;Transfer-Encoding: gzip",
                "400 | Host: 127.0.0.1;Bad Header: 1",
            })
    void refusesHeadersThatCouldMeanTwoThings(int status, String headers) throws IOException {
        String answer = last("GET /open HTTP/1.1\r\n" + headers.replace(";", "\r\n") + "\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 " + status);
        assertThat(api.handled).isEmpty();
    }

    @Test
    void nothingHidesBehindABodyOfTwoLengths() throws IOException {
        String hidden = get("/things/hidden", bearer(READER));
        String answer = last("GET /open HTTP/1.1\r\n" + HOST + "Content-Length: " + (hidden.length() + 5)
                + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden);
        assertThat(answer).startsWith("HTTP/1.1 400");
        assertThat(api.handled).isEmpty();
    }

    @Test
    void otherProtocolsAreTurnedAway() throws IOException {
        assertThat(last("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).startsWith("HTTP/1.1 505");
        assertThat(last("{\"id\":1,\"method\":\"mining.subscribe\"}\n\n")).startsWith("HTTP/1.1 400");
        assertThat(last("\u0016\u0003\u0001\u0002\u0000\u0001\n\n")).startsWith("HTTP/1.1 400");
    }

    @Test
    void linesAndHeadersHaveTheirLimits() throws IOException {
        String path = "/things/" + "a".repeat(ApiConnection.MAX_REQUEST_LINE_BYTES - "GET /things/ HTTP/1.1".length());
        assertThat(only(get(path, bearer(READER)))).startsWith("HTTP/1.1 200");
        assertThat(last(get(path + "a", bearer(READER)))).startsWith("HTTP/1.1 414");

        String header = "X-Long: " + "a".repeat(ApiConnection.MAX_HEADER_BYTES - HOST.length() - 14);
        assertThat(only(get("/open", header, "\r\n"))).startsWith("HTTP/1.1 200");
        assertThat(last(get("/open", header, "a".repeat(20), "\r\n"))).startsWith("HTTP/1.1 431");
        assertThat(api.refused("path-too-long") + api.refused("headers-too-large"))
                .isEqualTo(2);
    }

    @Test
    void aBodyHasItsLimit() throws IOException {
        String most = "{\"text\":\"" + "a".repeat(ApiConnection.MAX_BODY_BYTES - 11) + "\"}";
        assertThat(only(put(most))).startsWith("HTTP/1.1 200");
        assertThat(last(put(most + " "))).startsWith("HTTP/1.1 413");
        assertThat(last("PUT /things/a HTTP/1.1\r\n" + HOST + JSON + bearer(OPERATOR)
                        + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(most.length() + 1) + "\r\n" + most
                        + " \r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(api.handled).hasSize(1);
        assertThat(api.refused("body-too-large")).isEqualTo(2);
    }

    @Test
    void whoSendsSlowlyIsNotWaitedFor() throws IOException {
        serveInAHurry(ServedApi.IN_A_HURRY_TO_HEAR);
        assertThat(last("GET /open HT")).isEmpty();
        assertThat(api.refused("slow-request")).isEqualTo(1);
        // Where this test itself is so slow that not even the head comes in time, it tries again.
        await().until(
                        () -> last("PUT /things/a HTTP/1.1\r\n" + HOST + JSON + bearer(OPERATOR)
                                + "Content-Length: 9\r\n\r\n{"),
                        answer -> isAnswerOf(408, answer));
        assertThat(api.refused("slow-request")).isGreaterThan(1);
        await().until(() -> last(get("/open")), answer -> isAnswerOf(200, answer));
        assertThat(api.handled).containsExactly("/open");
    }

    /** Whether there is an answer; if so, it must be this one. */
    private static boolean isAnswerOf(int status, String answer) {
        assertThat(answer).matches("(?s)(HTTP/1.1 " + status + " .*)?");
        return !answer.isEmpty();
    }

    @Test
    void aHandlerThatNeverAnswersIsAnsweredFor() throws IOException {
        serveInAHurry(ServedApi.IN_A_HURRY_TO_ANSWER);
        assertThat(last(get("/never"))).startsWith("HTTP/1.1 503");
    }

    @Test
    void whoDoesNotReadItsAnswerIsNotWaitedFor() throws IOException {
        serveInAHurry(ServedApi.IN_A_HURRY_TO_BE_READ);
        try (RawCaller caller = api.caller()) {
            caller.says(get("/large"));
            await().until(() -> api.refused("slow-reader") == 1);
        }
    }

    @Test
    void thereAreAtMost64Connections() throws IOException {
        List<RawCaller> callers = new ArrayList<>();
        try {
            for (int i = 0; i < ApiConnection.MAX_CONNECTIONS; i++) {
                callers.add(api.caller());
            }
            callers.getLast().says(get("/open")).hearsAnswer();
            assertThat(last(get("/open"))).isEmpty();
            assertThat(api.refused("too-many-connections")).isEqualTo(1);
            callers.removeFirst().close();
            await().until(() -> CompletableFuture.supplyAsync(
                                    () -> api.server().connections(),
                                    api.server().executor())
                            .join()
                    < ApiConnection.MAX_CONNECTIONS);
            assertThat(only(get("/open"))).startsWith("HTTP/1.1 200");
        } finally {
            for (RawCaller caller : callers) {
                caller.close();
            }
        }
    }
}
