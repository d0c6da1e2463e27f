package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import sluice.config.ConfigResult.Invalid;
import sluice.config.ConfigResult.Loaded;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

/** A configuration that stands alone: no files beside it, and no variables unless a test sets them. */
final class Configuration {
    // The specification's own example (4.7.1).
    static final String KEY = "9bXiEd8boQVhq7WddEcERUL5tyyJVFYdU8th3HfbNXK3Yw6GRXh";

    private static final ConfigParser.Secrets NO_FILES = new ConfigParser.Secrets() {
        @Override
        public AuthoritySecretKey read(Path keyFile) throws IOException {
            throw new NoSuchFileException(keyFile.toString());
        }

        @Override
        public boolean isOpenToOthers(Path anyFile) {
            return false;
        }

        @Override
        public boolean isReadable(Path anyFile) {
            return !anyFile.endsWith("absent.pem");
        }
    };

    private Configuration() {}

    /** An {@code [[upstream]]} of five lines without a mistake. */
    static String upstream(String name) {
        return """

                [[upstream]]
                name = "%s"
                url = "stratum2+tcp://%s.example.com/%s"
                user = "farm"
                """.formatted(name, name.replace('_', '-'), KEY);
    }

    static GatewayConfig load(String text) {
        return loaded(text).config();
    }

    static List<String> warnings(String text) {
        return described(loaded(text).warnings());
    }

    static List<String> problems(String text) {
        return problems(text, Map.of());
    }

    /** As {@code check} prints them. */
    static List<String> problems(String text, Map<String, String> environment) {
        ConfigResult result = parse(text, environment);
        assertThat(result).as(text).isInstanceOf(Invalid.class);
        return described(((Invalid) result).problems());
    }

    static String onlyProblem(String text) {
        List<String> problems = problems(text);
        assertThat(problems).as(text).hasSize(1);
        return problems.getFirst();
    }

    private static Loaded loaded(String text) {
        ConfigResult result = parse(text, Map.of());
        assertThat(result).as(text).isInstanceOf(Loaded.class);
        return (Loaded) result;
    }

    private static ConfigResult parse(String text, Map<String, String> environment) {
        return ConfigParser.parse(text, Path.of("/etc/sluice/sluice.toml"), environment, NO_FILES);
    }

    private static List<String> described(List<ConfigProblem> problems) {
        return problems.stream().map(problem -> problem.describe("f")).toList();
    }
}
