package sluice.proxy.netty;

import java.net.InetSocketAddress;
import java.util.Optional;
import sluice.protocol.Bytes;

/**
 * Where clients of a gateway connect that are no miners.
 *
 * @param templates clients that get our templates
 * @param declarations clients that declare the jobs that they mine here
 */
public record ClientPorts(Optional<InetSocketAddress> templates, Optional<Declarations> declarations) {
    /** Miners only. */
    public static final ClientPorts NONE = new ClientPorts(Optional.empty(), Optional.empty());

    /** @param payoutScript output script that every declared job pays */
    public record Declarations(InetSocketAddress listen, Bytes payoutScript) {}
}
