package sluice.proxy.api;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A request that was let through: its path is one of the catalogue, its caller may do that, its query is what the endpoint
 * declares.
 *
 * @param variables of the path, decoded
 * @param query decoded; a parameter stands there once
 * @param ifMatch the entity tag of the header If-Match
 * @param lastEventId the header Last-Event-ID
 * @param body as it came, bounded; empty where the endpoint takes none
 * @param remote where the caller is
 * @param at when it came
 */
public record ApiRequest(
        ApiMethod method,
        String path,
        Map<String, String> variables,
        Map<String, String> query,
        Optional<String> ifMatch,
        Optional<String> lastEventId,
        byte[] body,
        Caller caller,
        String remote,
        Instant at) {
    public ApiRequest {
        variables = Map.copyOf(variables);
        query = Map.copyOf(query);
    }

    /** Of the path. */
    public String variable(String name) {
        return variables.get(name);
    }

    public Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name));
    }

    /** A parameter that the endpoint declares as a number. */
    public int number(String name, int otherwise) {
        return query(name).map(Integer::parseInt).orElse(otherwise);
    }

    /** A parameter that the endpoint declares as a flag. */
    public boolean flag(String name) {
        return query(name).filter("true"::equals).isPresent();
    }

    /** The body as the record that the endpoint declares. Throws ApiFault where it is none. */
    public <T extends Record> T body(Class<T> type) {
        return ApiJson.read(body, type);
    }

    /** A body may hold secrets. */
    @Override
    public String toString() {
        return method + " " + path + " by " + caller.name() + " with " + body.length + " bytes";
    }
}
