package sluice.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The source tree, for tests that hold documents to it. */
final class Documents {
    static final Path ROOT = root();

    private static final String SUFFIX = ".java";

    private Documents() {}

    /** All Java files of a source set, {@code main} or {@code test}, of every module. */
    static List<Path> javaFiles(String sourceSet) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.toList()) {
                Path sources = module.resolve("src").resolve(sourceSet).resolve("java");
                if (Files.isDirectory(sources)) {
                    try (Stream<Path> found = Files.walk(sources)) {
                        found.filter(file -> file.toString().endsWith(SUFFIX)).forEach(files::add);
                    }
                }
            }
        }
        return files;
    }

    static String typeOf(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - SUFFIX.length());
    }

    static String qualifiedNameOf(Path file) {
        String path = file.toString();
        return path.substring(path.indexOf("/java/") + "/java/".length(), path.length() - SUFFIX.length())
                .replace('/', '.');
    }

    /** Simple names of the classes in the test trees that hold tests. */
    static Set<String> testClasses() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path file : javaFiles("test")) {
            if (file.toString().endsWith("Test" + SUFFIX)) {
                names.add(typeOf(file));
            }
        }
        return names;
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        while (here != null && !Files.isRegularFile(here.resolve("README.md"))) {
            here = here.getParent();
        }
        if (here == null) {
            throw new IllegalStateException("the tests run outside of the project");
        }
        return here;
    }
}
