package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What MiningOS's worker for DATUM gateways reads of each answer, in the list that the tests carry. */
public final class WorkerFields {
    private static final String ANY = "*";

    private final List<Field> fields;

    /** @param place names from the answer down; a star is every member */
    private record Field(String path, List<String> place, String type) {}

    private WorkerFields(List<Field> fields) {
        this.fields = fields;
    }

    public static WorkerFields load() throws IOException {
        return new WorkerFields(Files.readAllLines(Path.of("src/test/resources/datum-worker/fields.txt")).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" "))
                .map(parts -> new Field(parts[0], List.of(parts[1].split("\\.")), parts[2]))
                .toList());
    }

    /** The last part of each path that is read, in the order of the list. */
    public Set<String> paths() {
        Set<String> paths = new LinkedHashSet<>();
        fields.forEach(field -> paths.add(field.path()));
        return paths;
    }

    /** Holds that the answer of {@code path} has all that the worker reads, in the type that it reads. */
    public void assertAllIn(String path, JsonNode answer) {
        for (Field field : fields) {
            if (field.path().equals(path)) {
                Collection<JsonNode> found = List.of(answer);
                for (String name : field.place()) {
                    found = found.stream()
                            .flatMap(node -> members(node, name).stream())
                            .toList();
                }
                assertThat(found).as("%s in %s", field, answer).isNotEmpty();
                assertThat(found.stream().map(WorkerFields::type).distinct())
                        .as("%s in %s", field, answer)
                        .containsExactly(field.type());
            }
        }
    }

    private static Collection<JsonNode> members(JsonNode node, String name) {
        if (name.equals(ANY)) {
            return node.values();
        }
        // What is missing is a member without a type.
        return List.of(node.path(name));
    }

    private static String type(JsonNode node) {
        return node.isNumber() ? "number" : node.isString() ? "string" : node.isBoolean() ? "boolean" : "none";
    }
}
