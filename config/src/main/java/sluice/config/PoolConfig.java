package sluice.config;

import java.nio.charset.StandardCharsets;

/**
 * One pool and who we are there.
 *
 * @param user the {@code user_identity} of our channel (STR0_255): the account, or account.worker, that the pool credits
 */
public record PoolConfig(PoolAddress address, String user) {
    public static final int MAX_USER_BYTES = 255;

    /** What we call ourselves where the operator named no user. */
    public static final String DEFAULT_USER = "sluice";

    public PoolConfig {
        requireUser(user);
    }

    /** Returns {@code user}. Throws InvalidValueException unless a pool could take it. */
    static String requireUser(String user) {
        if (user.isEmpty()) {
            throw new InvalidValueException("is empty", "write the user name that the pool gave you");
        }
        if (user.getBytes(StandardCharsets.UTF_8).length > MAX_USER_BYTES) {
            throw new InvalidValueException("is too long", "write at most " + MAX_USER_BYTES + " bytes");
        }
        if (user.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValueException("has a control character", "write printable characters only");
        }
        return user;
    }
}
