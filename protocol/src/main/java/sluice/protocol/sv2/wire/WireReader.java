package sluice.protocol.sv2.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;

/**
 * Reads the wire types of SV2 3.1 from one payload, in order. All integers are little-endian. Every method throws
 * {@link ProtocolViolation} when the payload ends too early; counts and lengths are checked before memory is taken.
 * What is left behind the last field of a message is its TLV space. Confined to one thread; may be reused.
 */
public final class WireReader {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] source;
    private int at;
    private int end;

    public WireReader(byte[] payload) {
        this(payload, 0, payload.length);
    }

    public WireReader(byte[] source, int offset, int length) {
        reset(source, offset, length);
    }

    /** Continues on {@code length} bytes of {@code source} at {@code offset}. */
    public WireReader reset(byte[] source, int offset, int length) {
        this.at = Objects.checkFromIndexSize(offset, length, source.length);
        this.end = offset + length;
        this.source = source;
        return this;
    }

    /** Unread bytes. */
    public int remaining() {
        return end - at;
    }

    public int readU8() {
        return source[take(1)] & 0xff;
    }

    public int readU16() {
        return (short) SHORT.get(source, take(2)) & 0xffff;
    }

    public int readU24() {
        int from = take(3);
        return (source[from] & 0xff) | (source[from + 1] & 0xff) << 8 | (source[from + 2] & 0xff) << 16;
    }

    public long readU32() {
        return (int) INT.get(source, take(4)) & 0xffff_ffffL;
    }

    /** All 64 bits; the value is unsigned. */
    public long readU64() {
        return (long) LONG.get(source, take(8));
    }

    /** Any bit pattern, also NaN and infinities: the message decides. */
    public float readF32() {
        return Float.intBitsToFloat((int) INT.get(source, take(4)));
    }

    /** Bit 0; senders may set the others. */
    public boolean readBool() {
        return (source[take(1)] & 1) != 0;
    }

    /** U256 that is a hash, internal order. */
    public Hash256 readHash() {
        return Hash256.of(source, take(Hash256.LENGTH));
    }

    /** U256 that is a number. */
    public Target readTarget() {
        return Target.ofWire(source, take(Target.LENGTH));
    }

    /** STR0_255; any bytes are text (see {@link WireText}). */
    public String readStr() {
        int length = readU8();
        int from = take(length);
        return WireText.decode(source, from, length);
    }

    public Bytes readB032() {
        int length = readU8();
        if (length > 32) {
            throw new ProtocolViolation(ProtocolViolation.FIELD_TOO_LONG, "a B0_32 of " + length + " bytes");
        }
        return readBytes(length);
    }

    public Bytes readB0255() {
        return readBytes(readU8());
    }

    public Bytes readB064K() {
        return readBytes(readU16());
    }

    public Bytes readB016M() {
        return readBytes(readU24());
    }

    /** OPTION[U32]: a U8 count of 0 or 1, then the value. */
    public OptionalLong readOptionU32() {
        int count = readU8();
        if (count > 1) {
            throw new ProtocolViolation(ProtocolViolation.OPTION_TOO_LONG, "an OPTION of " + count + " elements");
        }
        return count == 0 ? OptionalLong.empty() : OptionalLong.of(readU32());
    }

    /** SEQ0_255[U256], hashes. */
    public List<Hash256> readSeq255Hash() {
        return readHashes(readU8());
    }

    /** SEQ0_64K[U256], hashes. */
    public List<Hash256> readSeq64KHash() {
        return readHashes(readU16());
    }

    /** SEQ0_64K[U16]. */
    public List<Integer> readSeq64KU16() {
        int count = requireElements(readU16(), 2);
        List<Integer> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(readU16());
        }
        return immutable(values);
    }

    /** SEQ0_64K[U32]. */
    public List<Long> readSeq64KU32() {
        int count = requireElements(readU16(), 4);
        List<Long> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(readU32());
        }
        return immutable(values);
    }

    /** SEQ0_64K[B0_16M]. */
    public List<Bytes> readSeq64KB016M() {
        int count = requireElements(readU16(), 3);
        List<Bytes> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(readB016M());
        }
        return immutable(values);
    }

    /** All bytes that are left: the TLV space when the fixed fields have been read. */
    public Bytes readTail() {
        return readBytes(remaining());
    }

    private List<Hash256> readHashes(int announced) {
        int count = requireElements(announced, Hash256.LENGTH);
        List<Hash256> hashes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            hashes.add(readHash());
        }
        return immutable(hashes);
    }

    private Bytes readBytes(int length) {
        return Bytes.of(source, take(length), length);
    }

    // Two bytes of count may announce 65535 elements that are not there: refuse before the list is allocated.
    private int requireElements(int count, int leastElementLength) {
        if ((long) count * leastElementLength > remaining()) {
            throw new ProtocolViolation(
                    ProtocolViolation.TRUNCATED, "a sequence of " + count + " elements in " + remaining() + " bytes");
        }
        return count;
    }

    private int take(int length) {
        int from = at;
        if (length > end - from) {
            throw new ProtocolViolation(
                    ProtocolViolation.TRUNCATED, "a field of " + length + " bytes where " + (end - from) + " are left");
        }
        at = from + length;
        return from;
    }

    private static <T> List<T> immutable(List<T> values) {
        return values.isEmpty() ? List.of() : List.copyOf(values);
    }
}
