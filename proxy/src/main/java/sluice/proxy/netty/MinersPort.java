package sluice.proxy.netty;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import sluice.config.AddressFilter;
import sluice.config.AddressRange;
import sluice.config.TlsFiles;

/**
 * Where miners connect.
 *
 * @param name what pins call it
 * @param listen port 0 takes a free one
 * @param filter from where it takes connections, to begin with
 * @param tls what it speaks TLS with; empty: it speaks none
 * @param proxies load balancers that say in front of each connection whose it is; empty: miners connect themselves
 */
public record MinersPort(
        String name,
        InetSocketAddress listen,
        AddressFilter filter,
        Optional<TlsFiles> tls,
        List<AddressRange> proxies) {
    public static final String DEFAULT_NAME = "default";

    public MinersPort {
        proxies = List.copyOf(proxies);
    }

    /** For everybody, in plain text and without a load balancer. */
    public MinersPort(String name, InetSocketAddress listen) {
        this(name, listen, AddressFilter.NONE, Optional.empty(), List.of());
    }
}
