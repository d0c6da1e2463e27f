package sluice.protocol.sv2.noise;

/**
 * One direction of an encrypted connection (spec 4.3, Noise 5.1): a key and the number of the next nonce, and nothing else,
 * because a farm has thousands of these. Confined to the connection's loop; ciphertexts must be written in the order of
 * encryption.
 */
public final class CipherState {
    /** What encryption adds to a plaintext. */
    public static final int TAG_LENGTH = Aead.TAG_LENGTH;

    static final int KEY_LENGTH = Aead.KEY_LENGTH;
    // Reserved by Noise; as an unsigned number it is the last one, so reaching it also prevents a wrap to zero.
    static final long RESERVED_NONCE = -1L;

    private static final byte[] NO_ASSOCIATED_DATA = {};

    private final byte[] key;
    private long nonce;

    CipherState(byte[] key) {
        this(key, 0);
    }

    CipherState(byte[] key, long nonce) {
        if (key.length != KEY_LENGTH) {
            throw new IllegalArgumentException("a cipher key has " + KEY_LENGTH + " bytes, not " + key.length);
        }
        this.key = key;
        this.nonce = nonce;
    }

    /** The number of ciphertexts so far, which is the next nonce (unsigned). */
    public long nonce() {
        return nonce;
    }

    /**
     * Encrypts {@code length} bytes and writes {@code length} + 16 bytes to {@code out}, which may be {@code plain} itself at the
     * same offset. Returns the number of bytes written.
     *
     * @throws NoiseFailure where the nonces are used up
     */
    public int encrypt(byte[] plain, int offset, int length, byte[] out, int outOffset) {
        return encrypt(NO_ASSOCIATED_DATA, plain, offset, length, out, outOffset);
    }

    /**
     * Decrypts {@code length} bytes (16 or more) and writes {@code length} - 16 bytes to {@code out}, which may be {@code cipher}
     * itself at the same offset. Returns the number of bytes written, or -1 where the ciphertext is not authentic: then
     * nothing in {@code out} may be used and the nonce has not moved.
     *
     * @throws NoiseFailure where the nonces are used up
     */
    public int decrypt(byte[] cipher, int offset, int length, byte[] out, int outOffset) {
        return decrypt(NO_ASSOCIATED_DATA, cipher, offset, length, out, outOffset);
    }

    int encrypt(byte[] associated, byte[] plain, int offset, int length, byte[] out, int outOffset) {
        refuseReservedNonce();
        Aead.forLength(length).seal(key, nonce, associated, plain, offset, length, out, outOffset);
        nonce++;
        return length + TAG_LENGTH;
    }

    int decrypt(byte[] associated, byte[] cipher, int offset, int length, byte[] out, int outOffset) {
        refuseReservedNonce();
        if (length < TAG_LENGTH) {
            throw new IllegalArgumentException("a ciphertext has at least " + TAG_LENGTH + " bytes, not " + length);
        }
        int plainLength = length - TAG_LENGTH;
        if (!Aead.forLength(plainLength).open(key, nonce, associated, cipher, offset, length, out, outOffset)) {
            return -1;
        }
        nonce++;
        return plainLength;
    }

    private void refuseReservedNonce() {
        if (nonce == RESERVED_NONCE) {
            throw new NoiseFailure(
                    NoiseFailure.Reason.NONCES_EXHAUSTED, "all nonces of this connection's key are used up");
        }
    }

    @Override
    public String toString() {
        return "CipherState[key redacted, nonce " + Long.toUnsignedString(nonce) + "]";
    }
}
