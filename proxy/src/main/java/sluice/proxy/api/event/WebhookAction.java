package sluice.proxy.api.event;

import java.time.Instant;

/** What a webhook's queue wants done. */
public sealed interface WebhookAction {
    /** Comes to an {@code Answered} or a {@code Failed}; no other post is wanted before. */
    record Post(WebhookDelivery delivery) implements WebhookAction {}

    /** {@code TimePassed} is due then. */
    record WakeAt(Instant at) implements WebhookAction {}

    /** The first failure after a success. */
    record Faltered(String reason) implements WebhookAction {}

    /** The first success after a failure. */
    record Recovered() implements WebhookAction {}

    /** Events begin to become dead letters for want of room; said once until the next success. */
    record Overflowed() implements WebhookAction {}

    /** So many events became dead letters. */
    record Buried(int events, String reason) implements WebhookAction {}
}
