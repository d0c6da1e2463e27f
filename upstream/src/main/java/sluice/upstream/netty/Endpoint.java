package sluice.upstream.netty;

/** Where to dial; a pool may name another than the configured one (SV2 3.6.5). */
record Endpoint(String host, int port) {
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
