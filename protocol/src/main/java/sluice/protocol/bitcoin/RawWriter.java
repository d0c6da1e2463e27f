package sluice.protocol.bitcoin;

import sluice.protocol.Bytes;

/** Writes Bitcoin's serialisation into an array of exactly the length that was announced. */
final class RawWriter {
    private final byte[] target;
    private int at;

    RawWriter(int length) {
        target = new byte[length];
    }

    RawWriter u8(int value) {
        target[at++] = (byte) value;
        return this;
    }

    RawWriter u32(long value) {
        return little(value, 4);
    }

    RawWriter u64(long value) {
        return little(value, 8);
    }

    RawWriter count(long value) {
        at = CompactSize.write(target, at, value);
        return this;
    }

    RawWriter hash(Hash256 hash) {
        at = hash.copyTo(target, at);
        return this;
    }

    RawWriter header(BlockHeader header) {
        at = header.copyTo(target, at);
        return this;
    }

    RawWriter bytes(Bytes bytes) {
        at = bytes.copyTo(target, at);
        return this;
    }

    /** A byte string behind its length. */
    RawWriter prefixed(Bytes bytes) {
        return count(bytes.length()).bytes(bytes);
    }

    Bytes finish() {
        if (at != target.length) {
            throw new IllegalStateException("wrote " + at + " of " + target.length + " bytes");
        }
        return Bytes.wrap(target);
    }

    private RawWriter little(long value, int length) {
        for (int i = 0; i < length; i++) {
            target[at++] = (byte) (value >>> (8 * i));
        }
        return this;
    }
}
