package sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import sluice.config.AddressRange;
import sluice.config.ConfigParser;
import sluice.config.ConfigProblem;
import sluice.config.ConfigResult;
import sluice.config.DurationText;
import sluice.config.InvalidValueException;
import sluice.config.ListenAddress;
import sluice.config.PoolUrl;
import sluice.config.UserPattern;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

/** What operators write: a valid configuration, or problems that each have a place. */
final class ConfigTargets {
    private static final ConfigParser.Secrets NO_FILES = new ConfigParser.Secrets() {
        @Override
        public AuthoritySecretKey read(Path keyFile) throws IOException {
            throw new NoSuchFileException(keyFile.toString());
        }

        @Override
        public boolean isReadable(Path anyFile) {
            return true;
        }

        @Override
        public boolean isOpenToOthers(Path anyFile) {
            return false;
        }
    };

    private ConfigTargets() {}

    static void file(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        switch (ConfigParser.parse(text, Path.of("/etc/sluice/sluice.toml"), Map.of(), NO_FILES)) {
            case ConfigResult.Loaded loaded -> {
                assertThat(loaded.config().toString()).isNotEmpty();
                havePlaces(loaded.warnings(), text);
            }
            case ConfigResult.Invalid invalid -> havePlaces(invalid.problems(), text);
        }
    }

    private static void havePlaces(List<ConfigProblem> problems, String text) {
        // An end of line at the end begins one more line, where a parser that expected more complains.
        long lines = text.chars().filter(c -> c == '\n' || c == '\r').count() + 1;
        for (ConfigProblem problem : problems) {
            assertThat(problem.origin()).isInstanceOf(ConfigProblem.Line.class);
            ConfigProblem.Line place = (ConfigProblem.Line) problem.origin();
            assertThat((long) place.line()).as("%s", problem).isBetween(1L, lines);
            assertThat(place.column()).as("%s", problem).isPositive();
            assertThat(problem.wrong()).isNotBlank();
            assertThat(problem.right()).isNotBlank();
            assertThat(problem.describe("sluice.toml").chars())
                    .as("a problem is one line of text: %s", problem)
                    .noneMatch(Character::isISOControl);
        }
    }

    /** The first byte says what kind of value the text is. */
    static void value(byte[] input) {
        FuzzInput bytes = new FuzzInput(input);
        int kind = bytes.below(5);
        String text = bytes.restAsText();
        try {
            switch (kind) {
                case 0 -> {
                    PoolUrl url = PoolUrl.parse(text);
                    assertThat(url.port()).isBetween(1, 65_535);
                    url.authorityKey().ifPresent(key -> assertThat(key.text()).isNotEmpty());
                }
                case 1 -> {
                    ListenAddress address = ListenAddress.parse(text);
                    assertThat(ListenAddress.parse(address.toString())).isEqualTo(address);
                }
                case 2 -> {
                    AddressRange range = AddressRange.parse(text);
                    assertThat(AddressRange.parse(range.toString())).isEqualTo(range);
                    assertThat(range.contains(range.network())).isTrue();
                    assertThat(range.contains(InetAddress.ofLiteral("::ffff:10.0.0.1")))
                            .isEqualTo(range.contains(InetAddress.ofLiteral("10.0.0.1")));
                }
                case 3 -> {
                    UserPattern pattern = UserPattern.parse(text);
                    boolean literal = text.indexOf('*') < 0 && text.indexOf('?') < 0;
                    assertThat(pattern.matches(text) || !literal).isTrue();
                    assertThat(UserPattern.parse("*").matches(text)).isTrue();
                }
                default ->
                    assertThat(DurationText.parse(DurationText.format(DurationText.parse(text))))
                            .isEqualTo(DurationText.parse(text));
            }
        } catch (InvalidValueException problem) {
            assertThat(problem.wrong()).isNotBlank();
            assertThat(problem.right()).isNotBlank();
        }
    }
}
