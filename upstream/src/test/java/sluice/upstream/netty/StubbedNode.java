package sluice.upstream.netty;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.matchingJsonPath;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import java.net.URI;
import java.util.List;
import sluice.upstream.node.RecordedAnswer;
import tools.jackson.databind.JsonNode;

/** A node that gives answers which real ones gave. */
final class StubbedNode implements AutoCloseable {
    /** Longer than any test takes. */
    private static final int FOR_EVER_MILLIS = 600_000;

    private static final String LONG_POLL = "$.params[0].longpollid";

    private final WireMockServer server = new WireMockServer(wireMockConfig()
            .dynamicPort()
            .bindAddress("127.0.0.1")
            .asynchronousResponseEnabled(true)
            .jettyStopTimeout(100L));

    private int caller;

    StubbedNode() {
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.port() + path());
    }

    private String path() {
        return "/" + caller;
    }

    /** For another caller: what the last one asked is not counted, though the server may be about to read it still. */
    StubbedNode anew() {
        caller++;
        return reset();
    }

    /** As at first: its chain is told, its long poll waits, and it knows no other question. */
    StubbedNode reset() {
        server.resetAll();
        server.stubFor(any(anyUrl()).atPriority(10).willReturn(response("bitcoind/errors/unknown_method")));
        chain("bitcoind/getblockchaininfo");
        server.stubFor(longPoll().willReturn(aResponse().withFixedDelay(FOR_EVER_MILLIS)));
        return this;
    }

    StubbedNode chain(String recorded) {
        server.stubFor(call("getblockchaininfo").willReturn(response(recorded)));
        return this;
    }

    StubbedNode template(String name) {
        server.stubFor(plainTemplate().willReturn(response(RecordedAnswer.ofTemplate(name))));
        return this;
    }

    /** The plain call for a template is answered like this. */
    StubbedNode template(ResponseDefinitionBuilder response) {
        server.stubFor(plainTemplate().willReturn(response));
        return this;
    }

    /** The long poll with the id of {@code of} is answered with {@code with}. */
    StubbedNode longPoll(String of, String with) {
        server.stubFor(longPoll(idOf(of)).willReturn(response(RecordedAnswer.ofTemplate(with))));
        return this;
    }

    StubbedNode longPollFails(String of, ResponseDefinitionBuilder response) {
        server.stubFor(longPoll(idOf(of)).willReturn(response));
        return this;
    }

    StubbedNode answers(String method, String recorded) {
        server.stubFor(call(method).willReturn(response(recorded)));
        return this;
    }

    StubbedNode answersWithText(String method, String result) {
        server.stubFor(call(method).willReturn(aResponse().withBody("{\"result\":\"" + result + "\",\"error\":null}")));
        return this;
    }

    /** Whoever shows other credentials than these is turned away. */
    StubbedNode onlyFor(String authorization) {
        server.stubFor(post(anyUrl())
                .atPriority(1)
                .withHeader("Authorization", matching("(?!" + authorization + "$).*"))
                .willReturn(response("bitcoind/errors/wrong_password")));
        server.stubFor(post(anyUrl())
                .atPriority(1)
                .withHeader("Authorization", absent())
                .willReturn(response("bitcoind/errors/no_auth")));
        return this;
    }

    static ResponseDefinitionBuilder response(String recorded) {
        return response(RecordedAnswer.of(recorded));
    }

    static ResponseDefinitionBuilder response(RecordedAnswer recorded) {
        ResponseDefinitionBuilder response =
                aResponse().withStatus(recorded.status()).withBody(recorded.body());
        return recorded.contentType().isEmpty()
                ? response
                : response.withHeader("Content-Type", recorded.contentType());
    }

    static ResponseDefinitionBuilder never() {
        return aResponse().withFixedDelay(FOR_EVER_MILLIS);
    }

    /** What its caller asked, in order. */
    List<LoggedRequest> asked(String method) {
        return server.findAll(postRequestedFor(urlEqualTo(path()))
                .withRequestBody(matchingJsonPath("$[?(@.method == '" + method + "')]")));
    }

    List<JsonNode> bodies(String method) {
        return asked(method).stream()
                .map(request -> RecordedAnswer.json(request.getBodyAsString()))
                .toList();
    }

    private static MappingBuilder call(String method) {
        return post(anyUrl()).atPriority(5).withRequestBody(matchingJsonPath("$[?(@.method == '" + method + "')]"));
    }

    private static MappingBuilder plainTemplate() {
        return call("getblocktemplate").withRequestBody(matchingJsonPath(LONG_POLL, absent()));
    }

    private static MappingBuilder longPoll() {
        return call("getblocktemplate").atPriority(4).withRequestBody(matchingJsonPath(LONG_POLL));
    }

    private static MappingBuilder longPoll(String id) {
        return call("getblocktemplate")
                .atPriority(3)
                .withRequestBody(matchingJsonPath("$.params[?(@.longpollid == '" + id + "')]"));
    }

    private static String idOf(String template) {
        return RecordedAnswer.json(RecordedAnswer.ofTemplate(template).body())
                .get("result")
                .get("longpollid")
                .asString();
    }

    @Override
    public void close() {
        server.stop();
    }
}
