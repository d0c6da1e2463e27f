package sluice.proxy.view;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import sluice.proxy.event.GatewayEvent;

/**
 * Keeps an estimate for each miner, worker, port and upstream, and for the whole. One that begins with a share does not
 * count that one: its time starts there. Confined to the view.
 */
final class HashrateBook {
    /** Miners, each a user identity of a connection; one more takes the place of the one that was silent longest. */
    static final int MAX_MINERS = 65_536;

    /** User identities, whether connected or not; likewise. */
    static final int MAX_WORKERS = 65_536;

    private static final String ALL = "all";

    // The only entry is that of all miners together.
    private final Map<String, HashrateEstimate> gateway = new HashMap<>();
    // As many as the gateway has ports.
    private final Map<String, HashrateEstimate> listeners = new HashMap<>();
    private final Map<String, HashrateEstimate> upstreams = new HashMap<>();
    private final Map<Long, Connection> connections = new HashMap<>();
    private final Map<String, HashrateEstimate> workers = new Latest<>(MAX_WORKERS, gone -> {});
    private final Map<MinerKey, HashrateEstimate> miners = new Latest<>(MAX_MINERS, this::forget);

    private record MinerKey(long connectionId, String userIdentity) {}

    /**
     * A connection that is open.
     *
     * @param userIdentities those that have an estimate
     */
    private record Connection(String listener, Set<String> userIdentities) {}

    /** Those that were active last. */
    private static final class Latest<K> extends LinkedHashMap<K, HashrateEstimate> {
        private static final long serialVersionUID = 1;

        private final int most;
        private final transient Consumer<K> onLeaving;

        Latest(int most, Consumer<K> onLeaving) {
            super(16, 0.75f, true);
            this.most = most;
            this.onLeaving = onLeaving;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, HashrateEstimate> eldest) {
            boolean leaves = size() > most;
            if (leaves) {
                onLeaving.accept(eldest.getKey());
            }
            return leaves;
        }
    }

    void on(GatewayEvent.MinerConnected miner) {
        begin(gateway, ALL, miner.at());
        begin(listeners, miner.listener(), miner.at());
        connections.put(miner.connectionId(), new Connection(miner.listener(), new HashSet<>(2)));
    }

    void on(GatewayEvent.MinerDisconnected miner) {
        Connection gone = connections.remove(miner.connectionId());
        if (gone != null) {
            gone.userIdentities().forEach(user -> miners.remove(new MinerKey(miner.connectionId(), user)));
        }
    }

    void on(GatewayEvent.ChannelOpened opened) {
        begin(workers, opened.userIdentity(), opened.at());
        Connection connection = connections.get(opened.connectionId());
        if (connection != null && connection.userIdentities().add(opened.userIdentity())) {
            begin(miners, new MinerKey(opened.connectionId(), opened.userIdentity()), opened.at());
        }
    }

    void on(GatewayEvent.ShareSubmitted share) {
        if (!share.verdict().isAccepted()) {
            return;
        }
        count(gateway, ALL, share.difficulty(), share.at());
        count(workers, share.userIdentity(), share.difficulty(), share.at());
        Connection connection = connections.get(share.connectionId());
        if (connection != null) {
            count(listeners, connection.listener(), share.difficulty(), share.at());
            connection.userIdentities().add(share.userIdentity());
            count(miners, new MinerKey(share.connectionId(), share.userIdentity()), share.difficulty(), share.at());
        }
    }

    void on(GatewayEvent.MiningPoolConnected pool) {
        begin(upstreams, known(pool.upstream()), pool.at());
    }

    void on(GatewayEvent.UpstreamAccepted accepted) {
        count(upstreams, known(accepted.upstream()), accepted.work(), accepted.at());
    }

    private String known(String upstream) {
        return upstreams.containsKey(upstream) || upstreams.size() < FarmView.MAX_UPSTREAMS ? upstream : FarmView.OTHER;
    }

    private void forget(MinerKey miner) {
        connections.get(miner.connectionId()).userIdentities().remove(miner.userIdentity());
    }

    private static <K> void begin(Map<K, HashrateEstimate> estimates, K key, Instant since) {
        estimates.computeIfAbsent(key, fresh -> new HashrateEstimate(since));
    }

    private static <K> void count(Map<K, HashrateEstimate> estimates, K key, double difficulty, Instant at) {
        HashrateEstimate estimate = estimates.get(key);
        if (estimate == null) {
            estimates.put(key, new HashrateEstimate(at));
        } else {
            estimate.add(difficulty, at);
        }
    }

    FarmHashrates at(Instant now) {
        List<FarmHashrates.Miner> all = new ArrayList<>(miners.size());
        miners.forEach((key, estimate) -> all.add(new FarmHashrates.Miner(
                key.connectionId(),
                connections.get(key.connectionId()).listener(),
                key.userIdentity(),
                estimate.at(now))));
        HashrateEstimate together = gateway.get(ALL);
        return new FarmHashrates(
                now,
                together == null ? Hashrates.NONE : together.at(now),
                at(listeners, now),
                at(upstreams, now),
                at(workers, now),
                all);
    }

    private static Map<String, Hashrates> at(Map<String, HashrateEstimate> estimates, Instant now) {
        Map<String, Hashrates> rates = new HashMap<>();
        estimates.forEach((name, estimate) -> rates.put(name, estimate.at(now)));
        return rates;
    }
}
