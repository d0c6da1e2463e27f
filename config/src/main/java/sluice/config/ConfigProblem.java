package sluice.config;

import java.util.Comparator;
import sluice.protocol.sv2.wire.WireText;

/**
 * One thing that is wrong with what the operator wrote, or (as a warning) unwise.
 *
 * @param key full name such as {@code stratum_v2.pool_url}, or empty where no key could be read
 * @param wrong a clause about the value; never the text of a secret
 * @param right what to write instead
 */
public record ConfigProblem(Origin origin, String key, String wrong, String right) {

    /** In the order of the file, variables and what concerns the whole file last. */
    static final Comparator<ConfigProblem> FILE_ORDER = Comparator.comparing(
            problem -> problem.origin() instanceof Line line ? line : new Line(Integer.MAX_VALUE, 0),
            Comparator.comparingInt(Line::line).thenComparingInt(Line::column));

    /** Where the value stands. */
    public sealed interface Origin {}

    /** A place in the file; both count from 1. */
    public record Line(int line, int column) implements Origin {}

    /** An environment variable that replaces a key of the file. */
    public record Variable(String name) implements Origin {}

    /** A file of our own that is read beside the operator's. */
    public record AnotherFile(String name) implements Origin {}

    /** The file as a whole: it cannot be read. */
    public record WholeFile() implements Origin {}

    /** One line for people: {@code FILE:LINE:COLUMN: KEY WRONG; RIGHT}, whatever characters it quotes from the file. */
    public String describe(String fileName) {
        String place = switch (origin) {
            case Line(int line, int column) -> fileName + ":" + line + ":" + column;
            case Variable(String name) -> "environment variable " + name;
            case AnotherFile(String name) -> name;
            case WholeFile() -> fileName;
        };
        return WireText.printable(place + ": " + sentence());
    }

    /** As {@link #describe} for what stands in no file: {@code KEY WRONG; RIGHT}. */
    public String describeAlone() {
        return WireText.printable(sentence());
    }

    private String sentence() {
        return (key.isEmpty() ? "" : key + " ") + wrong + "; " + right;
    }
}
