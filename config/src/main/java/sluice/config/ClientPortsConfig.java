package sluice.config;

import java.util.Optional;
import sluice.protocol.bitcoin.Descriptor;

/**
 * Where clients connect that are no miners.
 *
 * @param templates clients that get our templates
 * @param declarations clients that declare the jobs that they mine here
 */
public record ClientPortsConfig(Optional<ListenAddress> templates, Optional<Declarations> declarations) {
    /** Miners only. */
    public static final ClientPortsConfig NONE = new ClientPortsConfig(Optional.empty(), Optional.empty());

    /** @param payout what every declared job pays: that of solo mining */
    public record Declarations(ListenAddress listen, Descriptor payout) {}
}
