package sluice.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule that a list in the test resources names is carried by a test as its tag, and no test carries a number that is in no list. */
class ConformanceTest {
    private static final Pattern RULE = Pattern.compile("(?m)^([A-Z]+-[0-9]+) (\\S.*)$");
    private static final Pattern TAG = Pattern.compile("@Tag\\(\"([A-Z]+-[0-9]+)\"\\)");
    /** A test method from its first annotation that is a tag or a test to its name. */
    private static final Pattern TEST = Pattern.compile(
            "((?:^    @(?:Test|ParameterizedTest|Tag|ValueSource|CsvSource|FieldSource|MethodSource|EnumSource|Timeout)\\b"
                    + "[^;{]*?)+)^    (?:public )?void (\\w+)\\(",
            Pattern.MULTILINE);

    @ParameterizedTest
    @CsvSource({
        "template-distribution, 27, 'TDP|TPC|TPS'",
        "job-declaration, 18, 'JDC'",
        "job-declaration-server, 8, JDP"
    })
    void everyRuleHasATestThatCarriesItsNumber(String list, int rules, String families) throws IOException {
        Set<String> listed = rules(list);
        assertThat(listed).hasSize(rules);
        Map<String, Set<String>> carried = carried(families);

        assertThat(carried.keySet()).as("rules that tests carry").containsExactlyInAnyOrderElementsOf(listed);
    }

    private static Set<String> rules(String list) throws IOException {
        Set<String> numbers = new TreeSet<>();
        try (InputStream in = ConformanceTest.class.getResourceAsStream("/conformance/" + list + ".txt")) {
            Matcher rule = RULE.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            while (rule.find()) {
                assertThat(numbers.add(rule.group(1)))
                        .as(rule.group(1) + " once")
                        .isTrue();
            }
        }
        return numbers;
    }

    /** The numbers of these families in all test sources, with the tests that carry them. */
    private static Map<String, Set<String>> carried(String families) throws IOException {
        Map<String, Set<String>> tests = new TreeMap<>();
        int tags = 0;
        for (Path file : testSources()) {
            String source = Files.readString(file);
            tags += (int) TAG.matcher(source).results().count();
            Matcher test = TEST.matcher(source);
            while (test.find()) {
                Matcher tag = TAG.matcher(test.group(1));
                while (tag.find()) {
                    tags--;
                    if (tag.group(1).matches("(?:" + families + ")-[0-9]+")) {
                        tests.computeIfAbsent(tag.group(1), number -> new TreeSet<>())
                                .add(file.getFileName() + "#" + test.group(2));
                    }
                }
            }
        }
        assertThat(tags).as("tags of rules that stand on no test method").isZero();
        return tests;
    }

    private static List<Path> testSources() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(root.resolve("integration-tests"))) {
            root = root.getParent();
        }
        List<Path> sources = new ArrayList<>();
        for (String module : List.of("protocol", "config", "upstream", "proxy", "integration-tests")) {
            Path folder = root.resolve(module).resolve("src/test/java");
            try (Stream<Path> files = Files.walk(folder)) {
                files.filter(file -> file.toString().endsWith("Test.java")).forEach(sources::add);
            }
        }
        return sources;
    }
}
