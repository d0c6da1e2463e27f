package sluice.config;

/**
 * A pool that speaks SV1: JSON lines over TCP.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param encrypted the lines go through TLS, whose certificate must name {@code host}
 */
public record Sv1PoolAddress(String host, int port, boolean encrypted) implements PoolAddress {

    public Sv1PoolAddress {
        HostPort.requireHost(host);
        HostPort.PORT.require(port);
    }

    @Override
    public String url() {
        PoolUrl.Scheme scheme = encrypted ? PoolUrl.Scheme.STRATUM_SSL : PoolUrl.Scheme.STRATUM_TCP;
        return scheme.text() + "://" + HostPort.text(host, port);
    }

    @Override
    public String toString() {
        return url();
    }
}
