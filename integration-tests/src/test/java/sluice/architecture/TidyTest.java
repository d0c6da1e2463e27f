package sluice.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Reads the source tree itself: the README's map is true, every package says what it is for, and no litter lies about. */
class TidyTest {
    private static final int MAX_FILE_LINES = 600;
    private static final Path ROOT = root();
    private static final List<String> MODULES = List.of("protocol", "config", "upstream", "proxy", "integration-tests");

    private static final Pattern MAP = Pattern.compile("## The map\\n+```\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern MAP_FOLDER = Pattern.compile("(?m)^([a-z-]+)/ +\\S");
    private static final Pattern MAP_PACKAGE = Pattern.compile("(?m)^ +(sluice(?:\\.[a-z0-9]+)+) +\\S");
    private static final Pattern MAP_FILE = Pattern.compile("(?m)^([A-Za-z.][A-Za-z./]*[a-z]) +\\S");
    private static final Pattern PURPOSE =
            Pattern.compile("^/\\*\\*(.*?)\\*/\\s*package ([a-z0-9.]+);\\s*$", Pattern.DOTALL);
    /** Put together here, so that this file may hold them. */
    private static final Pattern LEFT_OVER = Pattern.compile("\\b(" + "TO" + "DO|FIX" + "ME|X" + "XX|HA" + "CK)\\b");

    @Test
    void theMapInTheReadmeShowsThePackagesOnDisk() {
        assertThat(found(MAP_PACKAGE)).containsExactlyInAnyOrderElementsOf(packages());
    }

    @Test
    void theMapInTheReadmeShowsTheFoldersAndFilesOnDisk() throws IOException {
        try (Stream<Path> entries = Files.list(ROOT)) {
            Set<String> folders = entries.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .filter(name ->
                            !name.startsWith(".") && !Set.of("target", "data").contains(name))
                    .collect(Collectors.toSet());
            assertThat(found(MAP_FOLDER)).containsExactlyInAnyOrderElementsOf(folders);
        }
        assertThat(found(MAP_FILE)).isNotEmpty().allMatch(file -> Files.isRegularFile(ROOT.resolve(file)));
    }

    @Test
    void everyPackageBelongsToItsModule() {
        for (String module : MODULES.subList(0, 4)) {
            assertThat(packagesOf(module))
                    .as(module)
                    .allMatch(name -> (name + ".").startsWith("sluice." + module + "."));
        }
    }

    @Test
    void everyPackageSaysItsPurposeInOneSentence() {
        for (String module : MODULES) {
            for (Path folder : packageFolders(module)) {
                Path info = folder.resolve("package-info.java");
                assertThat(info).exists();
                assertThat(read(info)).as(info.toString()).matches(PURPOSE);
                String purpose = PURPOSE.matcher(read(info))
                        .results()
                        .map(parts -> parts.group(1))
                        .findFirst()
                        .orElseThrow()
                        .replaceAll("\\s*\\n \\*\\s*", " ")
                        .strip();
                assertThat(purpose).as(info.toString()).endsWith(".").hasSizeGreaterThan(15);
                assertThat(purpose.substring(0, purpose.length() - 1))
                        .as("one sentence in " + info)
                        .doesNotContain(". ");
            }
        }
    }

    @Test
    void noLitterIsLeftInSources() {
        BiPredicate<Path, String> litter = (file, line) ->
                LEFT_OVER.matcher(line).find() || line.indexOf('\t') >= 0 || line.endsWith(" ") || line.endsWith("\r");
        assertThat(sources().flatMap(file -> linesWith(file, litter))).isEmpty();
    }

    @Test
    void everySourceEndsWithANewLine() {
        assertThat(sources().filter(file -> !read(file).endsWith("\n"))).isEmpty();
    }

    @Test
    void noSourceIsLongerThanAPersonReads() {
        assertThat(sources().filter(file -> read(file).lines().count() > MAX_FILE_LINES))
                .isEmpty();
    }

    private static Set<String> found(Pattern pattern) {
        String map = MAP.matcher(read(ROOT.resolve("README.md")))
                .results()
                .map(parts -> parts.group(1))
                .findFirst()
                .orElseThrow(() -> new AssertionError("README.md has no section 'The map' with a block of code"));
        Set<String> names = new TreeSet<>();
        for (MatchResult entry : pattern.matcher(map).results().toList()) {
            assertThat(names.add(entry.group(1))).as(entry.group(1) + " once").isTrue();
        }
        return names;
    }

    private static Set<String> packages() {
        return MODULES.stream().flatMap(module -> packagesOf(module).stream()).collect(Collectors.toSet());
    }

    private static List<String> packagesOf(String module) {
        Path sources = sourceFolder(module);
        return packageFolders(module).stream()
                .map(folder -> sources.relativize(folder).toString().replace('/', '.'))
                .toList();
    }

    private static List<Path> packageFolders(String module) {
        return javaFiles(sourceFolder(module)).map(Path::getParent).distinct().toList();
    }

    /** The integration tests are a module of tests only; elsewhere tests lie in the packages of what they test. */
    private static Path sourceFolder(String module) {
        return ROOT.resolve(module).resolve(module.equals("integration-tests") ? "src/test/java" : "src/main/java");
    }

    private static Stream<Path> sources() {
        return MODULES.stream().flatMap(module -> javaFiles(ROOT.resolve(module).resolve("src")));
    }

    private static Stream<Path> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> linesWith(Path file, BiPredicate<Path, String> litter) {
        List<String> lines = List.of(read(file).split("\n", -1));
        return IntStream.range(0, lines.size())
                .filter(number -> litter.test(file, lines.get(number)))
                .mapToObj(number -> ROOT.relativize(file) + ":" + (number + 1) + ": " + lines.get(number));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Up from where the test runs, which is a module's folder under Maven and may be another in an editor. */
    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("integration-tests"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
