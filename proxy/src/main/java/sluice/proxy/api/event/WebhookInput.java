package sluice.proxy.api.event;

import java.time.Duration;
import java.util.Optional;

/** What a webhook's queue hears. */
public sealed interface WebhookInput {
    record Happened(PublishedEvent event) implements WebhookInput {}

    /** So many events gave way before they could be queued. */
    record Missed(long count) implements WebhookInput {}

    /** @param retryAfter how long the receiver wants to be left alone */
    record Answered(int status, Optional<Duration> retryAfter) implements WebhookInput {}

    /** No answer came. */
    record Failed(String reason) implements WebhookInput {}

    record TimePassed() implements WebhookInput {}

    /** Dead letters are to be tried again. */
    record Revive() implements WebhookInput {}
}
