package sluice.upstream.netty;

import java.time.Duration;

/**
 * How long each step before the conversation may take.
 *
 * @param resolve for the pool's name
 * @param connect for each of its addresses
 * @param handshake from the first byte to the last of what comes before the conversation, be it Noise or TLS
 */
record StepTimeouts(Duration resolve, Duration connect, Duration handshake) {
    static final StepTimeouts DEFAULT =
            new StepTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10));
}
