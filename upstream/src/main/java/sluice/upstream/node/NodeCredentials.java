package sluice.upstream.node;

import java.nio.file.Path;

/** How we show a node that we may ask it. */
public sealed interface NodeCredentials {

    /** Not at all. */
    record None() implements NodeCredentials {}

    /** As the operator has set them in the node. */
    record Password(String user, String password) implements NodeCredentials {
        @Override
        public String toString() {
            return "Password[user=" + user + "]";
        }
    }

    /** As the node writes them anew at each of its starts. */
    record CookieFile(Path file) implements NodeCredentials {}
}
