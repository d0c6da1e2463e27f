package sluice.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import sluice.config.ConfigDocument.Found;

/** Reads where MiningOS's worker for DATUM gateways finds this one. */
final class MiningOsReader {
    private static final String ADDRESS = "write listen_addr = \"127.0.0.1:7152\", or another address";

    private final ConfigTable table;
    private final TlsReader tls;

    /** @param paths reads a key of a table that is a path */
    MiningOsReader(
            ConfigDocument document,
            BiFunction<ConfigTable, String, Optional<Found<Path>>> paths,
            Predicate<Path> isReadable) {
        this.table = document.table("miningos");
        this.tls = new TlsReader(paths, isReadable);
    }

    /** Empty where there is no such port. */
    Optional<MiningOsConfig> read() {
        Optional<Found<ListenAddress>> listen = table.parsed("listen_addr", ListenAddress::parse, ADDRESS);
        Optional<TlsFiles> files = tls.read(table);
        String user = table.parsed("user", MiningOsConfig::requireUser, "write a name in quotes")
                .map(Found::value)
                .orElse(MiningOsConfig.DEFAULT_USER);
        Optional<String> password = table.parsed(
                        "password", MiningOsConfig::requirePassword, "write a password in quotes")
                .map(Found::value);
        if (table.isWritten() && !table.isPresent("listen_addr")) {
            table.missing("listen_addr", ADDRESS);
        }
        boolean encrypted = table.isPresent("tls_certificate") || table.isPresent("tls_key");
        boolean exposed = listen.isPresent()
                && !encrypted
                && !ApiConfig.isLoopback(listen.get().value());
        if (exposed) {
            table.problem(
                    "listen_addr",
                    listen.get().origin(),
                    "can be reached by others, and all that is told of the farm would pass in plain text",
                    "write 127.0.0.1, or tls_certificate and tls_key");
        }
        // Half of TLS is a problem of its own.
        if (listen.isEmpty() || exposed || encrypted && files.isEmpty()) {
            return Optional.empty();
        }
        if (!table.isPresent("password")) {
            table.warning(
                    "listen_addr",
                    table.lineOf("listen_addr"),
                    "has neither miners nor configuration for anybody, because there is no password",
                    "write password = \"...\", and the same in the worker's config/datum.json");
        }
        return Optional.of(new MiningOsConfig(listen.get().value(), files, user, password));
    }
}
