package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.upstream;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.ConfigResult.Loaded;
import sluice.config.KeptPools.Standing;

class KeptPoolsTest {
    private static final GatewayConfig OPERATORS = load(upstream("main"));
    private static final RoutingConfig BY_API = load(upstream("other")).routing();

    @TempDir
    private Path home;

    private KeptPools kept;

    @BeforeEach
    void open() {
        kept = KeptPools.in(home);
    }

    @Test
    void whatWasKeptHoldsInPlaceOfTheFilesPools() throws IOException {
        keep(BY_API);

        Loaded loaded = over(OPERATORS);
        assertThat(loaded.config()).isEqualTo(OPERATORS.withRouting(BY_API));
        assertThat(described(loaded))
                .containsExactly(kept.file()
                        + ": holds pools that came by the API, and they are used in place of the configuration"
                        + " file's; to go back, change the pools in the configuration file, or remove this one");
    }

    @Test
    void whatElseTheFileSaysHoldsBesideIt() throws IOException {
        keep(BY_API);
        GatewayConfig edited = load(upstream("main") + "[vardiff]\nshares_per_minute = 20\n");

        assertThat(over(edited).config()).isEqualTo(edited.withRouting(BY_API));
    }

    @Test
    void whoEditsThePoolsOfTheFileMeansIt() throws IOException {
        keep(BY_API);
        GatewayConfig edited = load(upstream("main") + upstream("third"));

        assertThat(over(edited).config()).isEqualTo(edited);
        assertThat(described(over(edited)))
                .containsExactly(kept.file()
                        + ": holds pools that came by the API, and they are not used: the configuration file has other"
                        + " pools than those that the API replaced; send them again by the API, or remove this file");
    }

    @Test
    void poolsThatDoNotGoWithTheFileAnyMoreAreNotUsed() throws IOException {
        GatewayConfig twoPorts =
                load(upstream("main") + "[[listener]]\nname = \"lan2\"\nlisten_addr = \"127.0.0.1:3334\"\n");
        RoutingConfig pinned = load(upstream("other")
                        + "[[listener]]\nname = \"lan2\"\nlisten_addr = \"127.0.0.1:3334\"\n"
                        + "[[pin]]\ngoal = \"default\"\nlisteners = [\"lan2\"]\n")
                .routing();
        kept.write(pinned, twoPorts).keep();

        assertThat(kept.standingBeside(twoPorts)).isEqualTo(new Standing.InForce(pinned));
        assertThat(kept.standingBeside(OPERATORS))
                .isEqualTo(new Standing.Overruled("the kept ones do not go with the configuration file:"
                        + " pin[1].listeners names the listener \"lan2\", which does not exist; known are default"));
    }

    @Test
    void aDraftIsNothingUntilItIsKept() throws IOException {
        keep(BY_API);
        kept.write(load(upstream("third")).routing(), OPERATORS);

        assertThat(KeptPools.in(home).standingBeside(OPERATORS)).isEqualTo(new Standing.InForce(BY_API));
    }

    @Test
    void whatWasSetAsideDoesNotComeBackWithTheOldFile() throws IOException {
        keep(BY_API);
        kept.setAside();
        kept.setAside();

        assertThat(kept.standingBeside(OPERATORS)).isEqualTo(new Standing.Absent());
        assertThat(kept.file().resolveSibling("pools.replaced.toml")).exists();
    }

    @Test
    void nobodyElseMayReadIt() throws IOException {
        keep(BY_API);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept.file())))
                .isEqualTo("rw-------");
    }

    @Test
    void whatIsNoSuchFileIsNotUsed() throws IOException {
        keep(BY_API);
        Files.writeString(kept.file(), Files.readString(kept.file()) + "[[");
        assertThat(kept.standingBeside(OPERATORS)).isInstanceOf(Standing.Overruled.class);

        Files.writeString(kept.file(), "#".repeat(ConfigLoader.MAX_FILE_BYTES + 1));
        assertThat(kept.standingBeside(OPERATORS))
                .isEqualTo(new Standing.Overruled("the kept ones are larger than 1 MiB"));
    }

    private void keep(RoutingConfig routing) throws IOException {
        kept.write(routing, OPERATORS).keep();
    }

    private Loaded over(GatewayConfig operators) {
        return kept.over(new Loaded(operators, List.of()));
    }

    private static List<String> described(Loaded loaded) {
        return loaded.warnings().stream().map(warning -> warning.describe("f")).toList();
    }
}
