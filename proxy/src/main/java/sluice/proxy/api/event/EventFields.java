package sluice.proxy.api.event;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.bitcoin.Hash256;

/** The fields of one event, in order. What nobody knows is left out. */
final class EventFields {
    /** Of a text: reasons may come from a pool, which may say anything. */
    static final int MAX_TEXT_LENGTH = 512;

    private final Map<String, Object> fields = new LinkedHashMap<>();

    /** Whole numbers up to 2^53 and truth values. */
    EventFields put(String name, Object value) {
        fields.put(name, value);
        return this;
    }

    EventFields text(String name, String value) {
        if (!value.isEmpty()) {
            fields.put(name, cut(value));
        }
        return this;
    }

    EventFields text(String name, Optional<String> value) {
        return text(name, value.orElse(""));
    }

    /** As block explorers show it; a hash of zeros is none. */
    EventFields hash(String name, Hash256 value) {
        return value.equals(Hash256.ZERO) ? this : put(name, value.display());
    }

    EventFields number(String name, OptionalLong value) {
        value.ifPresent(known -> fields.put(name, known));
        return this;
    }

    /** In lower-case kebab form. */
    EventFields word(String name, Enum<?> value) {
        return put(name, value.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    Map<String, Object> all() {
        return fields;
    }

    private static String cut(String text) {
        if (text.length() <= MAX_TEXT_LENGTH) {
            return text;
        }
        // Half of a character beyond the basic plane is none.
        int end = Character.isHighSurrogate(text.charAt(MAX_TEXT_LENGTH - 1)) ? MAX_TEXT_LENGTH - 1 : MAX_TEXT_LENGTH;
        return text.substring(0, end);
    }
}
