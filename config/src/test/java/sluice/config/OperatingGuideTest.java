package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the guide for operators and the README to what the code reads. */
class OperatingGuideTest {
    private static final Pattern EXAMPLE = Pattern.compile("(?m)^```toml\\n(.*?)^```$", Pattern.DOTALL);
    private static final Pattern KEY_ROW = Pattern.compile("(?m)^\\| `([a-z0-9_]+(?:\\.[a-z0-9_]+)?)` \\|");

    @TempDir
    private Path directory;

    @Test
    void everyExampleLoads() throws IOException {
        List<String> examples = Stream.of("docs/OPERATING.md", "README.md")
                .map(OperatingGuideTest::read)
                .flatMap(text -> EXAMPLE.matcher(text).results())
                .map(found -> found.group(1))
                .toList();

        assertThat(examples).hasSizeGreaterThanOrEqualTo(3);
        for (String example : examples) {
            Path file = Files.writeString(directory.resolve("sluice.toml"), example);
            assertThat(ConfigLoader.load(file, Map.of())).as(example).isInstanceOf(ConfigResult.Loaded.class);
        }
    }

    @Test
    void theTableOfKeysIsTheListOfKeys() {
        assertThat(KEY_ROW.matcher(read("docs/OPERATING.md"))
                        .results()
                        .map(MatchResult::group)
                        .map(row -> row.split("`")[1]))
                .containsExactlyInAnyOrderElementsOf(ConfigParser.knownKeys());
    }

    private static String read(String path) {
        try {
            return Files.readString(Path.of("..").resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
