package sluice.protocol.sv2.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;

class WireReaderTest {
    @Test
    void integersAreLittleEndianAndUnsigned() {
        assertThat(reader("ff").readU8()).isEqualTo(255);
        assertThat(reader("feff").readU16()).isEqualTo(65534);
        assertThat(reader("feffff").readU24()).isEqualTo(16_777_214);
        assertThat(reader("feffffff").readU32()).isEqualTo(4_294_967_294L);
        assertThat(reader("feffffffffffffff").readU64()).isEqualTo(-2L);
        assertThat(reader("0102030405060708").readU64()).isEqualTo(0x0807060504030201L);
        assertThat(reader("0100").readU16()).isEqualTo(1);
        assertThat(reader("010000").readU24()).isEqualTo(1);
        assertThat(reader("01000000").readU32()).isEqualTo(1);
    }

    @Test
    void aBooleanIsItsLowestBitAlone() {
        assertThat(reader("fe").readBool()).isFalse();
        assertThat(reader("ff").readBool()).isTrue();
        assertThat(reader("80").readBool()).isFalse();
        assertThat(reader("01").readBool()).isTrue();
    }

    @Test
    void aHashKeepsItsBytesAndATargetIsLittleEndian() {
        String wire = "01" + "00".repeat(30) + "02";
        assertThat(reader(wire).readHash()).isEqualTo(Hash256.fromHex(wire));
        assertThat(reader(wire).readTarget()).isEqualTo(Target.fromHex("02" + "00".repeat(30) + "01"));
    }

    @Test
    void floatsKeepEveryBitPattern() {
        assertThat(reader("21e6b556").readF32()).isEqualTo(1e14f);
        assertThat(reader("00000080").readF32()).isEqualTo(-0.0f);
        assertThat(reader("0000c07f").readF32()).isNaN();
        assertThat(reader("0000807f").readF32()).isEqualTo(Float.POSITIVE_INFINITY);
    }

    @Test
    void optionsHoldNoneOrOne() {
        assertThat(reader("00").readOptionU32()).isEmpty();
        assertThat(reader("01ffffffff").readOptionU32()).hasValue(4_294_967_295L);
        assertThat(violation("0201000000", WireReader::readOptionU32)).isEqualTo(ProtocolViolation.OPTION_TOO_LONG);
        assertThat(violation("ff01000000", WireReader::readOptionU32)).isEqualTo(ProtocolViolation.OPTION_TOO_LONG);
    }

    @Test
    void aB032EndsAt32BytesThoughTheLengthByteCouldSayMore() {
        assertThat(reader("20" + "ab".repeat(32)).readB032().length()).isEqualTo(32);
        assertThat(violation("21" + "ab".repeat(33), WireReader::readB032)).isEqualTo(ProtocolViolation.FIELD_TOO_LONG);
        assertThat(violation("ff" + "ab".repeat(255), WireReader::readB032))
                .isEqualTo(ProtocolViolation.FIELD_TOO_LONG);
    }

    @Test
    void byteStringsOfEveryLengthPrefixAreRead() {
        assertThat(reader("02aabb").readB0255()).isEqualTo(Bytes.fromHex("aabb"));
        assertThat(reader("ff" + "01".repeat(255)).readB0255().length()).isEqualTo(255);
        assertThat(reader("0200aabb").readB064K()).isEqualTo(Bytes.fromHex("aabb"));
        assertThat(reader("ffff" + "01".repeat(65535)).readB064K().length()).isEqualTo(65535);
        assertThat(reader("020000aabb").readB016M()).isEqualTo(Bytes.fromHex("aabb"));
        assertThat(reader("00").readB0255()).isSameAs(Bytes.EMPTY);
        assertThat(reader("00").readStr()).isEmpty();
    }

