package sluice.protocol.bitcoin;

import sluice.protocol.Bytes;

/** Reads Bitcoin's serialisation from an array, never past its end; every complaint names what was being read. */
final class RawReader {
    private final byte[] source;
    private int at;

    RawReader(byte[] source) {
        this.source = source;
    }

    int remaining() {
        return source.length - at;
    }

    int u8(String what) {
        need(1, what);
        return source[at++] & 0xff;
    }

    int peek(int ahead) {
        return at + ahead < source.length ? source[at + ahead] & 0xff : -1;
    }

    long u32(String what) {
        return little(4, what);
    }

    long u64(String what) {
        return little(8, what);
    }

    Hash256 hash(String what) {
        need(Hash256.LENGTH, what);
        Hash256 hash = Hash256.of(source, at);
        at += Hash256.LENGTH;
        return hash;
    }

    BlockHeader header(String what) {
        need(BlockHeader.LENGTH, what);
        BlockHeader header = BlockHeader.of(source, at);
        at += BlockHeader.LENGTH;
        return header;
    }

    Bytes bytes(int length, String what) {
        need(length, what);
        at += length;
        return Bytes.of(source, at - length, length);
    }

    /** A byte string behind its length. */
    Bytes prefixed(String what) {
        return bytes(count(1, what), what);
    }

    /**
     * A canonical count of elements that take at least {@code elementLength} bytes each, so that a lying count is refused
     * before anything is allocated for it.
     */
    int count(int elementLength, String what) {
        int first = u8(what);
        int behind = CompactSize.bytesBehind(first);
        long value = behind == 0 ? first : little(behind, what);
        if (value < 0 || CompactSize.length(value) != 1 + behind) {
            throw new IllegalArgumentException(what + ": a count that is not in its shortest form");
        }
        if (value > remaining() / elementLength) {
            throw new IllegalArgumentException(
                    what + ": announces " + value + " but only " + remaining() + " bytes follow");
        }
        return (int) value;
    }

    void expectEnd(String what) {
        if (remaining() != 0) {
            throw new IllegalArgumentException(what + ": " + remaining() + " bytes follow its end");
        }
    }

    private long little(int length, String what) {
        need(length, what);
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (source[at + i] & 0xffL) << (8 * i);
        }
        at += length;
        return value;
    }

    private void need(int length, String what) {
        if (length > remaining()) {
            throw new IllegalArgumentException(
                    what + ": cut short, " + length + " bytes wanted, " + remaining() + " left");
        }
    }
}
