package sluice.proxy.netty;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * How much is read of one connection in one turn of its loop: little until work has come by it, so that thousands of
 * strangers make a short turn. One for each connection, confined to its loop.
 */
final class ReadSlice extends DefaultMaxMessagesRecvByteBufAllocator {
    /** Bytes that are read of one connection in one turn of its loop: whoever sends much waits for the others. */
    static final int PROVEN_BYTES = 4_096;

    /** The same before its first accepted share: a login, or a few shares. */
    static final int UNPROVEN_BYTES = 512;

    private int bytes = UNPROVEN_BYTES;

    ReadSlice() {
        super(1);
    }

    /** Work came by this connection. */
    void prove() {
        bytes = PROVEN_BYTES;
    }

    @Override
    public ExtendedHandle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return bytes;
            }
        };
    }
}
