package sluice.protocol.sv2.noise;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, plain and with a tag as in BIP340: the hash of the tag's hash twice, then the data. */
final class TaggedHash {
    private TaggedHash() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java runtime has SHA-256", impossible);
        }
    }

    /** A digest that has taken in the tag; the caller adds the data. */
    static MessageDigest begin(String tag) {
        MessageDigest digest = sha256();
        byte[] tagHash = digest.digest(tag.getBytes(StandardCharsets.US_ASCII));
        digest.update(tagHash);
        digest.update(tagHash);
        return digest;
    }
}
