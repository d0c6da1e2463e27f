package sluice.config;

import java.util.Optional;
import sluice.protocol.sv2.noise.AuthorityKey;

/**
 * A pool that speaks SV2 over Noise.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param authorityKey the pool's certificate must be signed by it; empty: the operator chose not to check who answers
 */
public record Sv2PoolAddress(String host, int port, Optional<AuthorityKey> authorityKey) implements PoolAddress {

    public Sv2PoolAddress {
        HostPort.requireHost(host);
        HostPort.PORT.require(port);
    }

    @Override
    public String url() {
        return "stratum2+tcp://" + HostPort.text(host, port)
                + authorityKey.map(key -> "/" + key.text()).orElse("");
    }

    @Override
    public String toString() {
        return url();
    }
}
