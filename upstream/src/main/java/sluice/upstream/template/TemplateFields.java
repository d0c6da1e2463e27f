package sluice.upstream.template;

import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import tools.jackson.databind.JsonNode;

/** Typed access to the fields of one JSON object; every complaint names the field. */
final class TemplateFields {
    private static final long U32_MAX = 0xffffffffL;
    private static final int HASH_DIGITS = 64;
    private static final int U32_DIGITS = 8;

    private final JsonNode object;
    private final String path;

    TemplateFields(JsonNode object, String path) {
        this.object = object;
        this.path = path;
    }

    boolean has(String name) {
        return object.hasNonNull(name);
    }

    JsonNode node(String name) {
        return object.path(name);
    }

    long u32(String name) {
        return integer(name, U32_MAX);
    }

    long integer(String name, long max) {
        JsonNode value = required(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0 || value.asLong() > max) {
            throw problem(name, "not a whole number from 0 to " + max + ": " + shortened(value));
        }
        return value.asLong();
    }

    OptionalLong optionalInteger(String name, long max) {
        return has(name) ? OptionalLong.of(integer(name, max)) : OptionalLong.empty();
    }

    Hash256 displayHash(String name) {
        return Hash256.fromDisplay(hex(name, HASH_DIGITS));
    }

    /** Eight hex digits, most significant first. */
    long hexU32(String name) {
        return Long.parseLong(hex(name, U32_DIGITS), 16);
    }

    String hex256(String name) {
        return hex(name, HASH_DIGITS);
    }

    Bytes bytes(String name) {
        try {
            return Bytes.fromHex(text(name));
        } catch (IllegalArgumentException notHex) {
            throw problem(name, "not hex: " + shortened(required(name)));
        }
    }

    UnusableTemplate problem(String name, String problem) {
        return new UnusableTemplate(path + name, problem);
    }

    private String hex(String name, int digits) {
        Bytes bytes = bytes(name);
        if (bytes.length() * 2 != digits) {
            throw problem(name, "has " + bytes.length() * 2 + " hex digits, not " + digits);
        }
        return bytes.hex();
    }

    private String text(String name) {
        JsonNode value = required(name);
        if (!value.isString()) {
            throw problem(name, "not a string: " + shortened(value));
        }
        return value.asString();
    }

    private JsonNode required(String name) {
        if (!has(name)) {
            throw problem(name, "missing");
        }
        return object.get(name);
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
