package sluice.proxy.mining.extranonce;

import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.upstream.UpstreamChannel;

/**
 * How a miner's part of the extranonce is cut: a local index, never zero, and behind it the bytes the miner rolls. Both
 * stand at the very end of the granted bytes; everything in front of them is zero padding and belongs to the job.
 *
 * <p>Two channels of one upstream channel never share search space. Within a shape their indexes differ. Across the wide
 * shapes the 4-byte word in which the wider channel keeps its index is padding, so zero, in the other one. A narrow shape is
 * that of all channels of its gateway, and then indexes differ within each lane only.
 */
public enum ExtranonceShape {
    /** 8 bytes, 4 of them for the miner to roll: what all deployed firmware takes and nearly every upstream can serve. */
    ROLL_4(4, 4),
    ROLL_8(4, 8),
    ROLL_12(4, 12),
    ROLL_16(4, 16),
    /** For all miners of a gateway one of whose SV1 pools leaves 4 bytes; 255 of them share an upstream channel. */
    NARROW_4(1, 3),
    /** Likewise with 5 bytes. */
    NARROW_5(1, 4),
    /** Likewise with 6 or 7 bytes; 65,535 miners share an upstream channel. */
    NARROW_6(2, 4);

    /** Bytes of a grant from which on miners have the index that is theirs in the whole gateway. */
    public static final int WIDE_WINDOW = 8;

    /** Bytes of the smallest grant that can be shared at all. */
    public static final int LEAST_WINDOW = 4;

    private final int indexSize;
    private final int rollableSize;

    ExtranonceShape(int indexSize, int rollableSize) {
        this.indexSize = indexSize;
        this.rollableSize = rollableSize;
    }

    /** The shape of SV1 miners where every upstream grants at least {@code window} bytes, {@link #LEAST_WINDOW} or more. */
    public static ExtranonceShape forWindow(int window) {
        if (window >= WIDE_WINDOW) {
            return ROLL_4;
        }
        return switch (window) {
            case 4 -> NARROW_4;
            case 5 -> NARROW_5;
            case 6, 7 -> NARROW_6;
            default -> throw new IllegalArgumentException("no miner can be served with " + window + " bytes");
        };
    }

    /** Whether indexes are too few for the whole gateway, so that miners share them across upstream channels. */
    public boolean isNarrow() {
        return windowSize() < WIDE_WINDOW;
    }

    /** Bytes of the local index. */
    public int indexSize() {
        return indexSize;
    }

    /** The largest local index, U32. */
    public long highestIndex() {
        return (1L << 8 * indexSize) - 1;
    }

    public int rollableSize() {
        return rollableSize;
    }

    /** Bytes a channel of this shape needs of an upstream's grant. */
    public int windowSize() {
        return indexSize + rollableSize;
    }

    /** A local index as it stands in the coinbase: {@link #indexSize} bytes, most significant first. */
    public Bytes indexBytes(int index) {
        byte[] bytes = new byte[indexSize];
        for (int i = 0; i < indexSize; i++) {
            bytes[i] = (byte) (index >>> 8 * (indexSize - 1 - i));
        }
        return Bytes.wrap(bytes);
    }

    /** The smallest of the wide shapes that leaves a miner at least {@code rollable} bytes. */
    public static Optional<ExtranonceShape> forRollable(int rollable) {
        for (ExtranonceShape shape : values()) {
            if (!shape.isNarrow() && shape.rollableSize >= rollable) {
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
