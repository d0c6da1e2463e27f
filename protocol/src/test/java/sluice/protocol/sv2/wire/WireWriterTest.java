package sluice.protocol.sv2.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;

class WireWriterTest {
    @Test
    void unsignedExtremesAreWrittenInFull() {
        assertThat(written(w -> w.writeU8(255))).isEqualTo("ff");
        assertThat(written(w -> w.writeU16(65535))).isEqualTo("ffff");
        assertThat(written(w -> w.writeU24(16_777_215))).isEqualTo("ffffff");
        assertThat(written(w -> w.writeU32(4_294_967_295L))).isEqualTo("ffffffff");
        assertThat(written(w -> w.writeU64(-1L))).isEqualTo("ffffffffffffffff");
        assertThat(written(w -> w.writeU16(1))).isEqualTo("0100");
        assertThat(written(w -> w.writeU24(0x030201))).isEqualTo("010203");
        assertThat(written(w -> w.writeU32(0x04030201L))).isEqualTo("01020304");
        assertThat(written(w -> w.writeU64(0x0807060504030201L))).isEqualTo("0102030405060708");
    }

    @Test
    void aNumberOutsideItsTypeIsRefused() {
        assertRefused(w -> w.writeU8(256));
        assertRefused(w -> w.writeU8(-1));
        assertRefused(w -> w.writeU16(65536));
        assertRefused(w -> w.writeU16(-1));
        assertRefused(w -> w.writeU24(16_777_216));
        assertRefused(w -> w.writeU24(-1));
        assertRefused(w -> w.writeU32(4_294_967_296L));
        assertRefused(w -> w.writeU32(-1));
        assertRefused(w -> w.writeOptionU32(OptionalLong.of(4_294_967_296L)));
    }

    @Test
    void byteStringsAreWrittenUpToTheirLimitAndNotPastIt() {
        assertThat(written(w -> w.writeB032(Bytes.zeros(32)))).isEqualTo("20" + "00".repeat(32));
        assertRefused(w -> w.writeB032(Bytes.zeros(33)));
        assertThat(written(w -> w.writeB0255(Bytes.zeros(255))))
                .startsWith("ff")
                .hasSize(2 * 256);
        assertRefused(w -> w.writeB0255(Bytes.zeros(256)));
        assertThat(written(w -> w.writeB064K(Bytes.zeros(65535))))
                .startsWith("ffff")
                .hasSize(2 * 65537);
        assertRefused(w -> w.writeB064K(Bytes.zeros(65536)));
        assertThat(written(w -> w.writeB016M(Bytes.fromHex("aa")))).isEqualTo("010000aa");
        assertRefused(w -> w.writeB016M(Bytes.zeros(16_777_216)));
    }

    @Test
    void textIsLimitedInBytesNotCharacters() {
        assertThat(written(w -> w.writeStr("a".repeat(255)))).startsWith("ff61").hasSize(2 * 256);
        assertRefused(w -> w.writeStr("a".repeat(256)));
        assertRefused(w -> w.writeStr("é".repeat(128)));
        assertThat(written(w -> w.writeStr("é"))).isEqualTo("02c3a9");
    }

    @Test
    void sequencesAreWrittenUpToTheirLimitAndNotPastIt() {
        assertThat(written(w -> w.writeSeq255Hash(Collections.nCopies(255, Hash256.ZERO))))
                .startsWith("ff")
                .hasSize(2 * (1 + 255 * 32));
        assertRefused(w -> w.writeSeq255Hash(Collections.nCopies(256, Hash256.ZERO)));
        assertThat(written(w -> w.writeSeq64KU16(Collections.nCopies(65535, 1))))
                .hasSize(2 * (2 + 65535 * 2));
        assertRefused(w -> w.writeSeq64KU16(Collections.nCopies(65536, 1)));
        assertRefused(w -> w.writeSeq64KU32(Collections.nCopies(65536, 1L)));
        assertRefused(w -> w.writeSeq64KHash(Collections.nCopies(65536, Hash256.ZERO)));
        assertRefused(w -> w.writeSeq64KB016M(Collections.nCopies(65536, Bytes.EMPTY)));
        assertThat(written(w -> w.writeSeq64KB016M(List.of(Bytes.fromHex("aabb")))))
                .isEqualTo("0100020000aabb");
    }

    @Test
    void growsFromNothing() {
        WireWriter writer = new WireWriter(0);
        writer.writeU8(1);
        writer.writeHash(Hash256.fromHex("02".repeat(32)));
        writer.writeTarget(Target.DIFFICULTY_1);
        writer.writeBool(true);
        writer.writeF32(1e14f);
        writer.writeOptionU32(OptionalLong.empty());
        assertThat(writer.toBytes().hex())
                .isEqualTo("01" + "02".repeat(32) + "00".repeat(26) + "ffff00000000" + "01" + "21e6b556" + "00");
    }

    @Test
    void theFrameLengthIsFilledInBehindThePayload() {
        WireWriter writer = new WireWriter(8);
        writer.beginFrame(0, true, 0x1b);
        writer.writeBytes(Bytes.zeros(0x010203));
        writer.endFrame();
        byte[] frame = writer.toArray();
        assertThat(frame).hasSize(6 + 0x010203).startsWith(0x00, 0x80, 0x1b, 0x03, 0x02, 0x01, 0x00);
    }

    @Test
    void framesFollowEachOtherInOneBuffer() {
        WireWriter writer = new WireWriter();
        writer.beginFrame(1, false, 0);
        writer.writeU16(7);
        writer.endFrame();
        writer.beginFrame(0, true, 3);
        writer.writeU32(9);
        writer.endFrame();
        assertThat(writer.toBytes().hex()).isEqualTo("0100000200000700" + "00800304000009000000");
        byte[] target = new byte[writer.length() + 1];
        assertThat(writer.copyTo(target, 1)).isEqualTo(target.length);
        assertThat(Bytes.of(target, 1, writer.length())).isEqualTo(writer.toBytes());
        writer.clear();
        assertThat(writer.length()).isZero();
    }

    @Test
    void anUnfinishedFrameCannotBeTaken() {
        WireWriter writer = new WireWriter();
        assertThatThrownBy(writer::endFrame).isInstanceOf(IllegalStateException.class);
        writer.beginFrame(0, false, 1);
        assertThatThrownBy(writer::toArray).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(writer::toBytes).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> writer.beginFrame(0, false, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPayloadAboveU24IsRefused() {
        WireWriter writer = new WireWriter(Limits.U24_MAX + 16);
        writer.beginFrame(0, false, 0x74);
        writer.writeBytes(Bytes.zeros(Limits.U24_MAX));
        writer.endFrame();
        assertThat(FrameHeader.parse(writer.toArray(), 0).payloadLength()).isEqualTo(Limits.U24_MAX);
        writer.clear();
        writer.beginFrame(0, false, 0x74);
        writer.writeBytes(Bytes.zeros(Limits.U24_MAX));
        writer.writeU8(0);
        assertThatThrownBy(writer::endFrame).isInstanceOf(IllegalArgumentException.class);
    }

    private static String written(Consumer<WireWriter> write) {
        WireWriter writer = new WireWriter();
        write.accept(writer);
        return writer.toBytes().hex();
    }

    private static void assertRefused(Consumer<WireWriter> write) {
        assertThatThrownBy(() -> write.accept(new WireWriter())).isInstanceOf(IllegalArgumentException.class);
    }
}
