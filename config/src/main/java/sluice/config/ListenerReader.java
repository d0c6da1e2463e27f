package sluice.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import sluice.config.ConfigDocument.Found;

/** Reads where miners connect: {@code stratum_v2.listen_addr}, and {@code [[listener]]} tables. */
final class ListenerReader {
    private static final String ADDRESS = "write listen_addr = \"0.0.0.0:3334\", or another address";
    private static final String RANGES = "write a list such as [\"10.0.1.0/24\"]";

    private final ConfigDocument document;
    private final ConfigTable gateway;
    private final Names names;
    private final TlsReader tls;
    private final List<ListenerConfig> listeners = new ArrayList<>();

    /**
     * @param gateway the table of {@code listen_addr}
     * @param paths reads a key of a table that is a path
     */
    ListenerReader(
            ConfigDocument document,
            ConfigTable gateway,
            Names names,
            BiFunction<ConfigTable, String, Optional<Found<Path>>> paths,
            Predicate<Path> isReadable) {
        this.document = document;
        this.gateway = gateway;
        this.names = names;
        this.tls = new TlsReader(paths, isReadable);
    }

    /**
     * All listeners, the default one first.
     *
     * @param listenAddress {@code stratum_v2.listen_addr}, where it is written or replaced
     */
    List<ListenerConfig> read(Optional<Found<String>> listenAddress) {
        ListenAddress first = listenAddress
                .flatMap(found -> gateway.accept("listen_addr", found, ListenAddress::parse))
                .orElse(ListenAddress.DEFAULT);
        listeners.add(new ListenerConfig(ListenerConfig.DEFAULT_NAME, first));
        List<ConfigTable> tables = document.tables("listener", ListenerConfig.MAX_LISTENERS);
        boolean configuresDefault = tables.stream().anyMatch(ListenerReader::isDefault);
        if (!configuresDefault) {
            names.add(ListenerConfig.DEFAULT_NAME, "stratum_v2.listen_addr");
            if (tables.size() == ListenerConfig.MAX_LISTENERS) {
                document.problem(new ConfigProblem(
                        tables.getLast().header(),
                        "listener",
                        "stands here for the " + tables.size() + "th time",
                        "write at most " + (tables.size() - 1)));
                tables = tables.subList(0, tables.size() - 1);
            }
        }
        // The default port's address has to be known before any other can be held against it.
        tables.stream().filter(ListenerReader::isDefault).limit(1).forEach(table -> readDefault(table, listenAddress));
        boolean defaultSeen = false;
        for (ConfigTable table : tables) {
            if (isDefault(table) && !defaultSeen) {
                defaultSeen = true;
            } else {
                readOther(table);
            }
        }
        return listeners;
    }

    private static boolean isDefault(ConfigTable table) {
        return table.written("name").filter(ListenerConfig.DEFAULT_NAME::equals).isPresent();
    }

    private void readDefault(ConfigTable table, Optional<Found<String>> listenAddress) {
        names.declare(table);
        Optional<Found<ListenAddress>> here = table.parsed("listen_addr", ListenAddress::parse, ADDRESS);
        if (listenAddress.isPresent() && table.isPresent("listen_addr")) {
            table.problem(
                    "listen_addr",
                    table.lineOf("listen_addr"),
                    "stands beside stratum_v2.listen_addr",
                    "keep one of the two");
        }
        ListenAddress address =
                here.map(Found::value).orElse(listeners.getFirst().address());
        listeners.set(0, withOptions(table, ListenerConfig.DEFAULT_NAME, address));
    }

    private void readOther(ConfigTable table) {
        Optional<String> name = names.declare(table);
        Optional<Found<ListenAddress>> address = table.parsed("listen_addr", ListenAddress::parse, ADDRESS);
        if (!table.isPresent("listen_addr")) {
            table.missing("listen_addr", ADDRESS);
        }
        address.ifPresent(found -> refuseRepetition(table, found));
        ListenerConfig listener = withOptions(
                table,
                name.orElse(ListenerConfig.DEFAULT_NAME),
                address.map(Found::value).orElse(ListenAddress.DEFAULT));
        if (name.isPresent() && address.isPresent()) {
            listeners.add(listener);
        }
    }

    private void refuseRepetition(ConfigTable table, Found<ListenAddress> address) {
        // Port 0 takes another free port each time.
        listeners.stream()
                .filter(other -> other.address().equals(address.value())
                        && other.address().port() != 0)
                .findFirst()
                .ifPresent(other -> table.problem(
                        "listen_addr",
                        address.origin(),
                        "is the address of the listener " + other.name() + ", too",
                        "give each listener an address of its own"));
    }

    private ListenerConfig withOptions(ConfigTable table, String name, ListenAddress address) {
        AddressFilter filter = new AddressFilter(
                table.parsedEach("allow", AddressFilter.MAX_ENTRIES, AddressRange::parse, RANGES),
                table.parsedEach("deny", AddressFilter.MAX_ENTRIES, AddressRange::parse, RANGES));
        return new ListenerConfig(name, address, filter, tls.read(table), proxies(table));
    }

    private List<AddressRange> proxies(ConfigTable table) {
        boolean enabled = table.bool("proxy_protocol", false);
        List<AddressRange> proxies =
                table.parsedEach("proxies", ListenerConfig.MAX_PROXIES, AddressRange::parse, RANGES);
        if (enabled && !table.isPresent("proxies")) {
            table.missing("proxies", "write the addresses of the load balancers, such as proxies = [\"10.0.0.2\"]");
        } else if (!enabled && table.isPresent("proxies")) {
            table.problem(
                    "proxies",
                    table.lineOf("proxies"),
                    "stands without proxy_protocol = true",
                    "write proxy_protocol = true, or remove it");
        }
        return enabled ? proxies : List.of();
    }
}
