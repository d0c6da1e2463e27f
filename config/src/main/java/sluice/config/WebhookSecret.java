package sluice.config;

import java.util.Base64;
import sluice.protocol.Bytes;

/** What the owner of a webhook and we know, and nobody else: proof that a delivery is ours. */
public record WebhookSecret(Bytes key) {
    public static final int MIN_BYTES = 24;
    public static final int MAX_BYTES = 64;

    private static final String PREFIX = "whsec_";
    /** How to make one. */
    static final String FORM = "\"whsec_\" and the output of openssl rand -base64 32";

    private static final String RIGHT = "write " + FORM + ", and the same at the receiver";

    /** Throws InvalidValueException that does not quote {@code text}. */
    public static WebhookSecret parse(String text) {
        byte[] key;
        try {
            key = Base64.getDecoder().decode(text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text);
        } catch (IllegalArgumentException e) {
            throw new InvalidValueException("is not base64", RIGHT);
        }
        if (key.length < MIN_BYTES || key.length > MAX_BYTES) {
            throw new InvalidValueException(
                    "has " + key.length + " bytes, not " + MIN_BYTES + " to " + MAX_BYTES, RIGHT);
        }
        return new WebhookSecret(Bytes.wrap(key));
    }

    @Override
    public String toString() {
        return "***";
    }
}
