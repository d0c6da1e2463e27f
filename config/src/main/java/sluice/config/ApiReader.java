package sluice.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import sluice.config.ConfigDocument.Found;

/** Reads where the API can be reached, and by whom. */
final class ApiReader {
    private static final String ADDRESS = "write listen_addr = \"127.0.0.1:7150\", or another address";
    private static final String SCOPES = "write scopes = [\"read\"], or \"operate\", or \"admin\"";

    private final ConfigTable table;
    private final List<ConfigTable> tokens;
    private final Names names = new Names("api_token");
    private final BiFunction<ConfigTable, String, Optional<Found<Path>>> paths;
    private final TlsReader tls;

    /** @param paths reads a key of a table that is a path */
    ApiReader(
            ConfigDocument document,
            BiFunction<ConfigTable, String, Optional<Found<Path>>> paths,
            Predicate<Path> isReadable) {
        this.table = document.table("api");
        this.tokens = document.tables("api_token", ApiConfig.MAX_TOKENS);
        this.paths = paths;
        this.tls = new TlsReader(paths, isReadable);
    }

    ApiConfig read() {
        Optional<Found<ListenAddress>> listen = table.parsed("listen_addr", ListenAddress::parse, ADDRESS);
        Optional<Path> socket = paths.apply(table, "unix_socket")
                .flatMap(found -> table.accept("unix_socket", found, ApiConfig::requireSocketPath));
        Optional<TlsFiles> files = tls.read(table);
        boolean encrypted = table.isPresent("tls_certificate") || table.isPresent("tls_key");
        if (encrypted && !table.isPresent("listen_addr")) {
            table.missing("listen_addr", ADDRESS);
        }
        boolean exposed = listen.isPresent()
                && !encrypted
                && !ApiConfig.isLoopback(listen.get().value());
        if (exposed) {
            table.problem(
                    "listen_addr",
                    listen.get().origin(),
                    "can be reached by others, and the API's tokens would pass in plain text",
                    "write 127.0.0.1, or tls_certificate and tls_key");
        }
        if (tokens.isEmpty() && (table.isPresent("listen_addr") || table.isPresent("unix_socket"))) {
            String key = table.isPresent("listen_addr") ? "listen_addr" : "unix_socket";
            table.warning(
                    key,
                    table.lineOf(key),
                    "is where nobody may ask anything, because there is no [[api_token]]",
                    "make one with sluice token");
        }
        List<ApiTokenConfig> callers = new ArrayList<>();
        tokens.forEach(token -> caller(token).ifPresent(callers::add));
        // Half of TLS is a problem of its own.
        boolean usable = !exposed && (files.isPresent() || !encrypted);
        return new ApiConfig(usable ? listen.map(Found::value) : Optional.empty(), socket, files, callers);
    }

    private Optional<ApiTokenConfig> caller(ConfigTable token) {
        Optional<String> name = names.declare(token);
        if (!token.isPresent("scopes")) {
            token.missing("scopes", SCOPES);
        }
        Optional<ApiScope> widest =
                token.parsedEach("scopes", ApiScope.values().length, ApiScope::parse, SCOPES).stream()
                        .max(Comparator.naturalOrder());
        if (!token.isPresent("sha256")) {
            token.missing("sha256", "write what sluice token prints");
        }
        Optional<String> sha256 = token.parsed("sha256", ApiTokenConfig::requireSha256, "write it as a text in quotes")
                .map(Found::value);
        return name.isPresent() && widest.isPresent() && sha256.isPresent()
                ? Optional.of(new ApiTokenConfig(name.get(), widest.get(), sha256.get()))
                : Optional.empty();
    }
}
