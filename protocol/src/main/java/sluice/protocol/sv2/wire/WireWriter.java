package sluice.protocol.sv2.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;

/**
 * Appends the wire types of SV2 3.1, and whole frames, to a growing buffer. All integers are little-endian. A value
 * that its type cannot hold is our own mistake: IllegalArgumentException. Confined to one thread; {@link #clear()}
 * reuses it.
 */
public final class WireWriter {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int INITIAL_CAPACITY = 128;
    private static final int NO_FRAME = -1;

    private byte[] buffer;
    private int length;
    private int frameStart = NO_FRAME;

    public WireWriter() {
        this(INITIAL_CAPACITY);
    }

    public WireWriter(int initialCapacity) {
        buffer = new byte[initialCapacity];
    }

    /** Bytes written so far. */
    public int length() {
        return length;
    }

    /** Forgets everything written and keeps the buffer. */
    public void clear() {
        length = 0;
        frameStart = NO_FRAME;
    }

    /** A copy of what was written. */
    public byte[] toArray() {
        requireFrameEnded();
        return Arrays.copyOf(buffer, length);
    }

    /** As {@link #toArray()}. */
    public Bytes toBytes() {
        requireFrameEnded();
        return Bytes.of(buffer, 0, length);
    }

    /** Copies what was written to {@code target} at {@code offset}; returns the offset behind the last byte. */
    public int copyTo(byte[] target, int offset) {
        requireFrameEnded();
        System.arraycopy(buffer, 0, target, offset, length);
        return offset + length;
    }

    /** Starts a frame; its length is filled in by {@link #endFrame()}. Several frames may follow each other. */
    public void beginFrame(int extensionType, boolean channelMessage, int messageType) {
        requireFrameEnded();
        FrameHeader header = new FrameHeader(extensionType, channelMessage, messageType, 0);
        int start = reserve(FrameHeader.LENGTH);
        header.copyTo(buffer, start);
        frameStart = start;
    }

    public void endFrame() {
        if (frameStart == NO_FRAME) {
            throw new IllegalStateException("no frame was begun");
        }
        int payload = length - frameStart - FrameHeader.LENGTH;
        if (payload > Limits.U24_MAX) {
            throw new IllegalArgumentException("a payload of " + payload + " bytes, at most " + Limits.U24_MAX);
        }
        putU24(frameStart + FrameHeader.LENGTH - 3, payload);
        frameStart = NO_FRAME;
    }

    public void writeU8(int value) {
        requireRange(value, 0xff, "U8");
        int from = reserve(1);
        buffer[from] = (byte) value;
    }

    public void writeU16(int value) {
        requireRange(value, 0xffff, "U16");
        int from = reserve(2);
        SHORT.set(buffer, from, (short) value);
    }

    public void writeU24(int value) {
        requireRange(value, Limits.U24_MAX, "U24");
        putU24(reserve(3), value);
    }

    public void writeU32(long value) {
        requireRange(value, 0xffff_ffffL, "U32");
        int from = reserve(4);
        INT.set(buffer, from, (int) value);
    }

    /** All 64 bits, unsigned. */
    public void writeU64(long value) {
        int from = reserve(8);
        LONG.set(buffer, from, value);
    }

    public void writeF32(float value) {
        int from = reserve(4);
        INT.set(buffer, from, Float.floatToRawIntBits(value));
    }

    public void writeBool(boolean value) {
        int from = reserve(1);
        buffer[from] = (byte) (value ? 1 : 0);
    }

    /** U256 that is a hash, internal order. */
    public void writeHash(Hash256 hash) {
        int from = reserve(Hash256.LENGTH);
        hash.copyTo(buffer, from);
    }

    /** U256 that is a number. */
    public void writeTarget(Target target) {
        int from = reserve(Target.LENGTH);
        target.copyTo(buffer, from);
    }

    /** STR0_255: at most 255 bytes of UTF-8 (see {@link WireText}). */
    public void writeStr(String text) {
        byte[] encoded = WireText.encode(text);
        requireLength(encoded.length, 0xff, "STR0_255");
        writeU8(encoded.length);
        int from = reserve(encoded.length);
        System.arraycopy(encoded, 0, buffer, from, encoded.length);
    }

    public void writeB032(Bytes value) {
        requireLength(value.length(), 32, "B0_32");
        writeU8(value.length());
        writeBytes(value);
    }

    public void writeB0255(Bytes value) {
        requireLength(value.length(), 0xff, "B0_255");
        writeU8(value.length());
        writeBytes(value);
    }

    public void writeB064K(Bytes value) {
        requireLength(value.length(), 0xffff, "B0_64K");
        writeU16(value.length());
        writeBytes(value);
    }

    public void writeB016M(Bytes value) {
        requireLength(value.length(), Limits.U24_MAX, "B0_16M");
        writeU24(value.length());
        writeBytes(value);
    }

    /** The bytes alone, without a length. */
    public void writeBytes(Bytes value) {
        int from = reserve(value.length());
        value.copyTo(buffer, from);
    }

    public void writeOptionU32(OptionalLong value) {
        writeBool(value.isPresent());
        if (value.isPresent()) {
            writeU32(value.getAsLong());
        }
    }

    /** SEQ0_255[U256], hashes. */
    public void writeSeq255Hash(List<Hash256> hashes) {
        requireLength(hashes.size(), 0xff, "SEQ0_255");
        writeU8(hashes.size());
        hashes.forEach(this::writeHash);
    }

    /** SEQ0_64K[U256], hashes. */
    public void writeSeq64KHash(List<Hash256> hashes) {
        writeCount64K(hashes);
        hashes.forEach(this::writeHash);
    }

    /** SEQ0_64K[U16]. */
    public void writeSeq64KU16(List<Integer> values) {
        writeCount64K(values);
        values.forEach(this::writeU16);
    }

    /** SEQ0_64K[U32]. */
    public void writeSeq64KU32(List<Long> values) {
        writeCount64K(values);
        values.forEach(this::writeU32);
    }

    /** SEQ0_64K[B0_16M]. */
    public void writeSeq64KB016M(List<Bytes> values) {
        writeCount64K(values);
        values.forEach(this::writeB016M);
    }

    private void writeCount64K(List<?> values) {
        requireLength(values.size(), 0xffff, "SEQ0_64K");
        writeU16(values.size());
    }

    private void putU24(int offset, int value) {
        buffer[offset] = (byte) value;
        buffer[offset + 1] = (byte) (value >>> 8);
        buffer[offset + 2] = (byte) (value >>> 16);
    }

    /** Makes room for {@code count} bytes and counts them as written; returns where they start. */
    private int reserve(int count) {
        int from = length;
        if (count > buffer.length - from) {
            buffer = Arrays.copyOf(buffer, Math.max(from + count, 2 * buffer.length));
        }
        length = from + count;
        return from;
    }

    private void requireFrameEnded() {
        if (frameStart != NO_FRAME) {
            throw new IllegalStateException("a frame was begun and not ended");
        }
    }

    private static void requireRange(long value, long maximum, String type) {
        if (value < 0 || value > maximum) {
            throw new IllegalArgumentException("a " + type + " is 0.." + maximum + ", not " + value);
        }
    }

    private static void requireLength(int actual, int maximum, String type) {
        if (actual > maximum) {
            throw new IllegalArgumentException("a " + type + " holds at most " + maximum + ", not " + actual);
        }
    }
}
