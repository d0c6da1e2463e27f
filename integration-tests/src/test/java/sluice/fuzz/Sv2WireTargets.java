package sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.FrameHeader;
import sluice.protocol.sv2.wire.Limits;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.protocol.sv2.wire.Tlv;
import sluice.protocol.sv2.wire.WireReader;
import sluice.protocol.sv2.wire.WireText;

/** SV2 on the wire: what can be read is written again as it was, and all else is a violation. */
final class Sv2WireTargets {
    private Sv2WireTargets() {}

    static void frame(byte[] input) {
        if (input.length < FrameHeader.LENGTH) {
            return;
        }
        FrameHeader header = FrameHeader.parse(input, 0);
        byte[] written = new byte[FrameHeader.LENGTH];
        header.copyTo(written, 0);
        assertThat(written).isEqualTo(Bytes.of(input, 0, FrameHeader.LENGTH).toArray());
        int whole = FrameHeader.LENGTH + header.payloadLength();
        Frame frame;
        try {
            frame = Frame.parse(
                    Bytes.of(input, 0, Math.min(whole, input.length)).toArray());
        } catch (ProtocolViolation tooShort) {
            assertThat(input.length).isLessThan(whole);
            return;
        }
        assertThat(frame.toBytes()).isEqualTo(Bytes.of(input, 0, whole));
        if (frame.channelMessage() && frame.payload().length() >= 4) {
            assertThat(frame.withChannelId(frame.channelId())).isEqualTo(frame);
        }
        decoded(frame).ifPresent(Sv2WireTargets::writesWhatItReads);
    }

    static void message(byte[] input) {
        if (input.length < 2) {
            return;
        }
        Optional<MessageType> type = MessageType.of(input[0] & 0xff, input[1] & 0xff);
        if (type.isEmpty()) {
            return;
        }
        WireReader reader = new WireReader(input, 2, input.length - 2);
        Sv2Message message;
        try {
            message = type.get().read(reader);
        } catch (ProtocolViolation malformed) {
            return;
        }
        assertThat(message.type()).isEqualTo(type.get());
        assertThat(message.toFrame().length - FrameHeader.LENGTH)
                .as("a message is never longer than the bytes that it was read from")
                .isLessThanOrEqualTo(input.length - 2 - reader.remaining());
        writesWhatItReads(message);
    }

    static void tlv(byte[] input) {
        FuzzInput bytes = new FuzzInput(input);
        int negotiated = bytes.u16();
        Bytes tail = Bytes.wrap(bytes.rest());
        List<Tlv> fields;
        try {
            fields = Tlv.scan(tail, extension -> extension == negotiated);
        } catch (ProtocolViolation tooMany) {
            assertThat(tooMany.reason()).isEqualTo(ProtocolViolation.TOO_MANY_TLVS);
            return;
        }
        assertThat(fields)
                .hasSizeLessThanOrEqualTo(Limits.TLV_FIELDS)
                .allMatch(field -> field.extensionType() == negotiated);
        assertThat(Tlv.scan(Tlv.encode(fields), extension -> extension == negotiated))
                .isEqualTo(fields);
        byte[] raw = tail.toArray();
        String text = WireText.decode(raw, 0, raw.length);
        assertThat(WireText.encode(text)).isEqualTo(raw);
        assertThat(WireText.encode(WireText.truncate(text, negotiated)).length).isLessThanOrEqualTo(negotiated);
        assertThat(WireText.printable(text).chars()).noneMatch(Character::isISOControl);
    }

    private static Optional<Sv2Message> decoded(Frame frame) {
        try {
            return Sv2Codec.decode(frame);
        } catch (ProtocolViolation malformed) {
            return Optional.empty();
        }
    }

    private static void writesWhatItReads(Sv2Message message) {
        Frame written = Frame.parse(message.toFrame());
        assertThat(Sv2Codec.decode(written)).contains(message);
        assertThat(message.toString()).isNotEmpty();
    }
}
