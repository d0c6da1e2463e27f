package sluice.proxy.api;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A path with places for variables: {@code /api/v1/miners/{id}}. */
public final class PathTemplate {
    private static final Pattern SEGMENT = Pattern.compile("[a-z0-9_.-]+|\\{[a-z_]+}");

    private final String text;
    private final List<String> segments;

    private PathTemplate(String text, List<String> segments) {
        this.text = text;
        this.segments = segments;
    }

    /** Throws IllegalArgumentException unless {@code text} is a template. */
    public static PathTemplate of(String text) {
        if (text.equals("/")) {
            return new PathTemplate(text, List.of());
        }
        List<String> segments =
                text.startsWith("/") ? Arrays.asList(text.substring(1).split("/", -1)) : List.of();
        if (segments.isEmpty()
                || !segments.stream()
                        .allMatch(segment -> SEGMENT.matcher(segment).matches())) {
            throw new IllegalArgumentException("no path template: " + text);
        }
        return new PathTemplate(text, List.copyOf(segments));
    }

    /** What stands in the places of the variables; empty where the path is another one. */
    Optional<Map<String, String>> match(List<String> path) {
        if (path.size() != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < path.size(); i++) {
            String segment = segments.get(i);
            if (isVariable(segment)) {
                variables.put(nameOf(segment), path.get(i));
            } else if (!segment.equals(path.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(variables);
    }

    /** Names of the variables, from left to right. */
    public List<String> variables() {
        return segments.stream()
                .filter(PathTemplate::isVariable)
                .map(PathTemplate::nameOf)
                .toList();
    }

    /** Whether there is a path that is both. A catalogue in which the order of its entries decided would be a trap. */
    boolean overlaps(PathTemplate other) {
        if (segments.size() != other.segments.size()) {
            return false;
        }
        for (int i = 0; i < segments.size(); i++) {
            String here = segments.get(i);
            String there = other.segments.get(i);
            if (!isVariable(here) && !isVariable(there) && !here.equals(there)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isVariable(String segment) {
        return segment.startsWith("{");
    }

    private static String nameOf(String segment) {
        return segment.substring(1, segment.length() - 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathTemplate template && template.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
