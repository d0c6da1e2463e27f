package sluice.proxy.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.config.ApiScope;

/**
 * One thing that can be asked of the API, with all that is needed to route, guard, check and document it.
 *
 * @param scope what a caller needs; empty: nothing, not even a token
 * @param tag under which the documentation has it
 * @param summary one sentence
 * @param query all parameters that it takes; another one is a mistake
 * @param request the record that the body has to be; empty: no body is read
 * @param answer what it answers when all is well
 */
public record Endpoint(
        ApiMethod method,
        PathTemplate path,
        Optional<ApiScope> scope,
        String tag,
        String summary,
        List<QueryParameter> query,
        Optional<Class<? extends Record>> request,
        Content answer,
        ApiHandler handler) {
    public Endpoint {
        query = List.copyOf(query);
    }

    /** What kind of body an answer has. */
    public sealed interface Content {
        record Json(Class<? extends Record> type) implements Content {}

        /** @param mediaType such as text/event-stream */
        record Other(String mediaType) implements Content {}
    }

    /** For those who have a token with this scope. */
    public static Builder of(ApiMethod method, String path, ApiScope scope) {
        return new Builder(method, path, Optional.of(scope));
    }

    /** For everybody who can connect. */
    public static Builder open(ApiMethod method, String path) {
        return new Builder(method, path, Optional.empty());
    }

    /** Says the rest, and ends with what answers. */
    public static final class Builder {
        private final ApiMethod method;
        private final String path;
        private final Optional<ApiScope> scope;
        private final List<QueryParameter> query = new ArrayList<>();
        private String tag = "";
        private String summary = "";
        private Optional<Class<? extends Record>> request = Optional.empty();

        private Builder(ApiMethod method, String path, Optional<ApiScope> scope) {
            this.method = method;
            this.path = path;
            this.scope = scope;
        }

        public Builder says(String underTag, String inOneSentence) {
            tag = underTag;
            summary = inOneSentence;
            return this;
        }

        public Builder query(QueryParameter parameter) {
            query.add(parameter);
            return this;
        }

        public Builder takes(Class<? extends Record> body) {
            request = Optional.of(body);
            return this;
        }

        public Endpoint answers(Class<? extends Record> type, ApiHandler handler) {
            return answers(new Content.Json(type), handler);
        }

        public Endpoint answers(Content content, ApiHandler handler) {
            return new Endpoint(method, PathTemplate.of(path), scope, tag, summary, query, request, content, handler);
        }
    }
}
