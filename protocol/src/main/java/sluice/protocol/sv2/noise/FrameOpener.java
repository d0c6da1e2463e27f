package sluice.protocol.sv2.noise;

/**
 * Turns a peer's ciphertext back into frames, piece by piece, so that a reader needs no more than one chunk (64 KB) of
 * ciphertext at a time and plaintext lands where the caller wants it. Confined to the connection's loop.
 *
 * <p>Ask {@link #expectedLength()}, collect that many bytes, and hand them to {@link #openHeader} when {@link #atHeader()},
 * else to {@link #openChunk}. When it is at a header again, the frame is complete (at once, for an empty payload).
 */
public final class FrameOpener {
    private final CipherState receive;
    private int payloadRemaining;

    public FrameOpener(CipherState receive) {
        this.receive = receive;
    }

    /** Whether the next bytes are a header; if not, they are a chunk of the payload. */
    public boolean atHeader() {
        return payloadRemaining == 0;
    }

    /** The exact number of ciphertext bytes that the next call must be given. */
    public int expectedLength() {
        return atHeader() ? TransportFrames.SEALED_HEADER_LENGTH : nextChunkLength() + CipherState.TAG_LENGTH;
    }

    /**
     * Opens 22 bytes at {@code offset} and writes the 6 header bytes to {@code header}. Returns the payload's length, which the
     * caller compares with its limit before it makes room for it.
     *
     * @throws NoiseFailure where the header is not authentic
     */
    public int openHeader(byte[] cipher, int offset, byte[] header, int headerOffset) {
        if (!atHeader()) {
            throw new IllegalStateException(payloadRemaining + " bytes of the payload are still to come");
        }
        if (receive.decrypt(cipher, offset, TransportFrames.SEALED_HEADER_LENGTH, header, headerOffset) < 0) {
            throw notAuthentic("header");
        }
        payloadRemaining = TransportFrames.payloadLength(header, headerOffset);
        return payloadRemaining;
    }

    /**
     * Opens {@link #expectedLength()} bytes at {@code offset} and writes the plaintext to {@code payload}. Returns the number of
     * plaintext bytes written.
     *
     * @throws NoiseFailure where the chunk is not authentic
     */
    public int openChunk(byte[] cipher, int offset, byte[] payload, int payloadOffset) {
        if (atHeader()) {
            throw new IllegalStateException("a header comes next, not a chunk");
        }
        int written = receive.decrypt(cipher, offset, expectedLength(), payload, payloadOffset);
        if (written < 0) {
            throw notAuthentic("payload");
        }
        payloadRemaining -= written;
        return written;
    }

    private int nextChunkLength() {
        return Math.min(payloadRemaining, TransportFrames.MAX_CHUNK_LENGTH);
    }

    private static NoiseFailure notAuthentic(String part) {
        return new NoiseFailure(
                NoiseFailure.Reason.FRAME_NOT_AUTHENTIC,
                "the " + part + " of a frame is not authentic: changed on the way, or the two sides are out of step");
    }
}
