package sluice.upstream.provider;

import java.util.OptionalLong;

/**
 * Which transactions are asked for: one template's at a time, and next those of the newest template, because nobody needs the
 * megabytes of those in between.
 */
final class TransactionRequests {
    private OptionalLong asked = OptionalLong.empty();
    private OptionalLong next = OptionalLong.empty();

    /** Another conversation, in which nothing was asked. */
    void restart() {
        asked = OptionalLong.empty();
        next = OptionalLong.empty();
    }

    /** A template came; returns what to ask for now. */
    OptionalLong want(long templateId) {
        if (asked.isPresent()) {
            next = OptionalLong.of(templateId);
            return OptionalLong.empty();
        }
        asked = OptionalLong.of(templateId);
        return asked;
    }

    /** An answer came for this template; returns what to ask for now. */
    OptionalLong answered(long templateId) {
        return asked.isPresent() && asked.getAsLong() == templateId ? givenUp() : OptionalLong.empty();
    }

    /** The answer is not waited for any longer; returns what to ask for now. */
    OptionalLong givenUp() {
        asked = next;
        next = OptionalLong.empty();
        return asked;
    }
}
