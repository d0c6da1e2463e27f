package sluice.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import sluice.config.ConfigDocument.Found;
import sluice.config.NodeSourceConfig.Access;
import sluice.protocol.bitcoin.Descriptor;
import sluice.protocol.bitcoin.Network;
import sluice.protocol.sv2.noise.AuthorityKey;

/** Reads where templates come from, and whom blocks on them pay. */
final class TemplateReader {
    private static final String URL_RIGHT =
            "write url = \"" + NodeSourceConfig.FORM + "\" for a node, or \"" + PoolUrl.FORM + "\" for a provider";

    private final ConfigDocument document;
    private final BiFunction<ConfigTable, String, Optional<Found<Path>>> paths;
    private final Names names = new Names("template_source");
    private final List<ConfigTable> tables;

    /** @param paths reads a path from a key of a table */
    TemplateReader(ConfigDocument document, BiFunction<ConfigTable, String, Optional<Found<Path>>> paths) {
        this.document = document;
        this.paths = paths;
        this.tables = document.tables("template_source", TemplateSourceConfig.MAX_SOURCES);
    }

    /** Whether solo mining was asked for, be it in words that mean nothing. */
    boolean isSolo() {
        return document.isPresent("solo");
    }

    /** Whether there is a place that templates come from, be it in words that mean nothing. */
    boolean hasSources() {
        return !tables.isEmpty();
    }

    Optional<SoloConfig> solo() {
        ConfigTable table = document.table("solo");
        Network network = table.parsed(
                        "network", SoloConfig::parseNetwork, "write the name of a network, such as \"mainnet\"")
                .map(Found::value)
                .orElse(Network.MAINNET);
        Optional<Descriptor> payout = table.parsed(
                        "payout", text -> SoloConfig.parsePayout(text, network), "write an address in quotes")
                .map(Found::value);
        String tag = table.parsed("tag", SoloConfig::requireTag, "write a text in quotes")
                .map(Found::value)
                .orElse(SoloConfig.DEFAULT_TAG);
        if (isSolo() && !table.isPresent("payout")) {
            table.missing("payout", "write payout = \"...\", the address that a block of yours is to pay");
        }
        if (isSolo() && tables.isEmpty()) {
            table.consequence(
                    "payout",
                    table.header(),
                    "needs a [[template_source]], and there is none",
                    "write the node that blocks are made on as a [[template_source]] with a name and a url",
                    "template_source");
        }
        return payout.flatMap(found -> table.accept(
                "payout",
                new Found<>(found, table.lineOf("payout")),
                descriptor -> new SoloConfig(descriptor, network, tag)));
    }

    List<TemplateSourceConfig> sources() {
        List<TemplateSourceConfig> sources = new ArrayList<>();
        for (ConfigTable table : tables) {
            Optional<String> name = names.declare(table);
            Optional<Found<String>> url = table.text("url");
            if (!table.isPresent("url")) {
                table.missing("url", URL_RIGHT);
            }
            Source source = new Source(
                    table.parsed(
                            "user",
                            text -> PoolConfig.requirePrintable(text, NodeSourceConfig.MAX_USER_BYTES),
                            "write a user name in quotes"),
                    table.parsed(
                            "password",
                            text -> PoolConfig.requirePrintable(text, NodeSourceConfig.MAX_PASSWORD_BYTES),
                            "write a password in quotes"),
                    paths.apply(table, "cookie_file"),
                    table.parsed("zmq_hashblock", NodeSourceConfig::parseZmq, "write it as a text in quotes"));
            if (url.isPresent()) {
                read(table, name, url.get(), source).ifPresent(sources::add);
            }
        }
        return sources;
    }

    /** What stands beside the URL of a source. */
    private record Source(
            Optional<Found<String>> user,
            Optional<Found<String>> password,
            Optional<Found<Path>> cookie,
            Optional<Found<String>> zmq) {}

    private static Optional<TemplateSourceConfig> read(
            ConfigTable table, Optional<String> name, Found<String> url, Source source) {
        String lower = url.value().toLowerCase(Locale.ROOT);
        if (lower.startsWith("http://") || lower.startsWith("https://")) {
            Optional<URI> address = table.accept("url", url, NodeSourceConfig::parseUrl);
            Optional<Access> access = access(table, source);
            return name.isPresent() && address.isPresent() && access.isPresent()
                    ? Optional.of(new NodeSourceConfig(
                            name.get(),
                            address.get(),
                            access.get(),
                            source.zmq().map(Found::value)))
                    : Optional.empty();
        }
        for (String key : List.of("user", "password", "cookie_file", "zmq_hashblock")) {
            table.refuse(key, "stands beside an SV2 provider, and is for nodes only", "remove it");
        }
        Optional<Sv2PoolAddress> provider = table.accept("url", url, TemplateReader::provider);
        return name.isPresent() && provider.isPresent()
                ? Optional.of(new ProviderSourceConfig(name.get(), provider.get()))
                : Optional.empty();
    }

    private static Optional<Access> access(ConfigTable table, Source source) {
        boolean cookie = table.isPresent("cookie_file");
        boolean password = table.isPresent("user") || table.isPresent("password");
        if (cookie && password) {
            table.problem(
                    "cookie_file",
                    table.lineOf("cookie_file"),
                    "stands beside user or password",
                    "keep the cookie file, or the two others");
            return Optional.empty();
        }
        if (cookie) {
            return source.cookie().map(found -> new Access.Cookie(found.value()));
        }
        for (String key : List.of("user", "password")) {
            if (!table.isPresent(key)) {
                table.missing(
                        key, "write user and password as the node's rpcauth has them, or cookie_file", "cookie_file");
            }
        }
        return source.user().isPresent() && source.password().isPresent()
                ? Optional.of(new Access.Password(
                        source.user().get().value(), source.password().get().value()))
                : Optional.empty();
    }

    private static Sv2PoolAddress provider(String text) {
        PoolUrl url;
        try {
            url = PoolUrl.parse(text, "user");
        } catch (InvalidValueException e) {
            throw new InvalidValueException(e.wrong(), URL_RIGHT.replace("write url = ", "write "));
        }
        if (url.scheme() != PoolUrl.Scheme.STRATUM2_TCP) {
            throw new InvalidValueException("is a pool's, and pools have no templates", URL_RIGHT);
        }
        Optional<AuthorityKey> key = url.authorityKey();
        if (key.isEmpty()) {
            throw new InvalidValueException(
                    "has no authority key, so anyone on the way could choose what is mined", "write " + PoolUrl.FORM);
        }
        return new Sv2PoolAddress(url.host(), url.port(), key);
    }
}
