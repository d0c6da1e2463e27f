package sluice.protocol.sv2.wire;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import sluice.protocol.Bytes;

/**
 * A field that an extension adds behind a message's own fields (SV2 3.4.3): type U16 + U8, length U16, value.
 * Counted in the frame's length; the frame's extension type stays that of the message.
 *
 * @param extensionType the extension that defines the field
 * @param fieldType U8, the field within the extension
 * @param value at most 65535 bytes
 */
public record Tlv(int extensionType, int fieldType, Bytes value) {
    /** Bytes in front of the value. */
    public static final int HEADER_LENGTH = 5;

    /** Always little-endian (SV2 3.1), although the examples of extension 0x0002 print big-endian. */
    public void write(WireWriter writer) {
        writer.writeU16(extensionType);
        writer.writeU8(fieldType);
        writer.writeB064K(value);
    }

    /** The fields one after the other, ordered by extension type (SV2 3.4.3), to be put behind a message's own. */
    public static Bytes encode(List<Tlv> fields) {
        if (fields.isEmpty()) {
            return Bytes.EMPTY;
        }
        WireWriter writer = new WireWriter();
        fields.stream()
                .sorted(Comparator.comparingInt(Tlv::extensionType))
                .forEachOrdered(field -> field.write(writer));
        return writer.toBytes();
    }

    /**
     * The fields of negotiated extensions in {@code tail}, in any order; others are skipped. A field cut off by the
     * end of the tail ends the scan without harm to the message. A tail whose integers are big-endian, as a peer
     * that follows the printed examples sends them, is understood where it cannot be meant otherwise: its extension
     * type is not negotiated, the swapped one is, and the swapped lengths end exactly at the end of the tail.
     *
     * @throws ProtocolViolation for more than {@link Limits#TLV_FIELDS} negotiated fields
     */
    public static List<Tlv> scan(Bytes tail, IntPredicate negotiated) {
        if (tail.length() < HEADER_LENGTH) {
            return List.of();
        }
        List<Tlv> fields = new ArrayList<>(1);
        boolean swapped = false;
        for (int at = 0; at + HEADER_LENGTH <= tail.length(); ) {
            if (!swapped
                    && !negotiated.test(u16(tail, at, false))
                    && negotiated.test(u16(tail, at, true))
                    && bigEndianFieldsFillRest(tail, at)) {
                swapped = true;
            }
            int extensionType = u16(tail, at, swapped);
            int from = at + HEADER_LENGTH;
            int to = from + u16(tail, at + 3, swapped);
            if (to > tail.length()) {
                break;
            }
            if (negotiated.test(extensionType)) {
                if (fields.size() == Limits.TLV_FIELDS) {
                    throw new ProtocolViolation(
                            ProtocolViolation.TOO_MANY_TLVS, "more than " + Limits.TLV_FIELDS + " TLV fields");
                }
                fields.add(new Tlv(extensionType, tail.at(at + 2) & 0xff, tail.slice(from, to)));
            }
            at = to;
        }
        return List.copyOf(fields);
    }

    private static boolean bigEndianFieldsFillRest(Bytes tail, int from) {
        int at = from;
        while (at + HEADER_LENGTH <= tail.length()) {
            at += HEADER_LENGTH + u16(tail, at + 3, true);
        }
        return at == tail.length();
    }

    private static int u16(Bytes tail, int at, boolean bigEndian) {
        int first = tail.at(at) & 0xff;
        int second = tail.at(at + 1) & 0xff;
        return bigEndian ? first << 8 | second : second << 8 | first;
    }
}
