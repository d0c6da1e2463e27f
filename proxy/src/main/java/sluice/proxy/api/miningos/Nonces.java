package sluice.proxy.api.miningos;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The numbers that digests are made with. Each is signed, so none is remembered before somebody who knows the password has
 * used it, and strangers who ask for many take nobody's away. Confined to the API's loop.
 */
final class Nonces {
    /** Of the key that they are signed with. */
    static final int KEY_BYTES = 32;

    /** After that the caller has to ask for another one. */
    static final Duration NONCE_TIMEOUT = Duration.ofMinutes(5);

    /** Nonces whose use is remembered; with one more, the oldest and all that were issued before it are void. */
    static final int MAX_USED = 1_024;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SIGNED_BYTES = 2 * Long.BYTES;
    private static final int SIGNATURE_BYTES = 16;

    private final Mac mac;
    // By their number: what is lower was issued earlier.
    private final TreeMap<Long, Long> used = new TreeMap<>();
    private long lastIssued;
    private long lastVoid;

    /** @param key random, and new with each start */
    Nonces(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("nonces are signed with " + KEY_BYTES + " bytes");
        }
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    String issue(Instant now) {
        byte[] signed = ByteBuffer.allocate(SIGNED_BYTES)
                .putLong(now.toEpochMilli())
                .putLong(++lastIssued)
                .array();
        return HexFormat.of().formatHex(signed) + HexFormat.of().formatHex(signature(signed));
    }

    /**
     * Whether somebody who has proved that he knows the password may have an answer for this use of a nonce. It counts if so.
     *
     * @param count how often it was used, this time included, as its user says
     */
    boolean use(String nonce, long count, Instant now) {
        byte[] bytes;
        try {
            bytes = HexFormat.of().parseHex(nonce);
        } catch (IllegalArgumentException notOurs) {
            return false;
        }
        if (bytes.length != SIGNED_BYTES + SIGNATURE_BYTES) {
            return false;
        }
        byte[] signed = Arrays.copyOf(bytes, SIGNED_BYTES);
        if (!MessageDigest.isEqual(signature(signed), Arrays.copyOfRange(bytes, SIGNED_BYTES, bytes.length))) {
            return false;
        }
        ByteBuffer content = ByteBuffer.wrap(signed);
        Instant issued = Instant.ofEpochMilli(content.getLong());
        long number = content.getLong();
        if (issued.isAfter(now) || issued.plus(NONCE_TIMEOUT).isBefore(now) || number <= lastVoid) {
            return false;
        }
        if (count <= used.getOrDefault(number, 0L)) {
            return false;
        }
        used.put(number, count);
        if (used.size() > MAX_USED) {
            lastVoid = used.pollFirstEntry().getKey();
        }
        return true;
    }

    private byte[] signature(byte[] signed) {
        return Arrays.copyOf(mac.doFinal(signed), SIGNATURE_BYTES);
    }
}
