package sluice.config;

import java.util.ArrayList;
import java.util.Collection;
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
    private final List<ConfigProblem> missing = new ArrayList<>();
    private final List<ConfigProblem> warnings = new ArrayList<>();
    private final Map<String, ConfigTable> tables = new LinkedHashMap<>();

    ConfigDocument(String text) {
        toml = Toml.parse(text);
        for (TomlParseError error : toml.errors()) {
            problems.add(new ConfigProblem(
                    line(error.position()), "", "is not TOML here: " + error.getMessage(), "correct the line"));
        }
    }

    /** The keys above the first table header. */
    ConfigTable top() {
        return tables.computeIfAbsent("", _ -> new ConfigTable(this, "", Optional.of(toml), new Line(1, 1)));
    }

    /** The table {@code name}; without keys where the file has none. */
    ConfigTable table(String name) {
        return tables.computeIfAbsent(name, this::read);
    }

    private ConfigTable read(String name) {
        List<String> path = List.of(name);
        Object value = toml.get(path);
        if (value == null) {
            return new ConfigTable(this, name, Optional.empty(), new Line(1, 1));
        }
        Line header = line(toml.inputPositionOf(path));
        if (value instanceof TomlTable table) {
            return new ConfigTable(this, name, Optional.of(table), header);
        }
        problem(new ConfigProblem(
                header, name, "is " + typeName(value) + ", not a table", "write [" + name + "] once, keys below it"));
        return new ConfigTable(this, name, Optional.empty(), header);
    }

    void problem(ConfigProblem problem) {
        problems.add(problem);
    }

    /** A required key that is not there: said only if no other problem explains it. */
    void missing(ConfigProblem problem) {
        missing.add(problem);
    }

    void warning(ConfigProblem warning) {
        warnings.add(warning);
    }

    List<String> knownKeys() {
        return tables.values().stream()
                .flatMap(table -> table.knownKeys().stream().map(table::fullName))
                .toList();
    }

    List<ConfigProblem> warnings() {
        return warnings.stream().sorted(ConfigProblem.FILE_ORDER).toList();
    }

    /** Everything found. To be called when all keys have been asked for: what is left is unknown. */
    List<ConfigProblem> problems() {
        Set<String> meant = new LinkedHashSet<>();
        for (ConfigTable table : List.copyOf(tables.values())) {
            for (String key : table.unknownKeys(tables.keySet())) {
                problems.add(unknown(table, key, meant));
            }
        }
        // A typing error in a required key, or a line that could not be read, is one mistake, not two.
        boolean readable = toml.errors().isEmpty();
        missing.stream()
                .filter(problem ->
                        readable && !meant.contains(problem.key()) && !meant.contains(tableOf(problem.key())))
                .forEach(problems::add);
        return problems.stream().sorted(ConfigProblem.FILE_ORDER).toList();
    }

    private ConfigProblem unknown(ConfigTable table, String key, Set<String> meant) {
        boolean isTable = table == top() && toml.get(List.of(key)) instanceof TomlTable;
        Collection<String> known = new LinkedHashSet<>();
        if (!isTable) {
            known.addAll(table.knownKeys());
        }
        if (table == top()) {
            tables.keySet().stream().filter(name -> !name.isEmpty()).forEach(known::add);
        }
        String shown = key.length() <= MAX_NAME_LENGTH ? key : key.substring(0, MAX_NAME_LENGTH) + "...";
        Optional<ConfigTable> owner = tables.values().stream()
                .filter(other -> other != table && other.knownKeys().contains(key))
                .findFirst();
        Optional<String> nearest = key.length() <= MAX_NAME_LENGTH ? NearestName.of(key, known) : Optional.empty();
        String right;
        if (owner.isPresent()) {
            ConfigTable home = owner.get();
            meant.add(home.fullName(key));
            right = home == top()
                    ? "move it to the top of the file, above the first [table]"
                    : "move it below [" + home.name() + "]";
        } else if (nearest.isPresent()) {
            meant.add(table.fullName(nearest.get()));
            right = "did you mean " + nearest.get() + "?";
        } else {
            right = "known here: " + String.join(", ", known);
        }
        return new ConfigProblem(
                table.lineOf(key),
                table.fullName(shown),
                isTable ? "is no table of Sluice" : "is no key of Sluice",
                right);
    }

    private static String tableOf(String key) {
        int dot = key.indexOf('.');
        return dot < 0 ? "" : key.substring(0, dot);
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
}
