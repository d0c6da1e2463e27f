package sluice.config;

import java.time.Duration;

/**
 * Bounds on the miners' ports.
 *
 * @param maxConnections open miner connections; one more is closed at once
 * @param handshakeTimeout from accepting a connection to the end of its handshake (SV2: Noise and SetupConnection; SV1: subscribe)
 * @param idleTimeout a miner from which nothing arrives for so long is disconnected
 * @param maxConnectionsPerAddress the same as {@code maxConnections} for each address that miners come from
 * @param acceptRate new connections a second; more are closed at once
 * @param acceptRatePerAddress the same for each address
 * @param invalidSharesPerSecond refused shares of one connection; while there are more, its shares are refused unjudged
 * @param banAfter offences of one address until it is banned
 * @param banTime connections from a banned address are closed for so long; nobody is banned for zero
 */
public record LimitsConfig(
        int maxConnections,
        Duration handshakeTimeout,
        Duration idleTimeout,
        int maxConnectionsPerAddress,
        int acceptRate,
        int acceptRatePerAddress,
        int invalidSharesPerSecond,
        int banAfter,
        Duration banTime) {

    public static final Range<Integer> MAX_CONNECTIONS = new Range<>(1, 1_000_000);
    public static final Range<Duration> HANDSHAKE_TIMEOUT = new Range<>(Duration.ofMillis(100), Duration.ofMinutes(5));
    public static final Range<Duration> IDLE_TIMEOUT = new Range<>(Duration.ofSeconds(1), Duration.ofHours(24));
    public static final Range<Integer> RATE = new Range<>(1, 1_000_000);
    public static final Range<Integer> BAN_AFTER = new Range<>(1, 1_000_000);
    public static final Range<Duration> BAN_TIME = new Range<>(Duration.ZERO, Duration.ofHours(24));

    /**
     * Two hours of silence are normal for a small machine at a high difficulty, and thousands of machines behind one address
     * for a farm whose router translates addresses.
     */
    public static final LimitsConfig DEFAULT = new LimitsConfig(
            16_384, Duration.ofSeconds(15), Duration.ofHours(2), 4_096, 1_000, 200, 100, 10, Duration.ofMinutes(10));

    public LimitsConfig {
        MAX_CONNECTIONS.require(maxConnections);
        HANDSHAKE_TIMEOUT.require(handshakeTimeout);
        IDLE_TIMEOUT.require(idleTimeout);
        MAX_CONNECTIONS.require(maxConnectionsPerAddress);
        RATE.require(acceptRate);
        RATE.require(acceptRatePerAddress);
        RATE.require(invalidSharesPerSecond);
        BAN_AFTER.require(banAfter);
        BAN_TIME.require(banTime);
    }

    /** The other limits as by default. */
    public LimitsConfig(int maxConnections, Duration handshakeTimeout, Duration idleTimeout) {
        this(
                maxConnections,
                handshakeTimeout,
                idleTimeout,
                DEFAULT.maxConnectionsPerAddress,
                DEFAULT.acceptRate,
                DEFAULT.acceptRatePerAddress,
                DEFAULT.invalidSharesPerSecond,
                DEFAULT.banAfter,
                DEFAULT.banTime);
    }

    /** With another bound on connections, from anywhere and from each address. */
    public LimitsConfig withMaxConnections(int total, int perAddress) {
        return new LimitsConfig(
                total,
                handshakeTimeout,
                idleTimeout,
                perAddress,
                acceptRate,
                acceptRatePerAddress,
                invalidSharesPerSecond,
                banAfter,
                banTime);
    }

    /** With other rates of new connections, from anywhere and from each address. */
    public LimitsConfig withAcceptRates(int total, int perAddress) {
        return new LimitsConfig(
                maxConnections,
                handshakeTimeout,
                idleTimeout,
                maxConnectionsPerAddress,
                total,
                perAddress,
                invalidSharesPerSecond,
                banAfter,
                banTime);
    }

    /** With other bans. */
    public LimitsConfig withBans(int after, Duration time) {
        return new LimitsConfig(
                maxConnections,
                handshakeTimeout,
                idleTimeout,
                maxConnectionsPerAddress,
                acceptRate,
                acceptRatePerAddress,
                invalidSharesPerSecond,
                after,
                time);
    }
}
