package sluice.protocol.sv2.noise;

/**
 * ChaCha20-Poly1305 (RFC 8439) with Noise's nonce: four zero bytes, then {@code nonce} as 64-bit little-endian. Stateless
 * towards the caller and safe for any thread. Input and output may be the same array at the same offset.
 */
sealed interface Aead permits JdkAead, ScalarAead {
    int KEY_LENGTH = 32;
    int TAG_LENGTH = 16;
    /** Up to here the scalar implementation is faster than setting up a JDK cipher, beyond it the JDK's vector code wins. */
    int LONGEST_SCALAR_PLAINTEXT = 300;

    /** The faster implementation for one message with this many plaintext bytes. */
    static Aead forLength(int plainLength) {
        return plainLength <= LONGEST_SCALAR_PLAINTEXT ? ScalarAead.INSTANCE : JdkAead.INSTANCE;
    }

    /** Writes {@code length} + 16 bytes to {@code out}. */
    void seal(
            byte[] key, long nonce, byte[] associated, byte[] plain, int offset, int length, byte[] out, int outOffset);

    /**
     * Writes {@code length} - 16 bytes to {@code out} and returns true, or returns false where the tag does not fit.
     *
     * @param length of the ciphertext with its tag, at least 16
     */
    boolean open(
            byte[] key,
            long nonce,
            byte[] associated,
            byte[] cipher,
            int offset,
            int length,
            byte[] out,
            int outOffset);
}
