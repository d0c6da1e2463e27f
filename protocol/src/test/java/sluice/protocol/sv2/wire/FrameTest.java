package sluice.protocol.sv2.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.protocol.Bytes;

class FrameTest {
    @ParameterizedTest
    @CsvSource({
        "000000520000, 0, false, 0, 82",
        "000071000000, 0, false, 0x71, 0",
        "000072000000, 0, false, 0x72, 0",
        "00801b210000, 0, true, 0x1b, 33",
        "bc8a01000000, 0x0abc, true, 1, 0",
        "bc0a01000000, 0x0abc, false, 1, 0",
        "ffffffffffff, 0x7fff, true, 0xff, 16777215"
    })
    void aHeaderIsReadAndWrittenAlike(String hex, String extension, boolean channel, String type, int length) {
        byte[] wire = Bytes.fromHex("00" + hex).toArray();
        FrameHeader header = FrameHeader.parse(wire, 1);
        assertThat(header).isEqualTo(new FrameHeader(Integer.decode(extension), channel, Integer.decode(type), length));
        byte[] written = new byte[7];
        assertThat(header.copyTo(written, 1)).isEqualTo(7);
        assertThat(written).isEqualTo(wire);
    }

    @Test
    void aPayloadIsAcceptedAtTheLimitAndNotOnePastIt() {
        new FrameHeader(0, false, 0, Limits.SETUP).requirePayloadAtMost(Limits.SETUP);
        FrameHeader longer = new FrameHeader(0, false, 0, Limits.SETUP + 1);
        ProtocolViolation violation =
                catchThrowableOfType(ProtocolViolation.class, () -> longer.requirePayloadAtMost(Limits.SETUP));
        assertThat(violation.reason()).isEqualTo(ProtocolViolation.FRAME_TOO_LARGE);
    }

    @Test
    void aHeaderThatNoBytesCanSayIsRefused() {
        assertThatThrownBy(() -> new FrameHeader(0x8000, false, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FrameHeader(0, false, 256, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FrameHeader(0, false, 0, 1 << 24)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Frame(0, false, 0, Bytes.zeros(1 << 24)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void onlyTheChannelIdOfAForwardedFrameChanges() {
        Frame frame = Frame.parse(
                Bytes.fromHex("34925508" + "0000" + "feffffff" + "deadbeef").toArray());
        assertThat(frame.extensionType()).isEqualTo(0x1234);
        assertThat(frame.channelId()).isEqualTo(4_294_967_294L);
        Frame forwarded = frame.withChannelId(0x01020304L);
        assertThat(forwarded.toBytes().hex()).isEqualTo("34925508" + "0000" + "04030201" + "deadbeef");
        assertThat(forwarded.channelId()).isEqualTo(0x01020304L);
        assertThat(frame.channelId()).isEqualTo(4_294_967_294L);
    }

    @Test
    void aChannelMessageWithoutAChannelIdIsAViolation() {
        Frame frame = new Frame(0x1234, true, 0x55, Bytes.zeros(3));
        assertThatThrownBy(frame::channelId).isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> frame.withChannelId(1)).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aFrameShorterThanItsHeaderSaysIsAViolation() {
        assertThatThrownBy(() -> Frame.parse(new byte[5])).isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> Frame.parse(Bytes.fromHex("00000002000001").toArray()))
                .isInstanceOf(ProtocolViolation.class);
    }
}
