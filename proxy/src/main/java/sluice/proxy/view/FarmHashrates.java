package sluice.proxy.view;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * How fast everybody mines, as far as accepted shares show it.
 *
 * @param at when that is
 * @param gateway all miners together
 * @param listeners by the name of the port that miners come in by
 * @param upstreams by name, from what each has accepted
 * @param workers by user identity, over all connections and also when none is left
 * @param miners each user identity of each connection, those that were active last at the end
 */
public record FarmHashrates(
        Instant at,
        Hashrates gateway,
        Map<String, Hashrates> listeners,
        Map<String, Hashrates> upstreams,
        Map<String, Hashrates> workers,
        List<Miner> miners) {

    public FarmHashrates {
        listeners = Map.copyOf(listeners);
        upstreams = Map.copyOf(upstreams);
        workers = Map.copyOf(workers);
        miners = List.copyOf(miners);
    }

    /** One user identity of one connection. */
    public record Miner(long connectionId, String listener, String userIdentity, Hashrates hashrates) {}
}
