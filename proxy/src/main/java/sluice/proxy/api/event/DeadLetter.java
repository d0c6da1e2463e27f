package sluice.proxy.api.event;

import java.time.Instant;

/**
 * An event that a webhook was not told of.
 *
 * @param reason why not
 * @param attempts that were made
 * @param at since when it is one
 */
public record DeadLetter(PublishedEvent event, String reason, int attempts, Instant at) {}
