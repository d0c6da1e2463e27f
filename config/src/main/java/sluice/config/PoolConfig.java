package sluice.config;

import java.nio.charset.StandardCharsets;

/**
 * One pool and who we are there.
 *
 * @param user the {@code user_identity} of our channel (STR0_255), the user of an SV1 pool's {@code mining.authorize}: the
 *     account, or account.worker, that the pool credits
 * @param password what goes with {@code user} at an SV1 pool; SV2 has none
 */
public record PoolConfig(PoolAddress address, String user, String password) {
    public static final int MAX_USER_BYTES = 255;

    /** What we call ourselves where the operator named no user. */
    public static final String DEFAULT_USER = "sluice";

    /** Any will do where a pool has none; this is what miners send by custom. */
    public static final String DEFAULT_PASSWORD = "x";

    public static final int MAX_PASSWORD_BYTES = 255;

    public PoolConfig {
        requireUser(user);
        requirePassword(password);
    }

    /** Without a password that means anything. */
    public PoolConfig(PoolAddress address, String user) {
        this(address, user, DEFAULT_PASSWORD);
    }

    /** How the user is put together from a miner's name; the plain text where the operator wrote no placeholder. */
    public IdentityTemplate template() {
        return IdentityTemplate.parse(user);
    }

    /** Returns {@code user}. Throws InvalidValueException unless a pool could take it. */
    static String requireUser(String user) {
        if (user.isEmpty()) {
            throw new InvalidValueException("is empty", "write the user name that the pool gave you");
        }
        IdentityTemplate.parse(user);
        return requirePrintable(user, MAX_USER_BYTES);
    }

    /** Returns {@code password}; an empty one is a password. Throws InvalidValueException unless a pool could take it. */
    static String requirePassword(String password) {
        return requirePrintable(password, MAX_PASSWORD_BYTES);
    }

    /** Returns {@code text}. Throws InvalidValueException unless it is printable and fits. */
    static String requirePrintable(String text, int maxBytes) {
        if (text.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
            throw new InvalidValueException("is too long", "write at most " + maxBytes + " bytes");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValueException("has a control character", "write printable characters only");
        }
        return text;
    }

    /** The password may be a secret. */
    @Override
    public String toString() {
        return "PoolConfig[address=" + address + ", user=" + user + ", password=***]";
    }
}
