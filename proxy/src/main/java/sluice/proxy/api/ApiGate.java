package sluice.proxy.api;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.config.ApiScope;

/**
 * Decides about each request before a byte of its body is read: whether there is such a thing, whether this caller may have
 * it, and not too often. What it lets through it hands to the endpoint, and it writes down who changed what. Confined to the
 * API's loop.
 */
public final class ApiGate {
    private static final Logger LOG = LoggerFactory.getLogger(ApiGate.class);
    private static final Logger AUDIT = LoggerFactory.getLogger("sluice.api.Audit");

    private final ApiCatalogue catalogue;
    private CallerProof proof;
    private final ApiTally tally;
    private final Map<Caller, RequestBudget> budgets = new HashMap<>();

    public ApiGate(ApiCatalogue catalogue, CallerProof proof, ApiTally tally) {
        this.catalogue = catalogue;
        this.proof = proof;
        this.tally = tally;
    }

    /** Who may call from now on. */
    public void tokens(ApiTokens next) {
        proof = next;
        budgets.clear();
    }

    /** What becomes of a request. */
    public sealed interface Decision {
        /** It ends here. */
        record Refused(ApiAnswer answer) implements Decision {}

        /** Its body may come, if it has one. */
        record Admitted(Call call) implements Decision {}
    }

    /** A request that was let through. */
    public final class Call {
        private final Endpoint endpoint;
        private final RequestHead head;
        private final Map<String, String> variables;
        private final Map<String, String> query;
        private final Caller caller;
        private final Instant at;

        private Call(
                Endpoint endpoint,
                RequestHead head,
                Map<String, String> variables,
                Map<String, String> query,
                Caller caller,
                Instant at) {
            this.endpoint = endpoint;
            this.head = head;
            this.variables = variables;
            this.query = query;
            this.caller = caller;
            this.at = at;
        }

        /** Whether its answer goes out without the body, as HEAD wants it. */
        public boolean wantsHeadOnly() {
            return head.method().equals("HEAD");
        }

        /** The whole body has come. */
        public CompletionStage<ApiAnswer> answer(byte[] body) {
            tally.answered();
            CompletionStage<ApiAnswer> answer;
            try {
                answer = endpoint.handler()
                        .handle(new ApiRequest(
                                endpoint.method(),
                                endpoint.path().toString(),
                                variables,
                                query,
                                head.ifMatch(),
                                head.lastEventId(),
                                body,
                                caller,
                                head.remote(),
                                at));
            } catch (RuntimeException failure) {
                answer = CompletableFuture.failedFuture(failure);
            }
            return answer.exceptionally(this::afterFailure).whenComplete((done, never) -> audit(done));
        }

        /** It did not come whole, or its answer not in time. */
        public ApiAnswer abandoned(ApiProblem problem) {
            ApiAnswer answer = refuse(problem);
            audit(answer);
            return answer;
        }

        private ApiAnswer afterFailure(Throwable thrown) {
            Throwable failure =
                    thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
            if (failure instanceof ApiFault fault) {
                return ApiAnswer.problem(fault.problem());
            }
            LOG.error("{} {} failed", endpoint.method(), endpoint.path(), failure);
            return ApiAnswer.problem(
                    ApiProblem.of(500, "bug", "The gateway made a mistake", "its log says which; please report it"));
        }

        private void audit(ApiAnswer answer) {
            if (endpoint.method().writes()) {
                ApiGate.audit(head, endpoint, caller, answer);
            }
        }
    }

    public Decision admit(RequestHead head, Instant now) {
        try {
            return new Decision.Admitted(admitted(head, now));
        } catch (ApiFault fault) {
            return new Decision.Refused(refuse(fault.problem()));
        } catch (Refusal refusal) {
            return new Decision.Refused(refusal.answer);
        }
    }

    private Call admitted(RequestHead head, Instant now) {
        if (!head.trustsHost() && !head.host().map(HostCheck::isOurs).orElse(false)) {
            throw new ApiFault(ApiProblem.of(
                    421,
                    "other-host",
                    "The request is for another host",
                    "address the API by its IP address or as localhost"));
        }
        RequestTarget target = RequestTarget.parse(head.target());
        CallerProof.Shown shown = proof.of(head, now);
        Caller caller = shown instanceof CallerProof.Shown.Known(var known) ? known : Caller.NOBODY;
        if (!budgets.computeIfAbsent(caller, first -> new RequestBudget(now)).take(now)) {
            throw new Refusal(
                    ApiProblem.of(
                            429,
                            "too-many-requests",
                            "Too many requests",
                            "ask at most " + RequestBudget.MAX_PER_SECOND + " times a second"),
                    Map.of("Retry-After", "1"));
        }
        ApiCatalogue.Place.Here here = place(head, target);
        Endpoint endpoint = here.endpoint();
        requireScope(endpoint, head, shown);
        requireQuery(endpoint, target.query());
        requireBody(endpoint, head);
        return new Call(endpoint, head, here.variables(), target.query(), caller, now);
    }

