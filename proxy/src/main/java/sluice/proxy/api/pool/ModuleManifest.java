package sluice.proxy.api.pool;

import java.util.Arrays;
import java.util.List;
import sluice.config.EventType;
import sluice.proxy.api.Endpoint;
import sluice.proxy.event.NodeReport;

/**
 * What a host of modules wants to know of one, under the names of its module.toml.
 *
 * @param name as it stands there
 * @param capabilities what it asks of a node's own socket: nothing
 * @param methods that others may call at /module/v1/call/{name}
 */
public record ModuleManifest(
        String name,
        String version,
        String description,
        List<String> capabilities,
        List<Method> methods,
        Events events) {
    public static final String NAME = "blvm-stratum-v2";
    public static final String DESCRIPTION =
            "Stratum V2 gateway: miners of both protocols on one port, pools that are switched while they mine";

    /** @param scope that a caller's token needs */
    public record Method(String name, String scope, String summary) {}

    /**
     * Types of events.
     *
     * @param published at /api/v1/events and to webhooks
     * @param taken at /api/v1/events/node
     */
    public record Events(List<String> published, List<String> taken) {}

    /** @param methods each at a path whose last part is its name */
    static ModuleManifest of(String version, List<Endpoint> methods) {
        return new ModuleManifest(
                NAME,
                version,
                DESCRIPTION,
                List.of(),
                methods.stream().map(ModuleManifest::method).toList(),
                new Events(
                        EventType.names(),
                        Arrays.stream(NodeReport.class.getPermittedSubclasses())
                                .map(Class::getSimpleName)
                                .toList()));
    }

    private static Method method(Endpoint endpoint) {
        String path = endpoint.path().toString();
        return new Method(
                path.substring(path.lastIndexOf('/') + 1),
                endpoint.scope().orElseThrow().text(),
                endpoint.summary());
    }
}
