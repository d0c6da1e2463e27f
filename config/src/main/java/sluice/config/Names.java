package sluice.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.config.ConfigDocument.Found;

/** The names that the tables of one kind have, unique among them, and the references of other tables to them. */
final class Names {
    private final String kind;
    private final Map<String, String> owners = new LinkedHashMap<>();

    /** @param kind what stands in the double brackets of its tables */
    Names(String kind) {
        this.kind = kind;
    }

    /** A name that {@code owner} has without a table of its own. */
    void add(String name, String owner) {
        owners.put(name, owner);
    }

    /** Reads the name of {@code table}. Empty, and a problem, unless it is a name of its own. */
    Optional<String> declare(ConfigTable table) {
        Optional<Found<String>> written = table.text("name");
        if (written.isEmpty()) {
            table.markUnclear(kind);
            if (!table.isPresent("name")) {
                table.missing("name", "write name = \"...\", unique among all [[" + kind + "]]");
            }
            return Optional.empty();
        }
        // A wrong name is remembered, too: those who refer to it make no mistake of their own.
        return call(table, written.get().value())
                ? table.accept("name", written.get(), EntryName::require)
                : Optional.empty();
    }

    /** Has {@code table} called so. False, and a problem, where another is. */
    boolean call(ConfigTable table, String name) {
        String owner = owners.putIfAbsent(name, "an earlier [[" + kind + "]]");
        if (owner != null) {
            table.problem("name", table.lineOf("name"), "is the name of " + owner, "give this one a name of its own");
        }
        return owner == null;
    }

    /** Those of {@code written} that are names, without repetitions; the others are problems of {@code key}. */
    List<String> refer(ConfigTable table, String key, List<Found<String>> written) {
        List<String> names = new ArrayList<>();
        for (Found<String> found : written) {
            String name = found.value();
            if (!owners.containsKey(name)) {
                // What could not be a name could be anything, and is not quoted.
                String wrong = EntryName.isName(name)
                        ? "names the " + kind + " \"" + name + "\", which does not exist"
                        : "names no [[" + kind + "]]";
                table.consequence(key, found.origin(), wrong, nearest(name), kind);
            } else if (names.contains(name)) {
                table.problem(key, found.origin(), "names the " + kind + " \"" + name + "\" twice", "keep it once");
            } else {
                names.add(name);
            }
        }
        return names;
    }

    private String nearest(String name) {
        if (owners.isEmpty()) {
            return "write a [[" + kind + "]] with that name";
        }
        Optional<String> nearest = EntryName.isName(name) ? NearestName.of(name, owners.keySet()) : Optional.empty();
        return nearest.map(near -> "did you mean " + near + "?")
                .orElseGet(() -> "known are " + String.join(", ", owners.keySet()));
    }
}
