package sluice.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How much is logged: each level includes those before it. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE;

    /** Reads a level's name in lower case. Throws InvalidValueException for anything else. */
    public static LogLevel parse(String text) {
        for (LogLevel level : values()) {
            if (level.text().equals(text)) {
                return level;
            }
        }
        throw new InvalidValueException(
                "is not a log level",
                "write one of "
                        + Arrays.stream(values())
                                .map(LogLevel::text)
                                .collect(Collectors.joining("\", \"", "\"", "\"")));
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
