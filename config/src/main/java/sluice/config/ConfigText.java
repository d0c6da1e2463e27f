package sluice.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes tables and keys as an operator would, for the readers of the configuration. */
public final class ConfigText {
    private final StringBuilder text = new StringBuilder();

    /** A line for people. */
    public ConfigText remark(String remark) {
        text.append("# ").append(remark).append('\n');
        return this;
    }

    /** Begins one more table of this name. */
    public ConfigText table(String name) {
        text.append(text.isEmpty() ? "" : "\n").append("[[").append(name).append("]]\n");
        return this;
    }

    public ConfigText key(String key, String value) {
        return raw(key, quoted(value));
    }

    public ConfigText key(String key, long value) {
        return raw(key, Long.toString(value));
    }

    public ConfigText key(String key, boolean value) {
        return raw(key, Boolean.toString(value));
    }

    public ConfigText key(String key, List<String> values) {
        return raw(key, values.stream().map(ConfigText::quoted).collect(Collectors.joining(", ", "[", "]")));
    }

    /** Nothing where there is no value. */
    public ConfigText text(String key, Optional<String> value) {
        value.ifPresent(present -> key(key, present));
        return this;
    }

    public ConfigText number(String key, Optional<? extends Number> value) {
        value.ifPresent(present -> key(key, present.longValue()));
        return this;
    }

    public ConfigText flag(String key, Optional<Boolean> value) {
        value.ifPresent(present -> key(key, present.booleanValue()));
        return this;
    }

    public ConfigText texts(String key, Optional<List<String>> values) {
        values.ifPresent(present -> key(key, present));
        return this;
    }

    private ConfigText raw(String key, String value) {
        text.append(key).append(" = ").append(value).append('\n');
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    private static String quoted(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        value.codePoints().forEach(symbol -> {
            if (symbol == '"' || symbol == '\\') {
                quoted.append('\\').appendCodePoint(symbol);
            } else if (Character.isISOControl(symbol)) {
                quoted.append(String.format("\\u%04x", symbol));
            } else if (Character.getType(symbol) == Character.SURROGATE) {
                // Half a character is none, and would be another one when it is read from disk again.
                quoted.append('\uFFFD');
            } else {
                quoted.appendCodePoint(symbol);
            }
        });
        return quoted.append('"').toString();
    }
}
