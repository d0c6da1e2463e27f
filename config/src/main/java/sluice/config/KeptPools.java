package sluice.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import sluice.config.ConfigProblem.AnotherFile;
import sluice.config.ConfigResult.Loaded;

/**
 * The pools that came by the API, in a file of our own that outlives the process. They hold in the place of those in the
 * operator's file for as long as that says what it said when they came: who edits the file means it. Blocks its thread.
 */
public final class KeptPools {
    private static final String DIRECTORY = "api";
    private static final String FILE = "pools.toml";
    private static final String DRAFT = FILE + ".new";
    private static final String ASIDE = "pools.replaced.toml";
    private static final String REPLACES = "replaces";

    private final Path file;

    private KeptPools(Path file) {
        this.file = file;
    }

    public static KeptPools in(Path dataDirectory) {
        return new KeptPools(dataDirectory.resolve(DIRECTORY).resolve(FILE));
    }

    /** How the kept pools stand to an operator's file. */
    public sealed interface Standing {
        record Absent() implements Standing {}

        /** They hold. */
        record InForce(RoutingConfig routing) implements Standing {}

        /** The operator's file holds, because of what {@code why} says. */
        record Overruled(String why) implements Standing {}
    }

    public Path file() {
        return file;
    }

    public Standing standingBeside(GatewayConfig operators) {
        String text;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(ConfigLoader.MAX_FILE_BYTES + 1);
            if (bytes.length > ConfigLoader.MAX_FILE_BYTES) {
                return new Standing.Overruled("the kept ones are larger than 1 MiB");
            }
            text = new String(bytes, StandardCharsets.UTF_8);
        } catch (NoSuchFileException none) {
            return new Standing.Absent();
        } catch (IOException e) {
            return new Standing.Overruled("the kept ones cannot be read (" + e + ")");
        }
        ConfigDocument document = new ConfigDocument(text);
        String replaced =
                document.top().text(REPLACES).map(ConfigDocument.Found::value).orElse("");
        if (!replaced.equals(PoolsText.fingerprint(operators.routing()))) {
            return new Standing.Overruled("the configuration file has other pools than those that the API replaced");
        }
        return switch (PoolsReader.read(document, operators)) {
            case PoolsResult.Valid(var routing, var warnings) -> new Standing.InForce(routing);
            case PoolsResult.Invalid(var problems) ->
                new Standing.Overruled("the kept ones do not go with the configuration file: "
                        + problems.stream().map(ConfigProblem::describeAlone).collect(Collectors.joining("; ")));
        };
    }

    /** The operator's file with the kept pools in the place of its own where they hold; a warning says so either way. */
    public Loaded over(Loaded operators) {
        GatewayConfig config = operators.config();
        return switch (standingBeside(config)) {
            case Standing.Absent() -> operators;
            case Standing.InForce(RoutingConfig routing) ->
                new Loaded(
                        config.withRouting(routing),
                        with(
                                operators.warnings(),
                                "holds pools that came by the API, and they are used in place of the configuration file's",
                                "to go back, change the pools in the configuration file, or remove this one"));
            case Standing.Overruled(String why) ->
                new Loaded(
                        config,
                        with(
                                operators.warnings(),
                                "holds pools that came by the API, and they are not used: " + why,
                                "send them again by the API, or remove this file"));
        };
    }

    private List<ConfigProblem> with(List<ConfigProblem> warnings, String wrong, String right) {
        List<ConfigProblem> all = new ArrayList<>(warnings);
        all.add(new ConfigProblem(new AnotherFile(file.toString()), "", wrong, right));
        return all;
    }

    /**
     * Writes {@code routing} to the disk, but not yet into its place: what cannot be written down is not begun.
     *
     * @param operators the file as it was read last, whose pools are replaced
     */
    public Draft write(RoutingConfig routing, GatewayConfig operators) throws IOException {
        Path directory = file.getParent();
        AuthorityKeyFile.createDirectories(directory);
        ConfigText text = new ConfigText()
                .remark("Written by Sluice: the pools that came by its API. They are used in place of those in the")
                .remark("configuration file, for as long as its pools are the ones that these replaced.")
                .key(REPLACES, PoolsText.fingerprint(operators.routing()));
        PoolsText.write(routing, text);
        Path draft = directory.resolve(DRAFT);
        Files.deleteIfExists(draft);
        try (FileChannel out = FileChannel.open(
                draft,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                AuthorityKeyFile.ownerOnly(directory))) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        return new Draft(draft, file);
    }

    /** Pools on the disk that nobody would find after a crash. */
    public static final class Draft {
        private final Path draft;
        private final Path file;

        private Draft(Path draft, Path file) {
            this.draft = draft;
            this.file = file;
        }

        /** From now on a start finds these and no others. */
        public void keep() throws IOException {
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            force(file.getParent());
        }

        public void discard() throws IOException {
            Files.deleteIfExists(draft);
        }
    }

    /** The operator's file holds from now on, whatever it says later. What was kept stays beside it for people. */
    public void setAside() throws IOException {
        Path aside = file.resolveSibling(ASIDE);
        try {
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            force(file.getParent());
        } catch (NoSuchFileException none) {
            return;
        }
    }

    // A name that was not forced to the disk may be the one before after a power cut.
    private static void force(Path directory) throws IOException {
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
    }
}
