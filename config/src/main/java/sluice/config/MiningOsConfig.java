package sluice.config;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where MiningOS's worker for DATUM gateways finds this one.
 *
 * @param listen in plain text only on this machine itself
 * @param tls what it speaks TLS with; empty: it speaks none
 * @param user who may ask for what is not for everybody
 * @param password what goes with {@code user}; empty: nobody may
 */
public record MiningOsConfig(ListenAddress listen, Optional<TlsFiles> tls, String user, Optional<String> password) {

    /** As DATUM gateways call theirs. */
    public static final String DEFAULT_USER = "admin";

    public static final int MAX_USER_LENGTH = 64;

    /** A digest can be tried out by whoever saw one, so the password must not be guessed easily. */
    public static final int MIN_PASSWORD_BYTES = 12;

    public static final int MAX_PASSWORD_BYTES = 255;

    public MiningOsConfig {
        requireUser(user);
        password.ifPresent(MiningOsConfig::requirePassword);
        if (tls.isEmpty() && !ApiConfig.isLoopback(listen)) {
            throw new IllegalArgumentException("a port that others can reach speaks TLS");
        }
    }

    /** Returns {@code user}. Throws InvalidValueException unless HTTP's digest can carry it. */
    static String requireUser(String user) {
        boolean fits = !user.isEmpty()
                && user.length() <= MAX_USER_LENGTH
                && user.chars().allMatch(c -> c > ' ' && c <= '~' && c != ':' && c != '"' && c != '\\');
        if (!fits) {
            throw new InvalidValueException(
                    "is no user that can be asked for",
                    "write up to " + MAX_USER_LENGTH + " letters, digits or dashes");
        }
        return user;
    }

    /** Returns {@code password}. Throws InvalidValueException that does not quote it. */
    static String requirePassword(String password) {
        PoolConfig.requirePrintable(password, MAX_PASSWORD_BYTES);
        if (password.getBytes(StandardCharsets.UTF_8).length < MIN_PASSWORD_BYTES) {
            throw new InvalidValueException(
                    "can be guessed",
                    "write at least " + MIN_PASSWORD_BYTES + " characters, such as openssl rand -hex 16");
        }
        return password;
    }

    /** The password is a secret. */
    @Override
    public String toString() {
        return "MiningOsConfig[listen=" + listen + ", tls=" + tls + ", user=" + user + ", password="
                + password.map(secret -> "***") + "]";
    }
}
