package sluice.endtoend.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import sluice.config.ConfigParser;
import sluice.config.ConfigResult;
import sluice.config.ProfileConfig;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

/** Profiles as an operator writes them. */
final class WrittenProfiles {
    private static final String FOR_ALL = """
            [stratum_v2]
            pool_url = "stratum+tcp://pool.example.com:3333"
            [[profile]]
            name = "all"
            users = ["*"]
            """;

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

    private WrittenProfiles() {}

    /** One profile for everybody with this setting. */
    static List<ProfileConfig> forAll(String setting) {
        ConfigResult result = ConfigParser.parse(FOR_ALL + setting + "\n", Path.of("sluice.toml"), Map.of(), NO_FILES);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        return ((ConfigResult.Loaded) result).config().profiles();
    }
}
