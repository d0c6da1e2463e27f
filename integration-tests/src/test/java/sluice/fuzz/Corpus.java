package sluice.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The inputs of one target that are kept: {@code fuzz/LABEL.hex}, an input in hex in each line. What stands behind a
 * {@code #} says what it is.
 */
final class Corpus {
    /** Bytes of inputs without a remark that are kept of each target: a repository is no place for thousands of them. */
    private static final int ROOM = 8_192;

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

    /** Puts as many of {@code inputs} as there is room for behind the lines with a remark; all others go. */
    static void keep(FuzzTarget target, List<byte[]> inputs) throws IOException {
        Path file = Path.of("src", "test", "resources", "fuzz", target.label() + ".hex");
        List<String> lines = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (String line : Files.readAllLines(file)) {
            if (line.indexOf('#') >= 0) {
                lines.add(line);
                known.add(withoutRemark(line));
            }
        }
        int room = ROOM;
        for (byte[] input : inputs) {
            String hex = HexFormat.of().formatHex(input);
            room -= input.length;
            if (room >= 0 && !hex.isEmpty() && known.add(hex)) {
                lines.add(hex);
            }
        }
        Files.write(file, lines);
    }

    private static String withoutRemark(String line) {
        int remark = line.indexOf('#');
        return (remark < 0 ? line : line.substring(0, remark)).strip();
    }
}
