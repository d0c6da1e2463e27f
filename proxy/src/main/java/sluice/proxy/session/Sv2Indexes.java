package sluice.proxy.session;

import java.util.OptionalInt;
import sluice.proxy.mining.share.SeenShares;

/**
 * The local indexes of one SV2 connection. Where they are few in the whole gateway, the connection has one, and with it one
 * channel at a time. Confined to the session.
 */
final class Sv2Indexes {
    private final MinerContext context;
    private OptionalInt only = OptionalInt.empty();
    private boolean onlyInUse;
    // One channel after the other may find the same shares.
    private final SeenShares seenUnderOnly = new SeenShares();

    Sv2Indexes(MinerContext context) {
        this.context = context;
    }

    /** The index that the connection will have, where it has one only; 0 where each channel has its own or none is free. */
    int ofConnection() {
        if (context.shape().isNarrow() && only.isEmpty()) {
            only = context.indexes().take();
        }
        return only.orElse(0);
    }

    /** An index for one more channel, or empty where there is none. */
    OptionalInt take() {
        if (!context.shape().isNarrow()) {
            return context.indexes().take();
        }
        if (onlyInUse) {
            return OptionalInt.empty();
        }
        onlyInUse = only.isPresent();
        return only;
    }

    /** What channels of this connection have sent with the index that was taken last. */
    SeenShares seen() {
        return context.shape().isNarrow() ? seenUnderOnly : new SeenShares();
    }

    /** A channel is closed. */
    void release(int index) {
        if (context.shape().isNarrow()) {
            onlyInUse = false;
        } else {
            context.indexes().release(index);
        }
    }

    /** The connection is gone, and all its channels are closed. */
    void end() {
        only.ifPresent(context.indexes()::release);
        only = OptionalInt.empty();
    }
}
