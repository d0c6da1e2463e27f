package sluice.proxy.mining.extranonce;

import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.upstream.UpstreamChannel;

/**
 * How a miner's part of the extranonce is cut: a local index, never zero, and behind it the bytes the miner rolls. Both
 * stand at the very end of the granted bytes; everything in front of them is zero padding and belongs to the job.
 *
 * <p>Two channels never share search space. Within a shape their indexes differ. Across shapes the 4-byte word in which
 * the wider channel keeps its index is padding, so zero, in the narrower one.
 */
public enum ExtranonceShape {
    /** The window that every upstream can serve: 8 bytes, 4 of them for the miner to roll. */
    ROLL_4(4),
    ROLL_8(8),
    ROLL_12(12),
    ROLL_16(16);

    /** Bytes of the local index. */
    public static final int INDEX_SIZE = 4;

    private final int rollableSize;

    ExtranonceShape(int rollableSize) {
        this.rollableSize = rollableSize;
    }

    public int rollableSize() {
        return rollableSize;
    }

    /** Bytes a channel of this shape needs of an upstream's grant. */
    public int windowSize() {
        return INDEX_SIZE + rollableSize;
    }

    /** A local index as it stands in the coinbase: {@link #INDEX_SIZE} bytes, most significant first. */
    public static Bytes indexBytes(int index) {
        return Bytes.of((byte) (index >>> 24), (byte) (index >>> 16), (byte) (index >>> 8), (byte) index);
    }

    /** The narrowest shape that leaves a miner at least {@code rollable} bytes. */
    public static Optional<ExtranonceShape> forRollable(int rollable) {
        for (ExtranonceShape shape : values()) {
            if (shape.rollableSize >= rollable) {
                return Optional.of(shape);
            }
        }
        return Optional.empty();
    }

    public boolean fitsGrant(int grantedSize) {
        return windowSize() <= grantedSize;
    }

    public boolean fits(UpstreamChannel channel) {
        return fitsGrant(channel.extranonceSize());
    }

    /**
     * What stands in the coinbase between the upstream's own prefix and the miner's window.
     *
     * @throws IllegalArgumentException if the grant is smaller than the window
     */
    public Bytes padding(int grantedSize) {
        if (!fitsGrant(grantedSize)) {
            throw new IllegalArgumentException(
                    "a grant of " + grantedSize + " bytes cannot hold a window of " + windowSize() + " bytes");
        }
        return Bytes.zeros(grantedSize - windowSize());
    }
}
