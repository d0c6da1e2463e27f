package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.protocol.sv1.Sv1Limits;
import sluice.protocol.sv1.Sv1LineCodec;

class Sv1LinesTest {
    private final Sv1Lines lines = lines();
    private final List<String> heard = new ArrayList<>();

    private static Sv1Lines lines() {
        return new Sv1Lines(new Sv1LineCodec(Sv1Limits.SERVER));
    }

    private static ByteBuf direct(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Unpooled.directBuffer(bytes.length).writeBytes(bytes);
    }

    private static String text(byte[] source, int offset, int length) {
        return new String(source, offset, length, StandardCharsets.US_ASCII);
    }

    private void hear(byte[] source, int offset, int length) {
        heard.add(text(source, offset, length));
    }

    @Test
    void cutsWhatArrivesInPartsWhateverKindOfBufferItIsIn() {
        ByteBuf first = direct("one\ntw");
        ByteBuf second = Unpooled.copiedBuffer("o\nthr", StandardCharsets.US_ASCII);
        ByteBuf third = direct("ee\n");
        lines.feed(first, this::hear);
        lines.feed(second, this::hear);
        lines.feed(third, this::hear);
        assertThat(heard).containsExactly("one", "two", "three");
        assertThat(List.of(first.refCnt(), second.refCnt(), third.refCnt())).containsOnly(0);
    }

    @Test
    void takesMoreAtOnceThanItKeepsRoomFor() {
        String longLine = "x".repeat(2 * Sv1Lines.SCRATCH_BYTES);
        lines.feed(direct(longLine + "\nshort\n"), this::hear);
        assertThat(heard).containsExactly(longLine, "short");
    }

    @Test
    void aLineStaysWhatItIsWhileAnotherConnectionsLinesAreCut() {
        Sv1Lines other = lines();
        lines.feed(direct("first\nlast\n"), (source, offset, length) -> {
            other.feed(direct("another\n"), this::hear);
            hear(source, offset, length);
        });
        assertThat(heard).containsExactly("another", "first", "another", "last");
    }

    @Test
    void goesOnBehindASinkThatThrows() {
        assertThatThrownBy(() -> lines.feed(direct("bad\n"), (source, offset, length) -> {
                    throw new IllegalStateException("bad");
                }))
                .isInstanceOf(IllegalStateException.class);
        lines.feed(direct("good\n"), this::hear);
        assertThat(heard).containsExactly("good");
    }
}
