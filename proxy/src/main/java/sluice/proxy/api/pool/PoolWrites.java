package sluice.proxy.api.pool;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiProblem;
import sluice.proxy.api.ApiRequest;
import sluice.proxy.pool.PoolsInForce;
import sluice.proxy.pool.PoolsOutcome;

/** Carries changes out and answers in time what became of them. Confined to the API's loop. */
final class PoolWrites {
    /** For an answer; what takes longer is pending, and can be asked for. */
    static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(9);

    private final ChangeLog log;
    private final Later loop;
    private final InstantSource clock;

    /** @param loop the API's */
    PoolWrites(ChangeLog log, Later loop, InstantSource clock) {
        this.log = log;
        this.loop = loop;
        this.clock = clock;
    }

    /** @param write is given the tag that the caller expects to change, where it insists on one */
    CompletionStage<ApiAnswer> write(
            ApiRequest request, Function<Optional<String>, CompletionStage<PoolsOutcome>> write) {
        ChangeLog.Change change = log.begin(
                request.method() + " " + request.path(), request.caller().name(), request.at());
        CompletableFuture<ApiAnswer> answer = new CompletableFuture<>();
        write.apply(request.ifMatch().map(PoolWrites::tag).filter(tag -> !tag.equals("*")))
                .whenComplete((outcome, bug) -> {
                    Instant now = clock.instant();
                    log.settle(change, outcome, now);
                    if (bug == null) {
                        answer.complete(answer(change.id(), outcome));
                    } else {
                        answer.completeExceptionally(bug);
                    }
                });
        if (!answer.isDone()) {
            loop.after(ANSWER_TIMEOUT, () -> answer.complete(pending(change.id())));
        }
        return answer;
    }

    private static String what(ApiRequest request) {
        String path = request.path();
        for (Map.Entry<String, String> variable : request.variables().entrySet()) {
            path = path.replace("{" + variable.getKey() + "}", variable.getValue());
        }
        return request.method() + " " + path;
    }

    private static String tag(String header) {
        boolean quoted = header.length() >= 2 && header.startsWith("\"") && header.endsWith("\"");
        return quoted ? header.substring(1, header.length() - 1) : header;
    }

    static Map<String, String> tagOf(PoolsInForce pools) {
        return Map.of("ETag", "\"" + pools.tag() + "\"");
    }

    private static ApiAnswer pending(String change) {
        return new ApiAnswer.Json(
                202, Map.of("Location", PoolEndpoints.CHANGES + "/" + change), ChangeAnswer.pending(change));
    }

    private static ApiAnswer answer(String change, PoolsOutcome outcome) {
        return switch (outcome) {
            case PoolsOutcome.Applied(var now, var kept, var warnings) ->
                new ApiAnswer.Json(200, tagOf(now), ChangeAnswer.applied(change, now, kept, warnings));
            case PoolsOutcome.Valid(var now, var warnings) ->
                new ApiAnswer.Json(200, tagOf(now), ChangeAnswer.valid(change, now, warnings));
            case PoolsOutcome.Rejected rejected -> rejected(change, rejected);
            case PoolsOutcome.Outdated(var now) ->
                new ApiAnswer.Problem(
                        ApiProblem.of(
                                        412,
                                        "outdated",
                                        "What you would change has been changed",
                                        "look at what is in force now, and send the change again with its ETag")
                                .with("result", "rejected")
                                .with("step", "if-match")
                                .with("change", change),
                        tagOf(now));
            case PoolsOutcome.Busy busy ->
                new ApiAnswer.Problem(
                        ApiProblem.unavailable("too many changes wait for their turn; try again in a moment")
                                .with("result", "rejected")
                                .with("step", "queue")
                                .with("change", change),
                        Map.of("Retry-After", "1"));
        };
    }

    private static ApiAnswer rejected(String change, PoolsOutcome.Rejected rejected) {
        ApiProblem problem = switch (rejected.step()) {
            case PoolsOutcome.Rejected.VALIDATE -> ApiProblem.unprocessable(rejected.reason());
            case PoolsOutcome.Rejected.STORE -> ApiProblem.unavailable(rejected.reason());
            default ->
                ApiProblem.of(
                        409, "rejected", "The change could not be prepared; nothing has changed", rejected.reason());
        };
        problem =
                problem.with("result", "rejected").with("step", rejected.step()).with("change", change);
        return ApiAnswer.problem(
                rejected.upstream().isEmpty() ? problem : problem.with("upstream", rejected.upstream()));
    }
}
