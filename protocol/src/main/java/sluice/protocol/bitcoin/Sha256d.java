package sluice.protocol.bitcoin;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import sluice.protocol.Bytes;

/**
 * SHA-256 applied twice, Bitcoin's hash. An instance is reusable and allocates nothing per hash; it is confined to one
 * thread (an event loop owns one). The static methods serve cold paths from any thread.
 */
public final class Sha256d {
    private static final ThreadLocal<Sha256d> COLD = ThreadLocal.withInitial(Sha256d::new);

    private final MessageDigest sha256;
    private final byte[] inner = new byte[Hash256.LENGTH];

    public Sha256d() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java runtime has no SHA-256", missing);
        }
    }

    /** Appends {@code length} bytes of {@code source} from {@code offset} to the message being hashed. */
    public Sha256d update(byte[] source, int offset, int length) {
        sha256.update(source, offset, length);
        return this;
    }

    /** Appends {@code part} to the message being hashed. */
    public Sha256d update(Bytes part) {
        part.digestInto(sha256);
        return this;
    }

    /** Ends the message: writes its 32-byte hash, internal order, to {@code out} at {@code offset} and starts afresh. */
    public void finish(byte[] out, int offset) {
        try {
            sha256.digest(inner, 0, Hash256.LENGTH);
            sha256.update(inner, 0, Hash256.LENGTH);
            sha256.digest(out, offset, Hash256.LENGTH);
        } catch (DigestException tooShort) {
            throw new IllegalArgumentException("no room for 32 hash bytes at offset " + offset, tooShort);
        }
    }

    /** As {@link #finish(byte[], int)}, as a value. */
    public Hash256 finish() {
        byte[] out = new byte[Hash256.LENGTH];
        finish(out, 0);
        return Hash256.of(out, 0);
    }

    /** Hashes one range to {@code out} at {@code outOffset}; the ranges may overlap. */
    public void hash(byte[] source, int offset, int length, byte[] out, int outOffset) {
        sha256.update(source, offset, length);
        finish(out, outOffset);
    }

    /** Hashes one range. Cold paths only. */
    public static Hash256 of(byte[] source, int offset, int length) {
        return COLD.get().update(source, offset, length).finish();
    }

    /** Hashes the concatenation of {@code parts}. Cold paths only. */
    public static Hash256 of(Bytes... parts) {
        Sha256d hasher = COLD.get();
        for (Bytes part : parts) {
            hasher.update(part);
        }
        return hasher.finish();
    }
}
