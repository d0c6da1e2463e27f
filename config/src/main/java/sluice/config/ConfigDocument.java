package sluice.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
import sluice.config.ConfigProblem.Line;
import sluice.config.ConfigProblem.Origin;

/**
 * A TOML file while it is being read: gathers problems instead of stopping at the first, and knows from the keys that
 * were asked for which of those in the file nobody knows.
 */
final class ConfigDocument {
    /** A name that an operator writes is no longer than this; nobody's typing error is looked up beyond it. */
    private static final int MAX_NAME_LENGTH = 64;

    private final TomlParseResult toml;
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final List<Consequence> consequences = new ArrayList<>();
    private final List<ConfigProblem> warnings = new ArrayList<>();
    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private final Set<String> unclear = new HashSet<>();

    ConfigDocument(String text) {
        toml = Toml.parse(text);
        for (TomlParseError error : toml.errors()) {
            problems.add(new ConfigProblem(
                    line(error.position()), "", "is not TOML here: " + error.getMessage(), "correct the line"));
        }
    }

    /** The keys above the first table header. */
    ConfigTable top() {
        return kinds.computeIfAbsent("", _ -> {
                    Set<String> known = new LinkedHashSet<>();
                    ConfigTable top = new ConfigTable(this, "", Optional.of(toml), new Line(1, 1), known);
                    return new Kind("", false, List.of(top), known);
                })
                .tables()
                .getFirst();
    }

    /** The table {@code name}; without keys where the file has none. */
    ConfigTable table(String name) {
        return kinds.computeIfAbsent(name, _ -> {
                    Set<String> known = new LinkedHashSet<>();
                    return new Kind(name, false, List.of(read(name, known)), known);
                })
                .tables()
                .getFirst();
    }

    /** Whether the file has anything under this name. */
    boolean isPresent(String name) {
        return toml.contains(List.of(name));
    }

    /** The tables that stand in the file as {@code [[name]]}, in its order; more than {@code most} are a problem. */
    List<ConfigTable> tables(String name, int most) {
        return kinds.computeIfAbsent(name, _ -> {
                    Set<String> known = new LinkedHashSet<>();
                    return new Kind(name, true, readAll(name, most, known), known);
                })
                .tables();
    }

    private ConfigTable read(String name, Set<String> known) {
        List<String> path = List.of(name);
        Object value = toml.get(path);
        if (value == null) {
            return new ConfigTable(this, name, Optional.empty(), new Line(1, 1), known);
        }
        Line header = line(toml.inputPositionOf(path));
        if (value instanceof TomlTable table) {
            return new ConfigTable(this, name, Optional.of(table), header, known);
        }
        problem(new ConfigProblem(
                header, name, "is " + typeName(value) + ", not a table", "write [" + name + "] once, keys below it"));
        return new ConfigTable(this, name, Optional.empty(), header, known);
    }

    private List<ConfigTable> readAll(String name, int most, Set<String> known) {
        List<String> path = List.of(name);
        return switch (toml.get(path)) {
            case null -> List.of();
            case TomlArray array -> elements(name, array, most, known);
            case TomlTable table -> {
                Line header = line(toml.inputPositionOf(path));
                problem(new ConfigProblem(
                        header, name, "is one table, not a list of them", "write [[" + name + "]], with two brackets"));
                yield List.of(element(name, 1, table, header, known));
            }
            case Object value -> {
                markUnclear(name);
                problem(new ConfigProblem(
                        line(toml.inputPositionOf(path)),
                        name,
                        "is " + typeName(value) + ", not a table",
                        "write [[" + name + "]] for each, keys below it"));
                yield List.of();
            }
        };
    }

