package sluice.proxy.mining.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import sluice.config.ConfigParser;
import sluice.config.ConfigResult;
import sluice.config.GatewayConfig;
import sluice.config.ProfileConfig;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

/** Profiles as an operator writes them. */
public final class ProfileTables {
    private static final String REST = """
            [stratum_v2]
            pool_url = "stratum+tcp://pool.example.com:3333"
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

    private ProfileTables() {}

    /** A book of these tables and {@code [vardiff]}, as it stands in a configuration. */
    public static ProfileBook book(String tables) {
        GatewayConfig config = config(tables);
        return new ProfileBook(config.vardiff(), config.profiles());
    }

    /** One profile for everybody with these lines. */
    public static List<ProfileConfig> forAll(String settings) {
        return config("[[profile]]\nname = \"all\"\nusers = [\"*\"]\n" + settings + "\n")
                .profiles();
    }

    private static GatewayConfig config(String tables) {
        ConfigResult result = ConfigParser.parse(REST + tables, Path.of("sluice.toml"), Map.of(), NO_FILES);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        return ((ConfigResult.Loaded) result).config();
    }
}
