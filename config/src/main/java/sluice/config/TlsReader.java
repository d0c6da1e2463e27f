package sluice.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import sluice.config.ConfigDocument.Found;

/** Reads what a port speaks TLS with: two files, or none. */
final class TlsReader {
    private final BiFunction<ConfigTable, String, Optional<Found<Path>>> paths;
    private final Predicate<Path> isReadable;

    /** @param paths reads a key of a table that is a path */
    TlsReader(BiFunction<ConfigTable, String, Optional<Found<Path>>> paths, Predicate<Path> isReadable) {
        this.paths = paths;
        this.isReadable = isReadable;
    }

    Optional<TlsFiles> read(ConfigTable table) {
        Optional<Path> certificate = file(table, "tls_certificate");
        Optional<Path> key = file(table, "tls_key");
        requireBoth(table, "tls_certificate", "tls_key", "\"gateway.key\"");
        requireBoth(table, "tls_key", "tls_certificate", "\"gateway.crt\"");
        return certificate.flatMap(shown -> key.map(secret -> new TlsFiles(shown, secret)));
    }

    private Optional<Path> file(ConfigTable table, String name) {
        return paths.apply(table, name)
                .flatMap(found -> table.accept(name, found, path -> {
                    if (!isReadable.test(path)) {
                        throw new InvalidValueException(
                                "names " + path + ", which is not there or cannot be read",
                                "write the path of a PEM file that this user may read");
                    }
                    return path;
                }));
    }

    private static void requireBoth(ConfigTable table, String written, String other, String example) {
        if (table.isPresent(written) && !table.isPresent(other)) {
            table.missing(other, "write " + other + " = " + example + " beside " + written);
        }
    }
}
