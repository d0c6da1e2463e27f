package sluice.proxy.api;

import java.time.Instant;
import java.util.Map;

/** How callers show who they are. Confined to the API's loop. */
public interface CallerProof {
    /** What the head of a request shows. */
    sealed interface Shown {
        record Known(Caller caller) implements Shown {}

        /**
         * Nobody's proof, or none at all.
         *
         * @param problem what the caller is told where it has to be somebody
         * @param headers of that answer: how to do better
         */
        record Unknown(ApiProblem problem, Map<String, String> headers) implements Shown {
            public Unknown {
                headers = Map.copyOf(headers);
            }
        }
    }

    Shown of(RequestHead head, Instant now);

    /** Headers of the answer to somebody who is known and may not do what it asks for. */
    default Map<String, String> onWrongScope() {
        return Map.of();
    }
}
