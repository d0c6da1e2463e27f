package sluice.proxy.api.event;

import java.util.HashMap;
import java.util.Map;
import sluice.proxy.event.GatewayEvent;

/** Who is on which connection, for events that name a connection only. Confined to the event bus. */
final class MinerBook {
    /** Connections and channels that are known; the events of further ones do not say whose they are. */
    static final int MAX_KNOWN = 131_072;

    private static final String NOBODY_KNOWS = "";

    private final Map<Long, Miner> miners = new HashMap<>();
    private int known;

    private static final class Miner {
        private final String endpoint;
        private final Map<Long, String> workers = new HashMap<>(2);
        // Channels are closed before their connection is, which is still the event of a worker.
        private String latest = NOBODY_KNOWS;

        private Miner(String endpoint) {
            this.endpoint = endpoint;
        }

        /** All channels of a connection are one worker's, or nobody can say whose it is. */
        private String onlyWorker() {
            if (workers.isEmpty()) {
                return latest;
            }
            return workers.values().stream().distinct().count() == 1
                    ? workers.values().iterator().next()
                    : NOBODY_KNOWS;
        }
    }

    void connected(GatewayEvent.MinerConnected miner) {
        if (known < MAX_KNOWN && miners.putIfAbsent(miner.connectionId(), new Miner(miner.remoteAddress())) == null) {
            known++;
        }
    }

    void disconnected(long connectionId) {
        Miner gone = miners.remove(connectionId);
        known -= gone == null ? 0 : 1 + gone.workers.size();
    }

    void opened(GatewayEvent.ChannelOpened channel) {
        Miner miner = miners.get(channel.connectionId());
        if (miner != null
                && known < MAX_KNOWN
                && miner.workers.put(channel.channelId(), channel.userIdentity()) == null) {
            known++;
        }
    }

    void closed(GatewayEvent.ChannelClosed channel) {
        Miner miner = miners.get(channel.connectionId());
        String worker = miner == null ? null : miner.workers.remove(channel.channelId());
        if (worker != null) {
            known--;
            miner.latest = worker;
        }
    }

    String endpoint(long connectionId) {
        Miner miner = miners.get(connectionId);
        return miner == null ? NOBODY_KNOWS : miner.endpoint;
    }

    String worker(long connectionId) {
        Miner miner = miners.get(connectionId);
        return miner == null ? NOBODY_KNOWS : miner.onlyWorker();
    }

    String worker(long connectionId, long channelId) {
        Miner miner = miners.get(connectionId);
        return miner == null ? NOBODY_KNOWS : miner.workers.getOrDefault(channelId, NOBODY_KNOWS);
    }
}
