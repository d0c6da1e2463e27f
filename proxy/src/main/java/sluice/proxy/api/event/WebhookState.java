package sluice.proxy.api.event;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a webhook fares.
 *
 * @param waiting events that it is still to be told of, with those of the request under way
 * @param delivered events that it has taken
 * @param buried events that became dead letters
 * @param forgotten of these, those that gave way to later ones
 * @param missed events that had given way before they could be queued
 * @param attempt of the delivery that is under way or waits for its next attempt; 0 where there is none
 * @param nextAttempt when it is tried again
 * @param lastFailure what came of the last attempt, while that was a failure
 * @param deadLetters the oldest first
 */
public record WebhookState(
        int waiting,
        long delivered,
        long buried,
        long forgotten,
        long missed,
        int attempt,
        Optional<Instant> nextAttempt,
        Optional<String> lastFailure,
        List<DeadLetter> deadLetters) {
    public WebhookState {
        deadLetters = List.copyOf(deadLetters);
    }
}
