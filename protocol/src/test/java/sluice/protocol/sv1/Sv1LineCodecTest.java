package sluice.protocol.sv1;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.protocol.sv2.wire.ProtocolViolation;

class Sv1LineCodecTest {
    private static final int LIMIT = Sv1Limits.CLIENT.lineLength();

    private final Sv1LineCodec codec = new Sv1LineCodec(Sv1Limits.CLIENT);
    private final List<String> lines = new ArrayList<>();

    private void feed(String segment) {
        byte[] bytes = ("##" + segment + "#").getBytes(US_ASCII);
        codec.feed(
                bytes,
                2,
                bytes.length - 3,
                (source, offset, length) -> lines.add(new String(source, offset, length, US_ASCII)));
    }

    @Test
    void takesBothLineEndsAndSkipsBlankLines() {
        feed("{1}\n{2}\r\n\n\r\n  \t\r\n{3}\n");
        assertThat(lines).containsExactly("{1}", "{2}", "{3}");
        assertThat(codec.pendingLength()).isZero();
    }

    @Test
    void trimsSpacesAroundALine() {
        feed("  {1} \t\r\n\t {2}\n");
        assertThat(lines).containsExactly("{1}", "{2}");
    }

    @Test
    void joinsALineThatArrivesByteByByte() {
        for (char c : "{\"id\":1}\r\n{\"id\":2}\n".toCharArray()) {
            feed(String.valueOf(c));
        }
        assertThat(lines).containsExactly("{\"id\":1}", "{\"id\":2}");
    }

    @Test
    void splitsASegmentThatEndsOneLineAndStartsAnother() {
        feed("{\"a");
        feed("\":1}\n{2}\n{\"b\"");
        assertThat(lines).containsExactly("{\"a\":1}", "{2}");
        assertThat(codec.pendingLength()).isEqualTo(4);
        feed(":3}\n");
        assertThat(lines).last().isEqualTo("{\"b\":3}");
        assertThat(codec.pendingLength()).isZero();
    }

    @Test
    void linesThatArriveInPiecesEachComeWholeWhateverTheirLengths() {
        String stream = "{\"a\":\"" + "x".repeat(3_000) + "\"}\n{1}\n{\"b\":\"" + "y".repeat(700) + "\"}\r\n{2}\n{3}\n";
        for (int piece : new int[] {1, 7, 512, 1_000, 4_096}) {
            lines.clear();
            for (int i = 0; i < stream.length(); i += piece) {
                feed(stream.substring(i, Math.min(stream.length(), i + piece)));
            }
            assertThat(lines)
                    .as("pieces of %d", piece)
                    .containsExactlyElementsOf(stream.lines().toList());
            assertThat(codec.pendingLength()).isZero();
        }
    }

    @Test
    void keepsALineWithoutEndUntilItsEndComes() {
        feed("{1}");
        assertThat(lines).isEmpty();
        assertThat(codec.pendingLength()).isEqualTo(3);
    }

    @Test
    void takesALineOfExactlyTheLimitWithEitherLineEnd() {
        feed("x".repeat(LIMIT) + "\n" + "y".repeat(LIMIT) + "\r\n");
        assertThat(lines).containsExactly("x".repeat(LIMIT), "y".repeat(LIMIT));
    }

    @Test
    void takesASplitLineOfExactlyTheLimit() {
        feed("x".repeat(LIMIT));
        feed("\r");
        feed("\n");
        assertThat(lines).containsExactly("x".repeat(LIMIT));
    }

    @Test
    void refusesAWholeLineOneByteAboveTheLimit() {
        assertThatThrownBy(() -> feed("{1}\n" + "x".repeat(LIMIT + 1) + "\n"))
                .isInstanceOfSatisfying(
                        ProtocolViolation.class, e -> assertThat(e.reason()).isEqualTo(Sv1Violations.LINE_TOO_LONG));
        assertThat(lines).containsExactly("{1}");
    }

    @Test
    void refusesAnUnfinishedLineOneByteAboveTheLimit() {
        feed("x".repeat(LIMIT));
        assertThatThrownBy(() -> feed("x")).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void refusesBytesBehindACarriageReturnAtTheLimit() {
        feed("x".repeat(LIMIT) + "\r");
        assertThatThrownBy(() -> feed("x\n")).isInstanceOf(ProtocolViolation.class);
    }
}
