package sluice.config;

import java.time.Duration;

/**
 * Bounds on the miners' port.
 *
 * @param maxConnections open miner connections; one more is closed at once
 * @param handshakeTimeout from accepting a connection to the end of its handshake (SV2: Noise and SetupConnection; SV1: subscribe)
 * @param idleTimeout a miner from which nothing arrives for so long is disconnected
 */
public record LimitsConfig(int maxConnections, Duration handshakeTimeout, Duration idleTimeout) {

    public static final Range<Integer> MAX_CONNECTIONS = new Range<>(1, 1_000_000);
    public static final Range<Duration> HANDSHAKE_TIMEOUT = new Range<>(Duration.ofMillis(100), Duration.ofMinutes(5));
    public static final Range<Duration> IDLE_TIMEOUT = new Range<>(Duration.ofSeconds(1), Duration.ofHours(24));

    /** Two hours of silence are normal for a small machine at a high difficulty. */
    public static final LimitsConfig DEFAULT = new LimitsConfig(16_384, Duration.ofSeconds(15), Duration.ofHours(2));

    public LimitsConfig {
        MAX_CONNECTIONS.require(maxConnections);
        HANDSHAKE_TIMEOUT.require(handshakeTimeout);
        IDLE_TIMEOUT.require(idleTimeout);
    }
}
