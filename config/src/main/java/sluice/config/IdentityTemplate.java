package sluice.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The name of a miner at a pool, made of fixed text and of what is known of the miner: {@code "farm.{worker}"}.
 *
 * @param text as it was written
 * @param parts in order
 */
public record IdentityTemplate(String text, List<Part> parts) {

    /** A piece of the name. */
    public sealed interface Part {}

    /** What stands there for every miner. */
    public record Fixed(String text) implements Part {}

    /** What differs from miner to miner. */
    public enum Placeholder implements Part {
        /** The user identity up to its first '.' or '/'. */
        ACCOUNT("account"),
        /** What stands behind that. */
        WORKER("worker"),
        /** The whole user identity. */
        USER("user"),
        /** The name of the port that the miner connects to. */
        LISTENER("listener"),
        /** Where it connects from. */
        ADDRESS("address");

        private final String text;

        Placeholder(String text) {
            this.text = text;
        }

        /** As it stands in a template. */
        public String text() {
            return "{" + text + "}";
        }
    }

    private static final String KNOWN =
            Arrays.stream(Placeholder.values()).map(Placeholder::text).collect(Collectors.joining(", "));

    public IdentityTemplate {
        parts = List.copyOf(parts);
    }

    /** Throws InvalidValueException where a brace begins nothing that is known. */
    public static IdentityTemplate parse(String text) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf('{', at);
            int close = text.indexOf('}', at);
            if (close >= 0 && (open < 0 || close < open)) {
                throw new InvalidValueException("has a '}' without a '{'", "known are " + KNOWN);
            }
            if (open < 0) {
                parts.add(new Fixed(text.substring(at)));
                break;
            }
            if (close < 0) {
                throw new InvalidValueException("has a '{' without a '}'", "known are " + KNOWN);
            }
            if (open > at) {
                parts.add(new Fixed(text.substring(at, open)));
            }
            parts.add(placeholder(text.substring(open + 1, close)));
            at = close + 1;
        }
        return new IdentityTemplate(text, parts);
    }

    private static Placeholder placeholder(String name) {
        for (Placeholder placeholder : Placeholder.values()) {
            if (placeholder.text.equals(name)) {
                return placeholder;
            }
        }
        List<String> names = Arrays.stream(Placeholder.values())
                .map(placeholder -> placeholder.text)
                .toList();
        String right = NearestName.of(name, names)
                .map(near -> "did you mean {" + near + "}?")
                .orElse("known are " + KNOWN);
        throw new InvalidValueException("has the unknown placeholder {" + name + "}", right);
    }

    /** Whether something is left of it without its placeholders. */
    boolean hasFixedText() {
        return parts.stream()
                .anyMatch(part ->
                        part instanceof Fixed fixed && fixed.text().chars().anyMatch(Character::isLetterOrDigit));
    }

    /** Whether it is the same for every miner. */
    public boolean isPlain() {
        return placeholders().isEmpty();
    }

    public Set<Placeholder> placeholders() {
        Set<Placeholder> all = EnumSet.noneOf(Placeholder.class);
        for (Part part : parts) {
            if (part instanceof Placeholder placeholder) {
                all.add(placeholder);
            }
        }
        return all;
    }
}
