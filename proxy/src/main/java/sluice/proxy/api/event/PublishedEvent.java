package sluice.proxy.api.event;

import sluice.config.EventType;
import sluice.proxy.event.GatewayEvent;

/**
 * An event with its id, and with what was known of the miner when it happened.
 *
 * @param endpoint where the miner is; empty where the event is of no miner, or nobody knows
 * @param worker the miner's user identity; likewise
 * @param poolUrl of the pool that came or went; likewise
 */
public record PublishedEvent(
        EventId id, EventType type, GatewayEvent event, String endpoint, String worker, String poolUrl) {}
