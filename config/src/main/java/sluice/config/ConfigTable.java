package sluice.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;
import sluice.config.ConfigDocument.Found;
import sluice.config.ConfigProblem.Line;
import sluice.config.ConfigProblem.Origin;

/**
 * One table of a {@link ConfigDocument}. Each reader names its key; a value that cannot be used becomes a problem of the
 * document, and the fallback stands in for it so that reading goes on.
 */
final class ConfigTable {
    private final ConfigDocument document;
    private final String name;
    private final Optional<TomlTable> table;
    private final Line header;
    private final Set<String> known;
    private final Map<String, String> calledHere = new HashMap<>();

    /** @param known takes the keys that are asked for; tables of one kind share it */
    ConfigTable(ConfigDocument document, String name, Optional<TomlTable> table, Line header, Set<String> known) {
        this.document = document;
        this.name = name;
        this.table = table;
        this.header = header;
        this.known = known;
    }

    /** The place of the table's header; the file's first line where there is none. */
    Line header() {
        return header;
    }

    Set<String> knownKeys() {
        return known;
    }

    /** The text that stands there, if it is one, without saying whether it may. */
    Optional<String> written(String key) {
        return table.map(keys -> keys.get(List.of(key)))
                .filter(String.class::isInstance)
                .map(String.class::cast);
    }

    String fullName(String key) {
        return name.isEmpty() ? key : name + "." + key;
    }

    Line lineOf(String key) {
        return table.map(keys -> keys.inputPositionOf(List.of(key)))
                .map(ConfigDocument::line)
                .orElse(header);
    }

    boolean isPresent(String key) {
        return table.isPresent() && table.get().contains(List.of(key));
    }

    /** What another table calls {@code elsewhere} is {@code here} in this one, for those who write the other's key. */
    void callsHere(String here, String elsewhere) {
        calledHere.put(elsewhere, here);
    }

    Optional<String> calledHere(String elsewhere) {
        return Optional.ofNullable(calledHere.get(elsewhere));
    }

    /** Keys of the file that nobody asked for; {@code tableNames} are no keys. */
    List<String> unknownKeys(Set<String> tableNames) {
        return table.map(keys -> keys.keySet().stream()
                        .filter(key -> !known.contains(key))
                        .filter(key -> !name.isEmpty() || !tableNames.contains(key))
                        .toList())
                .orElse(List.of());
    }

    /** The table that is the value of a key; without keys where there is none. {@code right} is what to write instead. */
    ConfigTable inner(String key, String right) {
        Optional<TomlTable> value = typed(key, TomlTable.class, right).map(Found::value);
        return new ConfigTable(document, fullName(key), value, lineOf(key), new LinkedHashSet<>());
    }

    /** Whether the file has such a table, be it empty. */
    boolean isWritten() {
        return table.isPresent();
    }

    /** Of an inner table, when all its keys have been asked for: what is left is unknown. */
    void refuseUnknownKeys() {
        document.refuseUnknownKeys(this);
    }

    boolean bool(String key, boolean fallback) {
        return typed(key, Boolean.class, "write true or false, without quotes")
                .map(Found::value)
                .orElse(fallback);
    }

    Optional<Found<String>> text(String key) {
        return typed(key, String.class, "write a text in quotes");
    }

    int integer(String key, int fallback, Range<Integer> range) {
        return integer(key, range).orElse(fallback);
    }

    /** As above for a key that may be missing. */
    Optional<Integer> integer(String key, Range<Integer> range) {
        Range<Long> wide = new Range<>((long) range.least(), (long) range.most());
        return typed(key, Long.class, "write a whole number from " + range)
                .flatMap(found -> accept(key, found, wide::require))
                .map(Long::intValue);
    }

    double number(String key, double fallback, Range<Double> range) {
        return number(key, range).orElse(fallback);
    }

    /** As above for a key that may be missing. */
    Optional<Double> number(String key, Range<Double> range) {
        return typed(key, Number.class, "write a number from " + range)
                .flatMap(found -> accept(key, found, value -> range.require(value.doubleValue())));
    }

    Duration duration(String key, Duration fallback, Range<Duration> range) {
        return duration(key, range, fallback).orElse(fallback);
    }

    /** As above for a key that may be missing; {@code example} is what to write in place of another type. */
    Optional<Duration> duration(String key, Range<Duration> range, Duration example) {
        return typed(key, String.class, "write a duration in quotes, such as \"" + DurationText.format(example) + "\"")
                .flatMap(found -> accept(key, found, value -> range.require(DurationText.parse(value))));
    }

