package sluice.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents say of the code exists. */
class DocumentsTest {
    private static final Path DOCS = Documents.ROOT.resolve("docs");
    private static final Pattern CODE_BLOCK = Pattern.compile("```.*?```", Pattern.DOTALL);
    private static final Pattern TYPE =
            Pattern.compile("`([A-Z][a-z0-9]+[A-Za-z0-9]*[A-Z][A-Za-z0-9]*)(?:\\.[A-Za-z0-9_]+)?`");
    private static final Pattern TEST_METHOD = Pattern.compile("`([A-Za-z0-9]+Test)\\.([a-z][A-Za-z0-9]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");
    private static final Pattern COVERAGE_ROW = Pattern.compile("(?m)^\\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|$");

    @ParameterizedTest
    @ValueSource(strings = {"ARCHITECTURE.md", "SEED-COVERAGE.md", "SCENARIOS.md", "FIRMWARE.md"})
    void everyTypeThatADocumentNamesExists(String document) throws IOException {
        Set<String> known = new TreeSet<>();
        for (String sourceSet : List.of("main", "test")) {
            for (Path file : Documents.javaFiles(sourceSet)) {
                known.add(Documents.typeOf(file));
                // Nested types are named without their outer one.
                Pattern.compile("(?:record|class|enum|interface) ([A-Z][A-Za-z0-9]+)")
                        .matcher(Files.readString(file))
                        .results()
                        .forEach(nested -> known.add(nested.group(1)));
            }
        }
        String text =
                CODE_BLOCK.matcher(Files.readString(DOCS.resolve(document))).replaceAll("");
        List<String> named =
                TYPE.matcher(text).results().map(found -> found.group(1)).toList();
        assertThat(named).isNotEmpty();
        assertThat(known).containsAll(named);
    }

    @ParameterizedTest
    @CsvSource({"SEED-COVERAGE.md,40", "SCENARIOS.md,30", "FIRMWARE.md,40"})
    void everyRowNamesATestOrSaysNotYet(String document, int rowsAtLeast) throws IOException {
        String page = Files.readString(DOCS.resolve(document));
        Set<String> tests = Documents.testClasses();
        List<MatchResult> rows = COVERAGE_ROW
                .matcher(page)
                .results()
                .filter(row -> !row.group(3).startsWith("---") && !row.group(3).startsWith("shown by"))
                .toList();
        assertThat(rows).hasSizeGreaterThan(rowsAtLeast);
        for (MatchResult row : rows) {
            String shown = row.group(3);
            Set<String> named =
                    TYPE.matcher(shown).results().map(found -> found.group(1)).collect(Collectors.toSet());
            assertThat(named.isEmpty())
                    .as("%s | %s", row.group(1), shown)
                    .isEqualTo(shown.startsWith("not yet") || shown.startsWith("not built: "));
            assertThat(tests).as(row.group(1)).containsAll(named);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCENARIOS.md", "FIRMWARE.md"})
    void everyTestThatADocumentNamesIsOneOfItsClass(String document) throws IOException {
        List<MatchResult> named = TEST_METHOD
                .matcher(Files.readString(DOCS.resolve(document)))
                .results()
                .toList();
        assertThat(named).hasSizeGreaterThan(20);
        List<Path> sources = Documents.javaFiles("test");
        for (MatchResult test : named) {
            Path source = sources.stream()
                    .filter(file -> Documents.typeOf(file).equals(test.group(1)))
                    .findFirst()
                    .orElseThrow();
            assertThat(Files.readString(source)).contains("void " + test.group(2) + "(");
        }
    }

    @Test
    void everyLinkBetweenDocumentsLeadsSomewhere() throws IOException {
        List<Path> pages;
        try (var found = Files.list(DOCS)) {
            pages = found.filter(page -> page.toString().endsWith(".md")).toList();
        }
        assertThat(pages).hasSizeGreaterThan(4);
        for (Path page : pages) {
            assertThat(LINK.matcher(Files.readString(page)).results().map(link -> link.group(1)))
                    .as(page.toString())
                    .allMatch(link -> Files.exists(page.resolveSibling(link)));
        }
    }
}
