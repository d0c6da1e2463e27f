package sluice.proxy.api.event;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.config.ApiScope;
import sluice.config.EventType;
import sluice.config.WebhookConfig;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiMethod;
import sluice.proxy.api.ApiProblem;
import sluice.proxy.api.ApiRequest;
import sluice.proxy.api.Endpoint;
import sluice.proxy.api.QueryParameter;

/** What the API has of webhooks. */
public final class WebhookEndpoints {
    private static final String TAG = "Events";
    private static final String DEAD_LETTERS = "/api/v1/webhooks/{name}/dead-letters";
    private static final int USUAL_PAGE = 100;

    private WebhookEndpoints() {}

    /** All webhooks. */
    public record WebhookList(List<WebhookSummary> webhooks) {}

    /**
     * One of them.
     *
     * @param url without what may be a secret
     * @param waiting events it is still to be told of
     * @param delivered events it has taken
     * @param deadLetters events that it was not told of and that are kept
     * @param forgotten of those that it was not told of, how many are not kept any more
     * @param missed events that had given way before they could wait for it
     * @param attempt of the request that is under way or is to be repeated; 0: none
     * @param nextAttempt when it is repeated
     * @param lastFailure while it does not take events: why
     */
    public record WebhookSummary(
            String name,
            String url,
            List<String> events,
            int waiting,
            long delivered,
            int deadLetters,
            long forgotten,
            long missed,
            int attempt,
            Optional<Instant> nextAttempt,
            Optional<String> lastFailure) {}

    /** @param deadLetters the latest first */
    public record DeadLetterList(int total, long forgotten, List<DeadLetterView> deadLetters) {}

    /**
     * An event that a webhook was not told of.
     *
     * @param event as the webhook would have got it
     * @param at since when it is a dead letter
     */
    public record DeadLetterView(Map<String, Object> event, String reason, int attempts, Instant at) {}

    /** @param retried how many dead letters wait for the webhook again; the others found no room */
    public record Retried(int retried) {}

    public static List<Endpoint> of(WebhookDesk desk) {
        return List.of(
                Endpoint.of(ApiMethod.GET, "/api/v1/webhooks", ApiScope.READ)
                        .says(TAG, "Who is told of events, and how that fares.")
                        .answers(
                                WebhookList.class,
                                request -> desk.states()
                                        .thenApply(states -> ApiAnswer.ok(new WebhookList(states.entrySet().stream()
                                                .map(one -> summary(one.getKey(), one.getValue()))
                                                .toList())))),
                Endpoint.of(ApiMethod.GET, DEAD_LETTERS, ApiScope.READ)
                        .says(TAG, "The events that a webhook was not told of, the latest first.")
                        .query(QueryParameter.number("limit", 1, WebhookQueue.MAX_DEAD_LETTERS, "how many at most"))
                        .answers(
                                DeadLetterList.class,
                                request -> desk.states()
                                        .thenApply(states -> find(states, request)
                                                .map(state -> ApiAnswer.ok(
                                                        letters(state, request.number("limit", USUAL_PAGE))))
                                                .orElseGet(() -> unknown()))),
                Endpoint.of(ApiMethod.POST, DEAD_LETTERS + "/retry", ApiScope.OPERATE)
                        .says(
                                TAG,
                                "Has the events that a webhook was not told of wait for it again, behind the others.")
                        .answers(
                                Retried.class,
                                request -> desk.revive(request.variable("name"))
                                        .thenApply(revived -> revived.isPresent()
                                                ? ApiAnswer.ok(new Retried(revived.getAsInt()))
                                                : unknown())));
    }

    private static Optional<WebhookState> find(Map<WebhookConfig, WebhookState> states, ApiRequest request) {
        return states.entrySet().stream()
                .filter(one -> one.getKey().name().equals(request.variable("name")))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static ApiAnswer unknown() {
        return ApiAnswer.problem(
                ApiProblem.notFound("there is no webhook of that name; GET /api/v1/webhooks lists those there are"));
    }

    private static WebhookSummary summary(WebhookConfig config, WebhookState state) {
        return new WebhookSummary(
                config.name(),
                config.shownUrl(),
                config.events().stream().map(EventType::text).toList(),
                state.waiting(),
                state.delivered(),
                state.deadLetters().size(),
                state.forgotten(),
                state.missed(),
                state.attempt(),
                state.nextAttempt(),
                state.lastFailure());
    }

    private static DeadLetterList letters(WebhookState state, int limit) {
        return new DeadLetterList(
                state.deadLetters().size(),
                state.forgotten(),
                state.deadLetters().reversed().stream()
                        .limit(limit)
                        .map(letter -> new DeadLetterView(
                                EventJson.envelope(letter.event()), letter.reason(), letter.attempts(), letter.at()))
                        .toList());
    }
}
