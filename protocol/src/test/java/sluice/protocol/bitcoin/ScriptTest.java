package sluice.protocol.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.protocol.Bytes;

class ScriptTest {
    @Test
    void pushesUseTheShortestOpcode() {
        assertThat(Script.push(Bytes.zeros(75)).hex()).startsWith("4b00").hasSize(2 * 76);
        assertThat(Script.push(Bytes.zeros(76)).hex()).startsWith("4c4c00").hasSize(2 * 78);
        assertThat(Script.push(Bytes.zeros(255)).length()).isEqualTo(257);
        assertThatThrownBy(() -> Script.push(Bytes.zeros(256))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Script.push(Bytes.EMPTY)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void buildersRefuseHashesOfAnotherLength() {
        assertThatThrownBy(() -> Script.p2pkh(Bytes.zeros(32))).hasMessageContaining("20 bytes, not 32");
        assertThatThrownBy(() -> Script.p2sh(Bytes.zeros(19))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Script.p2wpkh(Bytes.zeros(32))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Script.p2wsh(Bytes.zeros(20))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Script.p2tr(Bytes.zeros(33))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Script.witness(17, Bytes.zeros(32))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Script.witness(1, Bytes.zeros(41))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "76a914000102030405060708090a0b0c0d0e0f1011121388ac, 1",
        "a914000102030405060708090a0b0c0d0e0f1011121387, 0",
        "0014acacacacacacacacacacacacacacacacacacacac, 0",
        "ad, 1",
        "ae, 20",
        "af, 20",
        "4c02acacac, 1",
        "4d0200acacac, 1",
        "4e02000000acacac, 1",
        "ac4d02, 1",
        "ac4effffffffac, 1",
        "ac05ac, 1"
    })
    void countsSignatureOperationsButNotWhatIsPushed(String script, int sigops) {
        assertThat(Script.sigops(Bytes.fromHex(script))).isEqualTo(sigops);
    }
}
