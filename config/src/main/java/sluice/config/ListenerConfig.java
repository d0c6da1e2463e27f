package sluice.config;

import java.util.List;
import java.util.Optional;

/**
 * A port for miners of both protocols.
 *
 * @param filter from where it takes connections
 * @param tls what it speaks TLS with; empty: it speaks none
 * @param proxies load balancers, each of which says in front of a connection whose it is (PROXY protocol); empty: miners
 *     connect themselves
 */
public record ListenerConfig(
        String name, ListenAddress address, AddressFilter filter, Optional<TlsFiles> tls, List<AddressRange> proxies) {

    /** Of one gateway, the default one among them. */
    public static final int MAX_LISTENERS = 8;

    /** Ranges of load balancers of one listener. */
    public static final int MAX_PROXIES = 64;

    /** The name of {@code stratum_v2.listen_addr}. */
    public static final String DEFAULT_NAME = "default";

    public ListenerConfig {
        EntryName.require(name);
        if (proxies.size() > MAX_PROXIES) {
            throw new IllegalArgumentException("listener " + name + " has more than " + MAX_PROXIES + " proxies");
        }
        proxies = List.copyOf(proxies);
    }

    /** For everybody, in plain text and without a load balancer. */
    public ListenerConfig(String name, ListenAddress address) {
        this(name, address, AddressFilter.NONE, Optional.empty(), List.of());
    }

    public ListenerConfig withFilter(AddressFilter other) {
        return new ListenerConfig(name, address, other, tls, proxies);
    }
}
