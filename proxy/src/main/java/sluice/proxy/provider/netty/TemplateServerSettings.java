package sluice.proxy.provider.netty;

import java.net.InetSocketAddress;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

/**
 * What a template server is, apart from where its templates come from.
 *
 * @param listen where clients connect
 * @param authority signs the certificate that clients see
 * @param maxClients connections at a time; one more is closed at once
 */
public record TemplateServerSettings(InetSocketAddress listen, AuthoritySecretKey authority, int maxClients) {
    /** Where nobody says otherwise: pools and job declarators are few. */
    public static final int DEFAULT_MAX_CLIENTS = 64;

    public TemplateServerSettings {
        if (maxClients < 1) {
            throw new IllegalArgumentException("a template server for " + maxClients + " clients");
        }
    }
}
