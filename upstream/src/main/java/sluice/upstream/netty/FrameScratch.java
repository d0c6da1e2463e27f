package sluice.upstream.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.noise.CipherState;
import sluice.protocol.sv2.noise.TransportFrames;
import sluice.protocol.sv2.wire.WireWriter;

/**
 * The arrays between plaintext, ciphertext and Netty's buffers, one set per loop: ciphers work on arrays, and a set per
 * connection would cost every idle miner kilobytes. Nothing is kept from one call to the next.
 */
final class FrameScratch {
    /** Arrays for longer frames are made for the one frame and not kept. */
    static final int MAX_KEPT_LENGTH = 128 * 1024;

    private static final FastThreadLocal<FrameScratch> SCRATCH = new FastThreadLocal<>() {
        @Override
        protected FrameScratch initialValue() {
            return new FrameScratch();
        }
    };

    private static final int INITIAL_LENGTH = 1024;

    private WireWriter writer = new WireWriter(INITIAL_LENGTH);
    private byte[] plain = new byte[INITIAL_LENGTH];
    private byte[] cipher = new byte[INITIAL_LENGTH];

    private FrameScratch() {}

    static FrameScratch ofThisThread() {
        return SCRATCH.get();
    }

    /** An array with room for {@code length} bytes of ciphertext, valid until the next call. */
    byte[] cipher(int length) {
        if (length <= cipher.length) {
            return cipher;
        }
        byte[] longer = new byte[roomFor(length)];
        if (length <= MAX_KEPT_LENGTH) {
            cipher = longer;
        }
        return longer;
    }

    ByteBuf seal(CipherState send, Sv2Message message, ByteBufAllocator allocator) {
        writer.clear();
        message.writeFrame(writer);
        int length = writer.length();
        byte[] frame = plain(length);
        writer.copyTo(frame, 0);
        if (length > MAX_KEPT_LENGTH) {
            writer = new WireWriter(INITIAL_LENGTH);
        }
        return seal(send, frame, length, allocator);
    }

    ByteBuf seal(CipherState send, Bytes plaintext, ByteBufAllocator allocator) {
        byte[] frame = plain(plaintext.length());
        plaintext.copyTo(frame, 0);
        return seal(send, frame, plaintext.length(), allocator);
    }

    private ByteBuf seal(CipherState send, byte[] frame, int length, ByteBufAllocator allocator) {
        int sealedLength = TransportFrames.sealedFrameLength(Math.max(0, length - TransportFrames.HEADER_LENGTH));
        byte[] sealed = cipher(sealedLength);
        TransportFrames.seal(send, frame, 0, length, sealed, 0);
        return allocator.ioBuffer(sealedLength).writeBytes(sealed, 0, sealedLength);
    }

    private byte[] plain(int length) {
        if (length <= plain.length) {
            return plain;
        }
        byte[] longer = new byte[roomFor(length)];
        if (length <= MAX_KEPT_LENGTH) {
            plain = longer;
        }
        return longer;
    }

    // Doubling, so that slowly growing frames do not make a new array each.
    private static int roomFor(int length) {
        return length > MAX_KEPT_LENGTH ? length : Math.min(MAX_KEPT_LENGTH, Integer.highestOneBit(length) << 1);
    }
}
