package sluice.upstream.netty;

import io.netty.buffer.ByteBuf;
import sluice.protocol.sv1.Sv1LineCodec;

/** Cuts what one SV1 connection receives into lines. Confined to the connection's loop. */
public final class Sv1Lines {
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
                byte[] bytes = new byte[length];
                received.readBytes(bytes);
                codec.feed(bytes, 0, length, sink);
            }
        } finally {
            received.release();
        }
    }
}