    @Test
    void aLengthThatOverrunsThePayloadIsAViolation() {
        List<Function<WireReader, ?>> reads = List.of(
                WireReader::readB032, WireReader::readB0255, WireReader::readStr, WireReader::readB064K, reader -> {
                    reader.readU8();
                    return reader.readB064K();
                });
        for (Function<WireReader, ?> read : reads) {
            assertThat(violation("0504030201", read)).isEqualTo(ProtocolViolation.TRUNCATED);
        }
        assertThat(violation("ffffff00", WireReader::readB016M)).isEqualTo(ProtocolViolation.TRUNCATED);
        assertThat(violation("ffff", WireReader::readB016M)).isEqualTo(ProtocolViolation.TRUNCATED);
    }

    @Test
    void sequencesAreCountedInElements() {
        assertThat(reader("020001000200").readSeq64KU16()).containsExactly(1, 2);
        assertThat(reader("0100ffffffff").readSeq64KU32()).containsExactly(4_294_967_295L);
        assertThat(reader("0200020000aabb000000").readSeq64KB016M())
                .containsExactly(Bytes.fromHex("aabb"), Bytes.EMPTY);
        assertThat(reader("01" + "03".repeat(32)).readSeq255Hash()).containsExactly(Hash256.fromHex("03".repeat(32)));
        assertThat(reader("0100" + "03".repeat(32)).readSeq64KHash()).containsExactly(Hash256.fromHex("03".repeat(32)));
        assertThat(reader("0000").readSeq64KU16()).isEmpty();
    }

    @Test
    void aSequenceLongerThanThePayloadIsRefusedBeforeItsFirstElementIsRead() {
        for (Function<WireReader, ?> read : List.<Function<WireReader, ?>>of(
                WireReader::readSeq64KU16,
                WireReader::readSeq64KU32,
                WireReader::readSeq64KHash,
                WireReader::readSeq64KB016M)) {
            WireReader reader = reader("ffff" + "00".repeat(64));
            assertThatThrownBy(() -> read.apply(reader)).isInstanceOf(ProtocolViolation.class);
            assertThat(reader.remaining()).isEqualTo(64);
        }
        WireReader reader = reader("03" + "00".repeat(64));
        assertThatThrownBy(reader::readSeq255Hash).isInstanceOf(ProtocolViolation.class);
        assertThat(reader.remaining()).isEqualTo(64);
    }

    @Test
    void anElementThatOverrunsItsSequenceIsAViolation() {
        assertThat(violation("0200010000aa020000bb", WireReader::readSeq64KB016M))
                .isEqualTo(ProtocolViolation.TRUNCATED);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "0, 3", "2, 2"})
    void readsOnlyInsideItsRange(int offset, int length) {
        byte[] source = {1, 2, 3, 4};
        WireReader reader = new WireReader(source, offset, length);
        for (int i = 0; i < length; i++) {
            assertThat(reader.readU8()).isEqualTo(source[offset + i]);
        }
        assertThat(reader.remaining()).isZero();
        assertThatThrownBy(reader::readU8).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aRangeOutsideTheArrayIsOurMistake() {
        assertThatThrownBy(() -> new WireReader(new byte[4], 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new WireReader(new byte[4], -1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void theTailIsWhatIsLeft() {
        WireReader reader = reader("01aabbcc");
        reader.readU8();
        assertThat(reader.readTail()).isEqualTo(Bytes.fromHex("aabbcc"));
        assertThat(reader.readTail()).isSameAs(Bytes.EMPTY);
    }

    @Test
    void listsCannotBeChanged() {
        List<Integer> values = reader("01000100").readSeq64KU16();
        assertThatThrownBy(() -> values.add(2)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void violationsCarryAReasonAndNoStackTrace() {
        ProtocolViolation violation =
                catchThrowableOfType(ProtocolViolation.class, () -> reader("01").readU32());
        assertThat(violation.reason()).isEqualTo("payload-truncated");
        assertThat(violation.detail()).isEqualTo("a field of 4 bytes where 1 are left");
        assertThat(violation.getStackTrace()).isEmpty();
    }

    private static WireReader reader(String hex) {
        return new WireReader(Bytes.fromHex(hex).toArray());
    }

    private static String violation(String hex, Function<WireReader, ?> read) {
        WireReader reader = reader(hex);
        return catchThrowableOfType(ProtocolViolation.class, () -> read.apply(reader))
                .reason();
    }
}
