package sluice.interop;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** A program of somebody else's: where it is looked for, and how to get it. */
enum ReferenceProgram {
    TRANSLATOR("translator_sv2", "cargo install --locked translator_sv2"),
    POOL("pool_sv2", "cargo install --locked pool_sv2 (on Debian this needs the packages capnproto and libcapnp-dev)"),
    JD_CLIENT(
            "jd_client_sv2",
            "cargo install --locked jd_client_sv2 (on Debian this needs the packages capnproto and libcapnp-dev)"),
    MINING_DEVICE(
            "mining_device",
            "cargo install --locked integration_tests_sv2 --bin mining_device"
                    + " (on Debian this needs the packages capnproto and libcapnp-dev)"),
    /** A node, by its launcher. */
    BCOIN("bcoin-node", ".ci/get-bcoin DIRECTORY (this needs Node.js and npm)"),
    /** What MiningOS's workers run in. */
    NODE_JS("node", "Node.js 20 or later, from https://nodejs.org"),
    /** A worker of MiningOS, by the class that asks gateways. */
    MININGOS_WORKER(
            "miningos-wrk-datum/workers/lib/datum.minerpool.api.js",
            "https://github.com/Retropex/miningos-wrk-datum with what its package.json needs");

    /** Names a directory that is searched before any other. */
    static final String DIRECTORY_VARIABLE = "SLUICE_INTEROP_BIN";

    private final String binary;
    private final String howToGet;

    ReferenceProgram(String binary, String howToGet) {
        this.binary = binary;
        this.howToGet = howToGet;
    }

    String binary() {
        return binary;
    }

    /** The program's file. Skips the test, and says how to get the program, where there is none. */
    Path require() {
        Optional<Path> found = find(System.getenv(DIRECTORY_VARIABLE), System.getenv("PATH"));
        if (found.isEmpty()) {
            System.out.println("SKIPPED: " + howToGet());
            return Assumptions.abort(howToGet());
        }
        return found.get();
    }

    /** What to tell somebody who does not have it. */
    String howToGet() {
        return binary + " is missing. To get it: " + howToGet
                + ". It is looked for in the directory that " + DIRECTORY_VARIABLE
                + " names, along PATH and in ~/.cargo/bin.";
    }

    /** Either argument may be null: the variable is not set. */
    Optional<Path> find(String directory, String path) {
        List<String> places = new ArrayList<>();
        if (directory != null) {
            places.add(directory);
        }
        if (path != null) {
            places.addAll(List.of(path.split(File.pathSeparator)));
        }
        places.add(System.getProperty("user.home") + "/.cargo/bin");
        return places.stream().flatMap(place -> inDirectory(place).stream()).findFirst();
    }

    /** Another program runs it. */
    private boolean isScript() {
        return binary.endsWith(".js");
    }

    private Optional<Path> inDirectory(String directory) {
        try {
            Path file = Path.of(directory).resolve(binary).toAbsolutePath();
            boolean usable = isScript() ? Files.isReadable(file) : Files.isExecutable(file);
            return usable && Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
        } catch (InvalidPathException unusable) {
            return Optional.empty();
        }
    }
}