    private List<ConfigTable> elements(String name, TomlArray array, int most, Set<String> known) {
        List<ConfigTable> elements = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            Line header = line(array.inputPositionOf(i));
            if (i == most) {
                markUnclear(name);
                problem(new ConfigProblem(
                        header, name, "stands here for the " + (i + 1) + "th time", "write at most " + most));
                break;
            }
            if (array.get(i) instanceof TomlTable table) {
                elements.add(element(name, i + 1, table, header, known));
            } else {
                markUnclear(name);
                problem(new ConfigProblem(
                        header,
                        name,
                        "has " + typeName(array.get(i)) + " in place of a table",
                        "write [[" + name + "]] for each, keys below it"));
            }
        }
        return elements;
    }

    /** Called by the name it gives itself, as its operator would call it, or by its number. */
    private ConfigTable element(String kind, int number, TomlTable table, Line header, Set<String> known) {
        String shown = table.get(List.of("name")) instanceof String name && EntryName.isName(name)
                ? kind + "." + name
                : kind + "[" + number + "]";
        return new ConfigTable(this, shown, Optional.of(table), header, known);
    }

    void problem(ConfigProblem problem) {
        problems.add(problem);
    }

    /** A problem that is said only if {@code causes}, names of keys and tables, were not misspelt: it would be one mistake. */
    void consequence(ConfigProblem problem, Set<String> causes) {
        consequences.add(new Consequence(problem, causes));
    }

    /** Not all tables of {@code kind} could be read, so that a name may be there which nobody sees: a cause. */
    void markUnclear(String kind) {
        unclear.add(kind);
    }

    void warning(ConfigProblem warning) {
        warnings.add(warning);
    }

    List<String> knownKeys() {
        return kinds.values().stream()
                .flatMap(kind ->
                        kind.knownKeys().stream().map(key -> kind.name().isEmpty() ? key : kind.name() + "." + key))
                .toList();
    }

    List<ConfigProblem> warnings() {
        return warnings.stream().sorted(ConfigProblem.FILE_ORDER).toList();
    }

    /** Everything found. To be called when all keys have been asked for: what is left is unknown. */
    List<ConfigProblem> problems() {
        Set<String> meant = new LinkedHashSet<>(unclear);
        for (Kind kind : List.copyOf(kinds.values())) {
            for (ConfigTable table : kind.tables()) {
                for (String key : table.unknownKeys(kinds.keySet())) {
                    problems.add(unknown(kind, table, key, meant));
                }
            }
        }
        // A line that could not be read may have held what is missing.
        if (toml.errors().isEmpty()) {
            consequences.stream()
                    .filter(consequence -> Collections.disjoint(consequence.causes(), meant))
                    .map(Consequence::problem)
                    .forEach(problems::add);
        }
        return problems.stream().sorted(ConfigProblem.FILE_ORDER).toList();
    }

    /** What is left in a table that is the value of a key, all of whose keys have been asked for. */
    void refuseUnknownKeys(ConfigTable inner) {
        Kind kind = new Kind("", false, List.of(inner), inner.knownKeys());
        inner.unknownKeys(Set.of()).forEach(key -> problems.add(unknown(kind, inner, key, unclear)));
    }

    private ConfigProblem unknown(Kind kind, ConfigTable table, String key, Set<String> meant) {
        boolean isTable = table == top() && isTable(toml.get(List.of(key)));
        Collection<String> known = new LinkedHashSet<>();
        if (!isTable) {
            known.addAll(table.knownKeys());
        }
        if (table == top()) {
            kinds.keySet().stream().filter(name -> !name.isEmpty()).forEach(known::add);
        }
        String shown = key.length() <= MAX_NAME_LENGTH ? key : key.substring(0, MAX_NAME_LENGTH) + "...";
        Optional<Kind> home = home(kind, key);
        Optional<String> nearest = table.calledHere(key)
                .or(() -> home.isPresent() || key.length() > MAX_NAME_LENGTH
                        ? Optional.empty()
                        : NearestName.of(key, known));
        String right;
        if (nearest.isPresent()) {
            meant.add(table.fullName(nearest.get()));
            right = "did you mean " + nearest.get() + "?";
        } else if (home.isPresent()) {
            home.get().tables().forEach(other -> meant.add(other.fullName(key)));
            right = home.get().name().isEmpty()
                    ? "move it to the top of the file, above the first [table]"
                    : "move it below " + home.get().header();
        } else {
            right = "known here: " + String.join(", ", known);
        }
        return new ConfigProblem(
                table.lineOf(key),
                table.fullName(shown),
                isTable ? "is no table of Sluice" : "is no key of Sluice",
                right);
    }

    /** The other tables that know {@code key}. */
    private Optional<Kind> home(Kind kind, String key) {
        return kinds.values().stream()
                .filter(other -> other != kind && other.knownKeys().contains(key))
                .findFirst();
    }

    private static boolean isTable(Object value) {
        return value instanceof TomlTable
                || value instanceof TomlArray array && !array.isEmpty() && array.get(0) instanceof TomlTable;
    }

    static Line line(TomlPosition position) {
        return new Line(position.line(), position.column());
    }

    /** What a value is, for an operator who wrote another type than we read. */
    static String typeName(Object value) {
        return switch (value) {
            case String _ -> "a text in quotes";
            case Long _ -> "a whole number";
            case Double _ -> "a number with a fraction";
            case Boolean _ -> "true or false";
            case TomlArray _ -> "a list";
            case TomlTable _ -> "a table";
            default -> "a date or time";
        };
    }

    /** Where a value comes from, and the value. */
    record Found<T>(T value, Origin origin) {}

    /**
     * The tables of one name: exactly one that stands as {@code [name]}, or any number that stand as {@code [[name]]}.
     *
     * @param knownKeys that one of them was asked for
     */
    private record Kind(String name, boolean repeated, List<ConfigTable> tables, Set<String> knownKeys) {
        String header() {
            return repeated ? "[[" + name + "]]" : "[" + name + "]";
        }
    }

    private record Consequence(ConfigProblem problem, Set<String> causes) {}
}
