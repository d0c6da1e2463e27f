package sluice.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Logger;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.LoggerFactory;
import sluice.config.ApiScope;
import sluice.config.EventType;
import sluice.config.PoolConfig;
import sluice.config.RoutingConfig;
import sluice.config.UpstreamConfig;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiGate;
import sluice.proxy.api.ApiJson;
import sluice.proxy.api.ApiStream;
import sluice.proxy.api.RequestHead;
import sluice.proxy.api.event.EventFilter;
import sluice.proxy.api.event.EventId;
import sluice.proxy.api.event.EventReader;
import sluice.proxy.api.event.PublishedEvent;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What callers of the API send: heads of requests, bodies, and the ids of events. */
final class ApiTargets {
    private static final FuzzedApi API = new FuzzedApi();
    private static final int MOST_OF_A_STREAM = 32_768;
    private static final String PUT_POOLS = "PUT /api/v1/pools";

    static {
        // Millions of requests, and each that would change something has a line of its own.
        ((Logger) LoggerFactory.getLogger("sluice.api.Audit")).setAdditive(false);
    }

    private ApiTargets() {}

    /** Which token and which way, then a line each of method, target, Host, If-Match and Last-Event-ID, then the body. */
    static void request(byte[] input) {
        FuzzInput bytes = new FuzzInput(input);
        int token = bytes.below(ApiScope.values().length + 2);
        boolean encrypted = bytes.flag();
        String method = text(bytes.line());
        String target = text(bytes.line());
        Optional<String> host = header(bytes.line());
        Optional<String> ifMatch = header(bytes.line());
        Optional<String> lastEventId = header(bytes.line());
        byte[] body = bytes.rest();
        Optional<ApiScope> scope =
                token < ApiScope.values().length ? Optional.of(ApiScope.values()[token]) : Optional.empty();
        RequestHead head = new RequestHead(
                method,
                target,
                host,
                scope.map(one -> "Bearer " + FuzzedApi.token(one))
                        .or(() -> token == ApiScope.values().length ? Optional.of("Bearer guess") : Optional.empty()),
                Optional.of("application/json"),
                ifMatch,
                lastEventId,
                body.length > 0,
                encrypted,
                "10.0.0.9");
        switch (API.gate().admit(head, FuzzedApi.NOW)) {
            case ApiGate.Decision.Refused(var answer) -> {
                Claim.that(!API.isTouched(), "what was refused changed something");
                judge(answer, input);
                Claim.that(
                        answer.status() >= 400 && answer.status() < 500 || answer.status() == 204,
                        "refused with %d",
                        answer.status());
            }
            case ApiGate.Decision.Admitted(var call) -> {
                Claim.that(encrypted || host.isPresent(), "a request for nobody was let through");
                isReadAsOthersReadIt(target);
                CompletableFuture<ApiAnswer> answer = call.answer(body).toCompletableFuture();
                Claim.that(answer.isDone(), "no answer");
                boolean mayChange = scope.filter(one -> one != ApiScope.READ).isPresent();
                Claim.that(!API.isTouched() || mayChange, "something was changed by whoever may only look");
                judge(answer.join(), input);
                API.changed()
                        .filter(routing -> (method + " " + target.split("\\?", 2)[0]).equals(PUT_POOLS))
                        .ifPresent(routing -> isWhatTheBodySays(routing, body));
            }
        }
    }

    // Two readers of one path that disagree are how guards are passed by.
    private static void isReadAsOthersReadIt(String target) {
        String path = target.split("\\?", 2)[0];
        try {
            URI uri = new URI("http://gateway" + path);
            Claim.that(uri.normalize().getPath().equals(uri.getPath()), "%s is another path for others", path);
            Claim.that(uri.getRawQuery() == null && uri.getRawFragment() == null, "%s is more than a path", path);
        } catch (URISyntaxException othersRefuseIt) {
            return;
        }
    }

    private static void judge(ApiAnswer answer, byte[] input) {
        switch (answer) {
            case ApiAnswer.Json json -> {
                String text = new String(ApiJson.write(json.body()), UTF_8);
                Claim.that(JsonMapper.shared().readTree(text).isObject(), "an answer that is no object: %s", text);
                hasNoSecret(text, input);
            }
            case ApiAnswer.Problem(var problem, var headers) -> {
                String text = new String(ApiJson.write(problem), UTF_8);
                JsonNode read = JsonMapper.shared().readTree(text);
                Claim.that(problem.status() != 500, "a mistake of ours: %s", text);
                Claim.that(read.path("status").asInt() == problem.status(), "another status: %s", text);
                Claim.isOneLineOfText(read.path("title").asString());
                Claim.isOneLineOfText(read.path("detail").asString());
                hasNoSecret(text, input);
                Claim.that(text.length() < 65_536 + 8 * input.length, "a problem of %d characters", text.length());
            }
            case ApiAnswer.Stream(var source) -> listen(source);
            case ApiAnswer.Document document -> Claim.that(document.bytes().length > 0, "an empty document");
            case ApiAnswer.Nothing nothing -> Claim.that(nothing.status() == 204, "nothing with %d", nothing.status());
        }
    }

