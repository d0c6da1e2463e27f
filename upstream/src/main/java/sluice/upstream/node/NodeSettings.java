package sluice.upstream.node;

import java.net.URI;
import java.util.Optional;

/**
 * A node, as the operator names it.
 *
 * @param name for logs and events
 * @param url of its JSON-RPC port, http or https
 * @param zmqHashblock where it publishes {@code hashblock}, {@code tcp://host:port}
 * @param proposal how a block of ours would look, where the node is to be asked whether it would take one
 */
public record NodeSettings(
        String name,
        URI url,
        NodeCredentials credentials,
        Optional<URI> zmqHashblock,
        Optional<NodeProposal> proposal) {
    /** Throws IllegalArgumentException for another scheme or no host. */
    public NodeSettings {
        String scheme = url.getScheme();
        if (!("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme)) || url.getHost() == null) {
            throw new IllegalArgumentException("a node's address is http://host:port or https://host:port, not " + url);
        }
        zmqHashblock.ifPresent(NodeSettings::requireZmq);
    }

    private static void requireZmq(URI endpoint) {
        if (!"tcp".equalsIgnoreCase(endpoint.getScheme()) || endpoint.getHost() == null || endpoint.getPort() < 1) {
            throw new IllegalArgumentException("a node publishes at tcp://host:port, not at " + endpoint);
        }
    }
}
