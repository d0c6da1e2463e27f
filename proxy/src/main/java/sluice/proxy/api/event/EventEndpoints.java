package sluice.proxy.api.event;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import sluice.config.ApiScope;
import sluice.config.EventType;
import sluice.config.InvalidValueException;
import sluice.config.UserPattern;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiFault;
import sluice.proxy.api.ApiMethod;
import sluice.proxy.api.ApiProblem;
import sluice.proxy.api.ApiRequest;
import sluice.proxy.api.Endpoint;
import sluice.proxy.api.QueryParameter;

/** What the API has of events. */
public final class EventEndpoints {
    /** Of what one parameter of a filter may list. */
    static final int MAX_LISTED = 64;
    /** Of a parameter that lists something. */
    static final int MAX_LIST_LENGTH = 2_048;
    /** In place of an id: all that is still there. */
    static final String OLDEST = "oldest";

    private static final String TAG = "Events";

    private EventEndpoints() {}

    public static List<Endpoint> of(EventFeed feed) {
        return List.of(Endpoint.of(ApiMethod.GET, "/api/v1/events", ApiScope.READ)
                .says(
                        TAG,
                        "What happens, as it happens, as server-sent events; with the header Last-Event-ID also what"
                                + " happened since that event.")
                .query(QueryParameter.text("type", MAX_LIST_LENGTH, "types of events, separated by commas"))
                .query(QueryParameter.text("upstream", MAX_LIST_LENGTH, "names of upstreams, separated by commas"))
                .query(QueryParameter.text(
                        "worker", MAX_LIST_LENGTH, "user identities, separated by commas; * and ? are wildcards"))
                .query(
                        QueryParameter.text(
                                "last_event_id",
                                EventId.MAX_LENGTH,
                                "for callers that cannot send the header Last-Event-ID; \"oldest\" for all that there still is"))
                .answers(
                        new Endpoint.Content.Other("text/event-stream"),
                        request -> CompletableFuture.completedFuture(
                                new ApiAnswer.Stream(new EventStream(feed, begin(request, filter(request)))))));
    }

    private static Function<EventLedger, EventReader> begin(ApiRequest request, EventFilter filter) {
        // A browser that comes back by itself repeats the query as it was, and says in the header where it is.
        Optional<String> since = request.lastEventId().or(() -> request.query("last_event_id"));
        if (since.isEmpty()) {
            return ledger -> EventReader.fromNow(ledger, filter);
        }
        if (since.get().equals(OLDEST)) {
            return ledger -> EventReader.fromOldest(ledger, filter);
        }
        EventId id = EventId.parse(since.get())
                .orElseThrow(() -> new ApiFault(ApiProblem.badRequest(
                        "the last event id is none that this gateway has given; send one as it came, or \"oldest\"")));
        return ledger -> EventReader.after(ledger, filter, id);
    }

    private static EventFilter filter(ApiRequest request) {
        List<String> types = list(request, "type");
        return new EventFilter(
                types.isEmpty() ? EnumSet.allOf(EventType.class) : types(types),
                Set.copyOf(list(request, "upstream")),
                list(request, "worker").stream().map(EventEndpoints::worker).toList());
    }

    private static Set<EventType> types(List<String> names) {
        Set<EventType> types = EnumSet.noneOf(EventType.class);
        for (String name : names) {
            types.add(EventType.named(name)
                    .orElseThrow(() -> new ApiFault(
                            ApiProblem.badRequest("the query parameter type has a type that does not exist; known are: "
                                    + String.join(", ", EventType.names())))));
        }
        return types;
    }

    private static UserPattern worker(String text) {
        try {
            return UserPattern.parse(text);
        } catch (InvalidValueException e) {
            throw new ApiFault(ApiProblem.badRequest("the query parameter worker " + e.wrong() + "; " + e.right()));
        }
    }

    private static List<String> list(ApiRequest request, String name) {
        List<String> all = request.query(name)
                .map(text -> Arrays.asList(text.split(",", -1)))
                .orElse(List.of());
        if (all.contains("")) {
            throw new ApiFault(ApiProblem.badRequest("the query parameter " + name + " has an empty entry"));
        }
        if (all.size() > MAX_LISTED) {
            throw new ApiFault(
                    ApiProblem.badRequest("the query parameter " + name + " has more than " + MAX_LISTED + " entries"));
        }
        return all;
    }
}
