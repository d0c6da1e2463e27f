package sluice.config;

import java.util.List;
import java.util.Optional;

/**
 * Reads pools that are not in the operator's file, but hold beside the rest of it: the same tables and keys, the same
 * mistakes. An upstream may be without a name here, and is called by its URL then, as the one of {@code pool_url} is.
 */
public final class PoolsReader {
    private PoolsReader() {}

    /** @param beside what the pools are to be run with: its listeners, its template sources, and whether it mines solo */
    public static PoolsResult read(String text, GatewayConfig beside) {
        return read(new ConfigDocument(text), beside);
    }

    /** @param document of which the tables about pools were not read yet, and all else was */
    static PoolsResult read(ConfigDocument document, GatewayConfig beside) {
        Names listeners = new Names("listener");
        beside.listeners().forEach(listener -> listeners.add(listener.name(), "a [[listener]]"));
        boolean solo = beside.routing().solo().isPresent();
        RoutingReader reader = RoutingReader.ofPoolsAlone(
                document, listeners, !beside.templateSources().isEmpty());
        reader.read(Optional.empty(), false, solo);
        ConfigTable top = document.top();
        if (document.tables("upstream", RoutingConfig.MAX_UPSTREAMS).isEmpty() && !solo) {
            top.missing("upstream", "list at least one pool");
        }
        List<ConfigProblem> problems = document.problems();
        return problems.isEmpty()
                ? new PoolsResult.Valid(reader.config(beside.routing().solo()), document.warnings())
                : new PoolsResult.Invalid(problems);
    }
}
