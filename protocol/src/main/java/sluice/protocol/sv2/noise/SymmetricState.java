package sluice.protocol.sv2.noise;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What both ends of a handshake accumulate (spec 4.4, Noise 5.2): handshake hash, chaining key, and the current key. */
final class SymmetricState {
    static final String PROTOCOL_NAME = "Noise_NX_Secp256k1+EllSwift_ChaChaPoly_SHA256";

    private static final String HMAC = "HmacSHA256";
    private static final byte[] NOTHING = {};

    private final MessageDigest digest = TaggedHash.sha256();
    private byte[] chainingKey = digest.digest(PROTOCOL_NAME.getBytes(StandardCharsets.US_ASCII));
    // The prologue is empty: its MixHash is the hash of the protocol name's hash.
    private byte[] handshakeHash = digest.digest(chainingKey);
    private byte[] key;
    private CipherState cipher;

    byte[] handshakeHash() {
        return handshakeHash.clone();
    }

    byte[] chainingKey() {
        return chainingKey.clone();
    }

    /** The current cipher key, or null before the first {@link #mixKey}. */
    byte[] key() {
        return key == null ? null : key.clone();
    }

    void mixHash(byte[] source, int offset, int length) {
        digest.update(handshakeHash);
        digest.update(source, offset, length);
        handshakeHash = digest.digest();
    }

    void mixKey(byte[] sharedSecret) {
        byte[][] outputs = hkdf(sharedSecret);
        chainingKey = outputs[0];
        key = outputs[1];
        cipher = new CipherState(key);
    }

    /** Encrypts with the handshake hash as associated data, or copies while there is no key. Returns the bytes written. */
    int encryptAndHash(byte[] plain, byte[] out, int outOffset) {
        int written = plain.length;
        if (cipher == null) {
            System.arraycopy(plain, 0, out, outOffset, plain.length);
        } else {
            written = cipher.encrypt(handshakeHash, plain, 0, plain.length, out, outOffset);
        }
        mixHash(out, outOffset, written);
        return written;
    }

    /** The plaintext of {@code length} bytes (with tag), or null where they are not authentic. */
    byte[] decryptAndHash(byte[] source, int offset, int length) {
        byte[] plain = new byte[length - CipherState.TAG_LENGTH];
        if (cipher.decrypt(handshakeHash, source, offset, length, plain, 0) < 0) {
            return null;
        }
        mixHash(source, offset, length);
        return plain;
    }

    /** The transport keys: first the initiator's sending key, then the responder's. */
    byte[][] split() {
        byte[][] keys = hkdf(NOTHING);
        Arrays.fill(chainingKey, (byte) 0);
        return keys;
    }

    private byte[][] hkdf(byte[] input) {
        byte[] temporary = hmac(chainingKey, input);
        byte[] first = hmac(temporary, new byte[] {1});
        byte[] second = Arrays.copyOf(first, first.length + 1);
        second[first.length] = 2;
        return new byte[][] {first, hmac(temporary, second)};
    }

    private static byte[] hmac(byte[] hmacKey, byte[] message) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(hmacKey, HMAC));
            return mac.doFinal(message);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java runtime has " + HMAC, impossible);
        }
    }
}
