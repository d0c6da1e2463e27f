package sluice.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * The inputs of one target that are kept: {@code fuzz/LABEL.hex}, an input in hex in each line. What stands behind a
 * {@code #} says what it is.
 */
final class Corpus {
    private Corpus() {}

    static List<byte[]> of(FuzzTarget target) {
        String file = "/fuzz/" + target.label() + ".hex";
        try (InputStream lines = Objects.requireNonNull(Corpus.class.getResourceAsStream(file), file)) {
            return new String(lines.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(Corpus::withoutRemark)
                    .filter(hex -> !hex.isEmpty())
                    .map(HexFormat.of()::parseHex)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String withoutRemark(String line) {
        int remark = line.indexOf('#');
        return (remark < 0 ? line : line.substring(0, remark)).strip();
    }
}
