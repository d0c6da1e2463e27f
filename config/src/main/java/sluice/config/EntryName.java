package sluice.config;

import java.util.regex.Pattern;

/** The names that operators give to upstreams, goals and listeners. */
final class EntryName {
    static final int MAX_LENGTH = 32;

    // What stands in a key of a problem, a log line and an address of the API without being escaped.
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._-]+");

    private EntryName() {}

    /** Returns {@code text}. Throws InvalidValueException unless it is a name. */
    static String require(String text) {
        if (text.isEmpty()) {
            throw new InvalidValueException("is empty", "write a name of 1 to " + MAX_LENGTH + " characters");
        }
        if (text.length() > MAX_LENGTH) {
            throw new InvalidValueException("is too long", "write at most " + MAX_LENGTH + " characters");
        }
        if (!FORM.matcher(text).matches()) {
            throw new InvalidValueException(
                    "has a character that names do not have", "use letters, digits, '-', '_' and '.'");
        }
        return text;
    }

    /** Whether {@link #require} takes {@code text}. */
    static boolean isName(String text) {
        return text.length() <= MAX_LENGTH && FORM.matcher(text).matches();
    }
}
