package sluice.protocol.sv2.noise;

/**
 * How a plaintext frame becomes ciphertext (spec 4.6): the 6-byte header sealed alone, then the payload in chunks of at most
 * 65519 bytes, each with its own tag and nonce. An empty payload has no chunk.
 */
public final class TransportFrames {
    public static final int HEADER_LENGTH = 6;
    public static final int SEALED_HEADER_LENGTH = HEADER_LENGTH + CipherState.TAG_LENGTH;
    /** The longest ciphertext that Noise allows in one message. */
    public static final int MAX_SEALED_CHUNK_LENGTH = 65_535;

    public static final int MAX_CHUNK_LENGTH = MAX_SEALED_CHUNK_LENGTH - CipherState.TAG_LENGTH;
    /** What a U24 length field can say. */
    public static final int MAX_PAYLOAD_LENGTH = 0xff_ffff;

    private static final int LENGTH_OFFSET = 3;

    private TransportFrames() {}

    /** The length field (U24, little-endian) of a plaintext header at {@code offset}. */
    public static int payloadLength(byte[] header, int offset) {
        int at = offset + LENGTH_OFFSET;
        return (header[at] & 0xff) | (header[at + 1] & 0xff) << 8 | (header[at + 2] & 0xff) << 16;
    }

    /** The number of ciphertext bytes that a payload of {@code payloadLength} bytes becomes. */
    public static int sealedPayloadLength(int payloadLength) {
        int rest = payloadLength % MAX_CHUNK_LENGTH;
        return payloadLength / MAX_CHUNK_LENGTH * MAX_SEALED_CHUNK_LENGTH
                + (rest > 0 ? rest + CipherState.TAG_LENGTH : 0);
    }

    /** The number of ciphertext bytes that a frame with a payload of {@code payloadLength} bytes becomes. */
    public static int sealedFrameLength(int payloadLength) {
        return SEALED_HEADER_LENGTH + sealedPayloadLength(payloadLength);
    }

    /**
     * Seals one plaintext frame of {@code length} bytes (header and payload) into {@code out}, another array, which needs room
     * for {@link #sealedFrameLength}. Returns the number of bytes written. Throws IllegalArgumentException where the header's
     * length field does not say {@code length} - 6: such a frame would desynchronise the peer.
     *
     * @throws NoiseFailure where the nonces are used up
     */
    public static int seal(CipherState send, byte[] frame, int offset, int length, byte[] out, int outOffset) {
        if (length < HEADER_LENGTH || payloadLength(frame, offset) != length - HEADER_LENGTH) {
            throw new IllegalArgumentException("a frame of " + length + " bytes whose header disagrees");
        }
        int to = outOffset + send.encrypt(frame, offset, HEADER_LENGTH, out, outOffset);
        int end = offset + length;
        for (int from = offset + HEADER_LENGTH; from < end; from += MAX_CHUNK_LENGTH) {
            to += send.encrypt(frame, from, Math.min(MAX_CHUNK_LENGTH, end - from), out, to);
        }
        return to - outOffset;
    }
}
