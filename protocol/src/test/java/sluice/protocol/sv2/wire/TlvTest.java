package sluice.protocol.sv2.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;

class TlvTest {
    private static final Tlv TEST = new Tlv(2, 1, Bytes.fromHex("74657374"));

    @Test
    void isWrittenLittleEndian() {
        assertThat(Tlv.encode(List.of(TEST)).hex()).isEqualTo("0200010400" + "74657374");
        assertThat(Tlv.encode(List.of())).isSameAs(Bytes.EMPTY);
    }

    @Test
    void areWrittenInTheOrderOfTheirExtensions() {
        Tlv later = new Tlv(3, 1, Bytes.EMPTY);
        Tlv second = new Tlv(2, 2, Bytes.EMPTY);
        assertThat(Tlv.encode(List.of(later, TEST, second)).hex())
                .isEqualTo("0200010400" + "74657374" + "0200020000" + "0300010000");
    }

    @Test
    void areFoundInAnyOrderAmongOthers() {
        assertThat(scan("0900010200aabb" + "020001040074657374" + "0700010000")).containsExactly(TEST);
        assertThat(scan("0200020000" + "020001040074657374")).containsExactly(new Tlv(2, 2, Bytes.EMPTY), TEST);
    }

    @Test
    void thoseOfOtherExtensionsAreIgnored() {
        assertThat(Tlv.scan(Bytes.fromHex("020001040074657374"), extension -> false))
                .isEmpty();
        assertThat(scan("0300010400" + "74657374")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "02", "02000104", "0200010400", "0200010400746573", "0200010500" + "74657374"})
    void aTruncatedOneIsDropped(String tail) {
        assertThat(scan(tail)).isEmpty();
        assertThat(scan("020001040074657374" + tail)).containsExactly(TEST);
    }

    @Test
    void theBigEndianFormOfThePrintedExamplesIsUnderstood() {
        assertThat(scan("0002010004" + "74657374")).containsExactly(TEST);
        assertThat(scan("000201000a" + "576f726b65725f303031"))
                .containsExactly(new Tlv(2, 1, Bytes.fromHex("576f726b65725f303031")));
        assertThat(scan("0002010004" + "74657374" + "0002020000")).containsExactly(TEST, new Tlv(2, 2, Bytes.EMPTY));
    }

    @Test
    void bigEndianIsReadOnlyWhereItsLengthsFitExactly() {
        assertThat(scan("0002010004" + "7465737400")).isEmpty();
        assertThat(scan("0002010005" + "74657374")).isEmpty();
    }

    @Test
    void bigEndianIsNotReadWhereLittleEndianIsNegotiated() {
        // As big-endian this would be extension 2 with a length that fits; as little-endian it is cut off.
        assertThat(Tlv.scan(
                        Bytes.fromHex("0002010004" + "74657374"), extension -> extension == 2 || extension == 0x200))
                .isEmpty();
    }

    @Test
    void areReadUpToTheLimitAndNotPastIt() {
        Bytes one = Tlv.encode(List.of(TEST));
        Bytes most = Bytes.concat(Collections.nCopies(Limits.TLV_FIELDS, one).toArray(Bytes[]::new));
        assertThat(Tlv.scan(most, extension -> extension == 2)).hasSize(Limits.TLV_FIELDS);
        assertThatThrownBy(() -> Tlv.scan(Bytes.concat(most, one), extension -> extension == 2))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageStartingWith(ProtocolViolation.TOO_MANY_TLVS);
    }

    private static List<Tlv> scan(String hex) {
        return Tlv.scan(Bytes.fromHex(hex), extension -> extension == 2);
    }
}