    /** A text that {@code parse} reads; {@code right} is what to write in place of another type. */
    <T> Optional<Found<T>> parsed(String key, Function<String, T> parse, String right) {
        return typed(key, String.class, right).flatMap(found -> parsed(key, found, parse));
    }

    /** The texts of a list, each at its own place; empty and a problem unless it has 1 to {@code most} texts. */
    Optional<List<Found<String>>> texts(String key, int most, String right) {
        return typed(key, TomlArray.class, right).flatMap(found -> texts(key, found, most, right));
    }

    private Optional<List<Found<String>>> texts(String key, Found<TomlArray> found, int most, String right) {
        TomlArray array = found.value();
        if (array.isEmpty()) {
            problem(key, found.origin(), "is empty", right);
            return Optional.empty();
        }
        if (array.size() > most) {
            problem(
                    key,
                    ConfigDocument.line(array.inputPositionOf(most)),
                    "has " + array.size() + " entries",
                    "write at most " + most);
            return Optional.empty();
        }
        List<Found<String>> texts = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            Line place = ConfigDocument.line(array.inputPositionOf(i));
            if (array.get(i) instanceof String text) {
                texts.add(new Found<>(text, place));
            } else {
                problem(key, place, "has an entry that is " + ConfigDocument.typeName(array.get(i)), right);
            }
        }
        return texts.size() == array.size() ? Optional.of(texts) : Optional.empty();
    }

    /** As {@link #texts}, each read by {@code parse}; without those it refuses. */
    <T> List<T> parsedEach(String key, int most, Function<String, T> parse, String right) {
        return texts(key, most, right).orElse(List.of()).stream()
                .flatMap(found -> accept(key, found, parse).stream())
                .toList();
    }

    /** A key that is a mistake where it stands, whatever its value. */
    void refuse(String key, String wrong, String right) {
        known.add(key);
        if (isPresent(key)) {
            problem(key, lineOf(key), wrong, right);
        }
    }

    /** As {@link #accept}, and keeps the origin. */
    <T, V> Optional<Found<V>> parsed(String key, Found<T> found, Function<T, V> parse) {
        return accept(key, found, parse).map(value -> new Found<>(value, found.origin()));
    }

    /** What {@code check} makes of the value; empty and a problem where it throws InvalidValueException. */
    <T, V> Optional<V> accept(String key, Found<T> found, Function<T, V> check) {
        try {
            return Optional.of(check.apply(found.value()));
        } catch (InvalidValueException e) {
            problem(key, found.origin(), e.wrong(), e.right());
            return Optional.empty();
        }
    }

    void problem(String key, Origin origin, String wrong, String right) {
        document.problem(new ConfigProblem(origin, fullName(key), wrong, right));
    }

    void warning(String key, Origin origin, String wrong, String right) {
        document.warning(new ConfigProblem(origin, fullName(key), wrong, right));
    }

    /** A required key that is not there; {@code instead} are tables that could stand in its place. */
    void missing(String key, String right, String... instead) {
        Set<String> causes = new HashSet<>(List.of(instead));
        causes.add(fullName(key));
        causes.add(name);
        document.consequence(new ConfigProblem(header, fullName(key), "is missing", right), causes);
    }

    /** A problem that is said unless one of {@code causes}, a table or the full name of a key, was misspelt. */
    void consequence(String key, Origin origin, String wrong, String right, String... causes) {
        document.consequence(new ConfigProblem(origin, fullName(key), wrong, right), Set.of(causes));
    }

    /** See {@link ConfigDocument#markUnclear}. */
    void markUnclear(String kind) {
        document.markUnclear(kind);
    }

    private <T> Optional<Found<T>> typed(String key, Class<T> type, String right) {
        known.add(key);
        Optional<Found<Object>> found = raw(key);
        if (found.isPresent() && !type.isInstance(found.get().value())) {
            problem(
                    key,
                    found.get().origin(),
                    "is " + ConfigDocument.typeName(found.get().value()),
                    right);
            return Optional.empty();
        }
        return found.map(value -> new Found<>(type.cast(value.value()), value.origin()));
    }

    private Optional<Found<Object>> raw(String key) {
        return table.map(keys -> keys.get(List.of(key))).map(value -> new Found<>(value, lineOf(key)));
    }
}
