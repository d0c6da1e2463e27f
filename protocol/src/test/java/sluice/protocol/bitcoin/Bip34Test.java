package sluice.protocol.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;

class Bip34Test {
    @Test
    void pushesEveryHeightOfTheVectors() {
        String line = Vectors.value(Vectors.MISC, "[BIP34 height push as Bitcoin Core writes it]", 0);
        int checked = 0;
        for (String pair : line.split(" ")) {
            String[] sides = pair.split("=");
            long height = Long.parseLong(sides[0]);
            assertThat(Bip34.push(height).hex()).isEqualTo(sides[1]);
            assertThat(Bip34.heightOf(Bytes.fromHex(sides[1] + "00ff"))).hasValue(height);
            checked++;
        }
        assertThat(checked).isEqualTo(15);
    }

    @Test
    void heightsBelowSeventeenGetASecondScriptSigByte() {
        assertThat(Bip34.scriptSigPrefix(2).hex()).isEqualTo("5200");
        assertThat(Bip34.scriptSigPrefix(0).hex()).isEqualTo("0000");
        assertThat(Bip34.scriptSigPrefix(17).hex()).isEqualTo("0111");
    }

    @Test
    void coversTheWholeU32Range() {
        assertThat(Bip34.push(0xffffffffL).hex()).isEqualTo("05ffffffff00");
        assertThat(Bip34.heightOf(Bip34.push(0xffffffffL))).hasValue(0xffffffffL);
        assertThatThrownBy(() -> Bip34.push(0x100000000L)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Bip34.push(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void findsNoHeightInOtherScripts() {
        for (String script : new String[] {"", "02ff", "020100", "0110", "06ffffffffffff", "4c01ff", "01ff", "61"}) {
            assertThat(Bip34.heightOf(Bytes.fromHex(script))).as(script).isEmpty();
        }
    }
}
