package sluice.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a token of the API may do: each scope includes those before it. */
public enum ApiScope {
    /** Looks, and changes nothing. */
    READ,
    /** Changes where miners mine. */
    OPERATE,
    /** Changes the gateway itself. */
    ADMIN;

    /** Reads a scope's name in lower case. Throws InvalidValueException for anything else. */
    public static ApiScope parse(String text) {
        for (ApiScope scope : values()) {
            if (scope.text().equals(text)) {
                return scope;
            }
        }
        throw new InvalidValueException(
                "is no scope",
                "write one of "
                        + Arrays.stream(values())
                                .map(ApiScope::text)
                                .collect(Collectors.joining("\", \"", "\"", "\"")));
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean includes(ApiScope other) {
        return compareTo(other) >= 0;
    }
}
