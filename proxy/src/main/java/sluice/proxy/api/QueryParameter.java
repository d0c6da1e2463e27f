package sluice.proxy.api;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What may stand behind the question mark.
 *
 * @param says what it means, for the API's own documentation
 */
public record QueryParameter(String name, String says, Kind kind) {
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");

    /** What it may be. */
    public sealed interface Kind {
        record Text(int maxLength) implements Kind {}

        record Number(int least, int most) implements Kind {}

        record Choice(List<String> values) implements Kind {
            public Choice {
                values = List.copyOf(values);
            }
        }
    }

    public static QueryParameter text(String name, int maxLength, String says) {
        return new QueryParameter(name, says, new Kind.Text(maxLength));
    }

    public static QueryParameter number(String name, int least, int most, String says) {
        return new QueryParameter(name, says, new Kind.Number(least, most));
    }

    public static QueryParameter choice(String name, List<String> values, String says) {
        return new QueryParameter(name, says, new Kind.Choice(values));
    }

    public static QueryParameter flag(String name, String says) {
        return choice(name, List.of("true", "false"), says);
    }

    /** What is wrong with {@code value}; empty where nothing is. */
    Optional<String> fault(String value) {
        return switch (kind) {
            case Kind.Text(int most) ->
                value.length() <= most ? Optional.empty() : wrong("is longer than " + most + " characters");
            case Kind.Number(int least, int most) ->
                DIGITS.matcher(value).matches() && Integer.parseInt(value) >= least && Integer.parseInt(value) <= most
                        ? Optional.empty()
                        : wrong("is no whole number from " + least + " to " + most);
            case Kind.Choice(List<String> values) ->
                values.contains(value) ? Optional.empty() : wrong("is none of " + String.join(", ", values));
        };
    }

    private Optional<String> wrong(String what) {
        return Optional.of("the query parameter " + name + " " + what);
    }
}