    private static void hasNoSecret(String answer, byte[] input) {
        boolean isSecret = !text(input).contains(FuzzedApi.POOL_PASSWORD);
        Claim.that(!isSecret || !answer.contains(FuzzedApi.POOL_PASSWORD), "an answer with a secret");
    }

    private static void listen(ApiStream source) {
        source.start(() -> {});
        for (byte[] some = source.take(MOST_OF_A_STREAM); some.length > 0; some = source.take(MOST_OF_A_STREAM)) {
            Claim.that(some.length <= MOST_OF_A_STREAM, "more than there is room for: %d", some.length);
            String text;
            try {
                text = UTF_8.newDecoder().decode(ByteBuffer.wrap(some)).toString();
            } catch (CharacterCodingException broken) {
                throw new AssertionError("a stream that is not UTF-8", broken);
            }
            Claim.that(text.endsWith("\n\n"), "half an event");
            text.lines()
                    .forEach(line -> Claim.that(
                            line.isEmpty() || line.matches("(id|event|data|retry): .*"),
                            "a line of its own: %s",
                            line));
        }
        source.stop();
    }

    // Bodies are written as the operator's words, and nothing in them may become a word of its own.
    private static void isWhatTheBodySays(RoutingConfig routing, byte[] body) {
        JsonNode said = JsonMapper.shared().readTree(body);
        Claim.that(
                routing.upstreams().size() == said.get("upstreams").size(),
                "%d upstreams of %s",
                routing.upstreams().size(),
                said);
        if (said.has("goals") && said.get("goals").size() > 0) {
            Claim.that(routing.goals().size() == said.get("goals").size(), "other goals than in %s", said);
        }
        Claim.that(routing.pins().size() == said.path("pins").size(), "other pins than in %s", said);
        Set<String> texts =
                new HashSet<>(Set.of(PoolConfig.DEFAULT_USER, PoolConfig.DEFAULT_PASSWORD, FuzzedApi.POOL_PASSWORD));
        collect(said, texts);
        for (UpstreamConfig upstream : routing.upstreams()) {
            Claim.that(texts.contains(upstream.name()), "nobody said %s", upstream.name());
            Claim.that(
                    texts.contains(upstream.pool().user()),
                    "nobody said %s",
                    upstream.pool().user());
            Claim.that(texts.contains(upstream.pool().password()), "nobody said that password");
            boolean named = upstream.pool().password().equals(FuzzedApi.POOL_PASSWORD);
            Claim.that(
                    !named || upstream.pool().address().url().equals("stratum+tcp://main.example.com:3333"),
                    "a password that is in force goes to %s",
                    upstream.pool().address().url());
        }
    }

    private static void collect(JsonNode node, Set<String> texts) {
        if (node.isString()) {
            texts.add(node.asString());
        }
        node.forEach(child -> collect(child, texts));
    }

    /** Two bytes of filter, then an id of an event. */
    static void eventId(byte[] input) {
        FuzzInput bytes = new FuzzInput(input);
        Set<EventType> types = EnumSet.of(EventType.values()[bytes.u16() % EventType.values().length]);
        boolean all = bytes.flag();
        String text = bytes.restAsText();
        Optional<EventId> id = EventId.parse(text);
        if (id.isEmpty()) {
            return;
        }
        Claim.that(EventId.parse(id.get().toString()).equals(id), "%s is read as another", text);
        EventReader reader = EventReader.after(API.ledger(), all ? EventFilter.ALL : EventFilter.of(types), id.get());
        EventId last = API.ledger().last();
        EventReader.Batch batch = reader.next(1_000);
        List<PublishedEvent> events = batch.events();
        Claim.that(batch.lost() == 0, "%d events are lost of a ring that is not full", batch.lost());
        Claim.that(batch.place().equals(last) && !batch.isMore(), "it ends at %s", batch.place());
        Claim.that(
                batch.fromAnotherRun()
                        || id.get().run().equals(FuzzedApi.RUN)
                                && id.get().frequent() <= last.frequent()
                                && id.get().others() <= last.others(),
                "an id of no event is known: %s",
                text);
        long before =
                batch.fromAnotherRun() ? 0 : id.get().frequent() + id.get().others();
        Claim.that(
                !all || events.size() == last.frequent() + last.others() - before,
                "%d events behind %s",
                events.size(),
                text);
        Claim.that(
                all || events.stream().map(PublishedEvent::type).allMatch(types::contains), "an event of another type");
    }

    private static String text(byte[] line) {
        return new String(line, ISO_8859_1);
    }

    private static Optional<String> header(byte[] line) {
        return line.length == 0 ? Optional.empty() : Optional.of(text(line));
    }
}
