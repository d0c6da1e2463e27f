package sluice.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the table of limits in ARCHITECTURE to the code: no constant missing, no value or test that does not exist. */
class LimitsTableTest {
    private static final Path PAGE = Documents.ROOT.resolve("docs/ARCHITECTURE.md");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([A-Za-z0-9]+)\\.([A-Z0-9_]+)` \\| ([^|]+) \\| [^|]+ \\| ([^|]+) \\|$");
    private static final Pattern TEST = Pattern.compile("`([A-Za-z0-9]+)`");
    private static final Pattern QUANTITY = Pattern.compile("(\\d[\\d.,]*(?:e\\d+)?) ?(ms|s|min|h)?\\b");
    private static final Pattern CONSTANT =
            Pattern.compile("(?m)^ +(?:public )?static final (?:int|long|double|Duration) ([A-Z0-9_]+) =");
    /** Names that say limit. Others (a length that the wire format fixes) may be in the table, but need not. */
    private static final Pattern LIMIT = Pattern.compile(
            "(.*_)?(MAX|LIMIT|CAPACITY|BACKLOG|TIMEOUT|PATIENCE|SLICE|LEAST|WAITING)(_.*)?|[A-Z0-9]+_MAX");

    /** Says limit, and is the largest number of a wire format rather than something that we chose. */
    private static final Set<String> NO_CHOICE = Set.of("Limits.U24_MAX", "TxOut.MAX_MONEY");

    /** @param untested the table says why no test can show it */
    private record Row(String type, String constant, String value, List<String> tests, boolean untested) {
        String name() {
            return type + "." + constant;
        }
    }

    @Test
    void everyNamedLimitIsInTheTable() throws IOException {
        Set<String> limits = new TreeSet<>();
        for (Path file : Documents.javaFiles("main")) {
            String type = Documents.typeOf(file);
            Matcher constants = CONSTANT.matcher(Files.readString(file));
            while (constants.find()) {
                String name = type + "." + constants.group(1);
                if (LIMIT.matcher(constants.group(1)).matches() && !NO_CHOICE.contains(name)) {
                    limits.add(name);
                }
            }
        }
        assertThat(limits).hasSizeGreaterThan(50);
        assertThat(rows().stream().map(Row::name))
                .as("limits in the table of docs/ARCHITECTURE.md")
                .containsAll(limits);
    }

    @Test
    void theValuesInTheTableAreThoseInTheCode() throws Exception {
        Map<String, Path> files = filesByType();
        List<String> differences = new ArrayList<>();
        for (Row row : rows()) {
            assertThat(files).containsKey(row.type());
            Object value = constant(files.get(row.type()), row.constant());
            if (!quantities(row.value()).equals(quantitiesOf(value))) {
                differences.add(row.name() + " is " + value + " in the code and " + row.value() + " in the table");
            }
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void everyLimitNamesATestThatExists() throws IOException {
        Set<String> tests = Documents.testClasses();
        for (Row row : rows()) {
            assertThat(row.tests().isEmpty()).as(row.name()).isEqualTo(row.untested());
            assertThat(tests).as(row.name()).containsAll(row.tests());
        }
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = ROW.matcher(Files.readString(PAGE))
                .results()
                .map(row -> new Row(
                        row.group(1),
                        row.group(2),
                        row.group(3),
                        names(row.group(4)),
                        row.group(4).startsWith("none: ")))
                .toList();
        assertThat(rows).hasSizeGreaterThan(50);
        return rows;
    }

    private static List<String> names(String cell) {
        return TEST.matcher(cell).results().map(test -> test.group(1)).toList();
    }

    private static Map<String, Path> filesByType() throws IOException {
        Map<String, Path> files = new LinkedHashMap<>();
        for (Path file : Documents.javaFiles("main")) {
            files.put(Documents.typeOf(file), file);
        }
        return files;
    }

    private static Object constant(Path file, String name) throws ReflectiveOperationException {
        Class<?> type = Class.forName(Documents.qualifiedNameOf(file));
        Field field = Stream.concat(Stream.of(type), Arrays.stream(type.getDeclaredClasses()))
                .flatMap(one -> Arrays.stream(one.getDeclaredFields()))
                .filter(one -> one.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchFieldException(type.getName() + "." + name));
        assertThat(Modifier.isStatic(field.getModifiers())).isTrue();
        field.setAccessible(true);
        return field.get(null);
    }

    /** Numbers of a cell, durations in seconds: {@code "16384 connections, 15 s"} is 16384 and 15. */
    private static List<Double> quantities(String cell) {
        return QUANTITY.matcher(cell)
                .results()
                .map(found -> {
                    double number = Double.parseDouble(found.group(1).replace(",", ""));
                    return switch (found.group(2)) {
                        case "ms" -> number / 1000;
                        case "min" -> number * 60;
                        case "h" -> number * 3600;
                        case null, default -> number;
                    };
                })
                .toList();
    }

    private static List<Double> quantitiesOf(Object value) throws ReflectiveOperationException {
        return switch (value) {
            case Number number -> List.of(number.doubleValue());
            case Duration duration -> List.of(duration.toNanos() / 1e9);
            case Record record -> {
                List<Double> all = new ArrayList<>();
                for (RecordComponent component : record.getClass().getRecordComponents()) {
                    component.getAccessor().setAccessible(true);
                    all.addAll(quantitiesOf(component.getAccessor().invoke(record)));
                }
                yield all;
            }
            // A deadline of an enum that knows its own patience.
            case Enum<?> deadline ->
                quantitiesOf(deadline.getDeclaringClass().getMethod("patience").invoke(deadline));
            default -> throw new IllegalStateException("no limit: " + value);
        };
    }
}
