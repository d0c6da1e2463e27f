package sluice.protocol.bitcoin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import sluice.protocol.Bytes;

/** Lines of the vector files in the test resources. */
final class Vectors {
    static final String SHARES = "share-and-target-vectors.txt";
    static final String MISC = "misc-vectors.txt";

    private Vectors() {}

    static String text(String name) {
        try (InputStream in = Vectors.class.getResourceAsStream("/bitcoin/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no test resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static List<String> lines(String name) {
        return text(name).lines().toList();
    }

    /** What follows {@code label} on the {@code occurrence}th line (from 0) that starts with it. */
    static String value(String name, String label, int occurrence) {
        return lines(name).stream()
                .filter(line -> line.startsWith(label + " "))
                .skip(occurrence)
                .findFirst()
                .orElseThrow()
                .substring(label.length() + 1);
    }

    static Bytes hex(String name, String label, int occurrence) {
        return Bytes.fromHex(value(name, label, occurrence));
    }
}