    private ApiCatalogue.Place.Here place(RequestHead head, RequestTarget target) {
        String name = head.method().equals("HEAD") ? "GET" : head.method();
        Optional<ApiMethod> method = Arrays.stream(ApiMethod.values())
                .filter(one -> one.name().equals(name))
                .findFirst();
        return switch (catalogue.find(method, target.path())) {
            case ApiCatalogue.Place.Here here -> here;
            case ApiCatalogue.Place.OtherMethods(var allowed) -> {
                String methods = allowed.stream().map(ApiMethod::name).collect(Collectors.joining(", "))
                        + (allowed.contains(ApiMethod.GET) ? ", HEAD" : "") + ", OPTIONS";
                if (head.method().equals("OPTIONS")) {
                    // Without a word about other origins: a browser lets no other page send anything here.
                    throw new Refusal(new ApiAnswer.Nothing(204, Map.of("Allow", methods)));
                }
                throw new Refusal(
                        ApiProblem.of(
                                405, "no-such-method", "There is no such method here", "this path has " + methods),
                        Map.of("Allow", methods));
            }
            case ApiCatalogue.Place.Nothing nothing ->
                throw new ApiFault(
                        ApiProblem.of(404, "no-such-path", "There is nothing at this path", catalogue.guide()));
        };
    }

    private void requireScope(Endpoint endpoint, RequestHead head, CallerProof.Shown shown) {
        if (endpoint.scope().isEmpty()) {
            return;
        }
        ApiScope needed = endpoint.scope().get();
        switch (shown) {
            case CallerProof.Shown.Unknown(var problem, var headers) -> throw new Refusal(problem, headers);
            case CallerProof.Shown.Known(var caller) -> {
                if (!caller.may(needed)) {
                    throw wrongScope(endpoint, head, caller, needed);
                }
            }
        }
    }

    private Refusal wrongScope(Endpoint endpoint, RequestHead head, Caller caller, ApiScope needed) {
        ApiProblem problem = ApiProblem.of(
                        403,
                        "wrong-scope",
                        "This token may not do that",
                        "it takes a token with the scope " + needed.text())
                .with("scope", needed.text());
        Refusal refusal = new Refusal(problem, proof.onWrongScope());
        if (endpoint.method().writes()) {
            audit(head, endpoint, caller, refusal.answer);
        }
        return refusal;
    }

    private static void requireQuery(Endpoint endpoint, Map<String, String> query) {
        for (Map.Entry<String, String> entry : query.entrySet()) {
            QueryParameter parameter = endpoint.query().stream()
                    .filter(one -> one.name().equals(entry.getKey()))
                    .findFirst()
                    .orElseThrow(
                            () -> new ApiFault(ApiProblem.badRequest("the query has a parameter that this path does"
                                    + " not know; known are: " + names(endpoint.query()))));
            parameter.fault(entry.getValue()).ifPresent(wrong -> {
                throw new ApiFault(ApiProblem.badRequest(wrong));
            });
        }
    }

    private static String names(List<QueryParameter> parameters) {
        return parameters.isEmpty()
                ? "none"
                : parameters.stream().map(QueryParameter::name).collect(Collectors.joining(", "));
    }

    private static void requireBody(Endpoint endpoint, RequestHead head) {
        if (!head.hasBody()) {
            return;
        }
        if (endpoint.request().isEmpty()) {
            throw new ApiFault(ApiProblem.badRequest("this takes no body"));
        }
        String type = head.contentType().orElse("").toLowerCase(Locale.ROOT);
        if (!type.equals("application/json") && !type.startsWith("application/json;")) {
            throw new ApiFault(ApiProblem.of(
                    415, "not-json", "The body is not JSON", "send it with Content-Type: application/json"));
        }
    }

    private ApiAnswer refuse(ApiProblem problem) {
        tally.refused(problem.code());
        return ApiAnswer.problem(problem);
    }

    private static void audit(RequestHead head, Endpoint endpoint, Caller caller, ApiAnswer answer) {
        String result =
                answer instanceof ApiAnswer.Problem problem ? problem.problem().code() : "ok";
        AUDIT.info(
                "who={} from={} what=\"{} {}\" status={} result={}",
                caller.name().isEmpty() ? "-" : caller.name(),
                head.remote(),
                endpoint.method(),
                head.target(),
                answer.status(),
                result);
    }

    /** An answer that is not just a problem. */
    private final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient ApiAnswer answer;

        Refusal(ApiAnswer answer) {
            super(null, null, false, false);
            this.answer = answer;
        }

        Refusal(ApiProblem problem, Map<String, String> headers) {
            this(new ApiAnswer.Problem(problem, headers));
            tally.refused(problem.code());
        }
    }
}
