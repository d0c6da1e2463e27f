package sluice.protocol.sv2.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;

class WireTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"", "acct.w1", "é", "€", "\ud83d\ude00", "\ud800\udc00", "\udbff\udfff", "\ud7ff\ue000\uffff"})
    void validUtf8IsTheTextItSays(String text) {
        byte[] wire = text.getBytes(StandardCharsets.UTF_8);
        assertThat(WireText.decode(wire, 0, wire.length)).isEqualTo(text);
        assertThat(WireText.encode(text)).isEqualTo(wire);
    }

    @ParameterizedTest
    @CsvSource({
        "80, \udc80",
        "ff, \udcff",
        "61e262, a\udce2b",
        "e282, \udce2\udc82",
        "c0af, \udcc0\udcaf",
        "e08080, \udce0\udc80\udc80",
        "eda080, \udced\udca0\udc80",
        "f08fbfbf, \udcf0\udc8f\udcbf\udcbf",
        "f4908080, \udcf4\udc90\udc80\udc80",
        "f5808080, \udcf5\udc80\udc80\udc80",
        "e2e282ac, \udce2\u20ac"
    })
    void otherBytesBecomeLoneSurrogatesAndReturn(String hex, String text) {
        byte[] wire = Bytes.fromHex(hex).toArray();
        assertThat(WireText.decode(wire, 0, wire.length)).isEqualTo(text);
        assertThat(WireText.encode(text)).isEqualTo(wire);
    }

    @Test
    void allPairsOfBytesReturnUnchanged() {
        byte[] wire = new byte[2];
        for (int pair = 0; pair < 0x10000; pair++) {
            wire[0] = (byte) (pair >>> 8);
            wire[1] = (byte) pair;
            assertThat(WireText.encode(WireText.decode(wire, 0, 2))).isEqualTo(wire);
        }
    }

    @Test
    void arbitraryBytesReturnUnchanged() {
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            byte[] wire = new byte[random.nextInt(24)];
            random.nextBytes(wire);
            if (round % 2 == 0) {
                // Mostly lead and continuation bytes, so that valid sequences, and cut ones, are frequent.
                for (int i = 0; i < wire.length; i++) {
                    wire[i] |= (byte) 0x80;
                }
            }
            assertThat(WireText.encode(WireText.decode(wire, 0, wire.length))).isEqualTo(wire);
        }
    }

    @Test
    void aLoneSurrogateThatNoByteMadeBecomesAQuestionMark() {
        assertThat(WireText.encode("a\ud800b")).isEqualTo("a?b".getBytes(StandardCharsets.US_ASCII));
        assertThat(WireText.encode("\udc00\udcffz"))
                .isEqualTo(Bytes.fromHex("3fff7a").toArray());
    }

    @ParameterizedTest
    @CsvSource({
        "abc, 3, abc",
        "abc, 2, ab",
        "aé, 2, a",
        "aé, 3, aé",
        "\ud83d\ude00, 3, ''",
        "\ud83d\ude00, 4, \ud83d\ude00"
    })
    void cutsBetweenCharacters(String text, int maximum, String cut) {
        assertThat(WireText.truncate(text, maximum)).isEqualTo(cut);
    }

    @Test
    void nothingThatMovesACursorIsPrinted() {
        assertThat(WireText.printable("a\u001b[2Jb\n\u0085\u202ec\udc80é\ud83d\ude00\ud800"))
                .isEqualTo("a\ufffd[2Jb\ufffd\ufffd\ufffdc\\x80é\ud83d\ude00\ufffd");
    }
}
