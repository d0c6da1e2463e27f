package sluice.upstream.netty;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import sluice.protocol.sv1.Sv1LineCodec;

/** Cuts what one SV1 connection receives into lines. Confined to the connection's loop. */
public final class Sv1Lines {
    /** Larger reads, which are rare, are copied to an array of their own. */
    public static final int SCRATCH_BYTES = 8_192;

    // One for each loop. Absent while it is in use: a sink may lead to another connection's lines.
    private static final FastThreadLocal<byte[]> SCRATCH = new FastThreadLocal<>();

    private final Sv1LineCodec codec;

    public Sv1Lines(Sv1LineCodec codec) {
        this.codec = codec;
    }

    /**
     * Passes every line that {@code received} completes to {@code sink} and releases the buffer. Throws ProtocolViolation
     * as {@link Sv1LineCodec#feed} does.
     */
    public void feed(ByteBuf received, Sv1LineCodec.LineSink sink) {
        try {
            int length = received.readableBytes();
            if (received.hasArray()) {
                codec.feed(received.array(), received.arrayOffset() + received.readerIndex(), length, sink);
            } else {
                byte[] bytes = borrow(length);
                received.readBytes(bytes, 0, length);
                codec.feed(bytes, 0, length, sink);
                giveBack(bytes);
            }
        } finally {
            received.release();
        }
    }

    private static byte[] borrow(int length) {
        byte[] scratch = SCRATCH.getIfExists();
        if (length > SCRATCH_BYTES) {
            return new byte[length];
        }
        SCRATCH.set(null);
        return scratch == null ? new byte[SCRATCH_BYTES] : scratch;
    }

    private static void giveBack(byte[] bytes) {
        if (bytes.length == SCRATCH_BYTES) {
            SCRATCH.set(bytes);
        }
    }
}
