package sluice.proxy.netty;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import sluice.config.AddressRange;

/**
 * What a port needs to know.
 *
 * @param name what pins call it
 * @param listen port 0 takes a free one
 * @param proxies load balancers that say whose connection it is; empty: miners connect themselves
 * @param handshakeTimeout for telling protocols apart, and again for the Noise handshake
 */
record PortSettings(String name, InetSocketAddress listen, List<AddressRange> proxies, Duration handshakeTimeout) {
    boolean isBehindLoadBalancers() {
        return !proxies.isEmpty();
    }
}
