package sluice.proxy.view;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.protocol.bitcoin.Difficulty;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvent.MinerProtocol;

/** Who is connected, and what each channel did. Confined to the bus thread. */
public final class MinerRoster {
    /** Connections that are listed; later ones are not until one of these has gone. */
    static final int MAX_CONNECTIONS = 65_536;

    /** Channels that are listed, over all connections; likewise. */
    static final int MAX_CHANNELS = 65_536;

    private final Map<Long, Connection> connections = new LinkedHashMap<>();
    private int channels;

    MinerRoster() {}

    private static final class Connection {
        final GatewayEvent.MinerConnected miner;
        final Map<Long, Channel> channels = new LinkedHashMap<>(2);
        String goal = "";
        int lane;

        Connection(GatewayEvent.MinerConnected miner) {
            this.miner = miner;
        }
    }

    private static final class Channel {
        final GatewayEvent.ChannelOpened opened;
        final ShareCounts counts = new ShareCounts();
        String userAgent = "";
        double difficulty;

        Channel(GatewayEvent.ChannelOpened opened) {
            this.opened = opened;
        }
    }

    /** A connection that is open. {@code goal} is empty where its gateway has one for all. */
    public record Miner(
            long connectionId,
            String remoteAddress,
            String listener,
            Instant since,
            String goal,
            int lane,
            List<MinerChannel> channels) {
        public Miner {
            channels = List.copyOf(channels);
        }
    }

    /** @param difficulty what its shares are held to; 0 where nobody has said yet */
    public record MinerChannel(
            long channelId,
            MinerProtocol protocol,
            String userIdentity,
            String userAgent,
            Instant since,
            double difficulty,
            ShareCounts.Counts shares) {}

    void on(GatewayEvent.MinerConnected miner) {
        if (connections.size() < MAX_CONNECTIONS) {
            connections.putIfAbsent(miner.connectionId(), new Connection(miner));
        }
    }

    void on(GatewayEvent.MinerDisconnected miner) {
        Connection gone = connections.remove(miner.connectionId());
        if (gone != null) {
            channels -= gone.channels.size();
        }
    }

    void on(GatewayEvent.ChannelOpened opened) {
        Connection connection = connections.get(opened.connectionId());
        if (connection != null
                && channels < MAX_CHANNELS
                && connection.channels.put(opened.channelId(), new Channel(opened)) == null) {
            channels++;
        }
    }

    void on(GatewayEvent.ChannelClosed closed) {
        Connection connection = connections.get(closed.connectionId());
        if (connection != null && connection.channels.remove(closed.channelId()) != null) {
            channels--;
        }
    }

    void on(GatewayEvent.MinerPlaced placed) {
        Connection connection = connections.get(placed.connectionId());
        if (connection != null) {
            connection.goal = placed.goal();
            connection.lane = placed.lane();
        }
    }

    void on(GatewayEvent.MinerProfiled profiled) {
        find(profiled.connectionId(), profiled.channelId())
                .ifPresent(channel -> channel.userAgent = profiled.userAgent());
    }

    void on(GatewayEvent.MinerTargetChanged changed) {
        find(changed.connectionId(), changed.channelId())
                .ifPresent(channel -> channel.difficulty = Difficulty.of(changed.target()));
    }

    void on(GatewayEvent.ShareSubmitted share) {
        find(share.connectionId(), share.channelId()).ifPresent(channel -> channel.counts.on(share));
    }

    private Optional<Channel> find(long connectionId, long channelId) {
        Connection connection = connections.get(connectionId);
        return connection == null ? Optional.empty() : Optional.ofNullable(connection.channels.get(channelId));
    }

    /** In the order in which they came. */
    List<Miner> all() {
        List<Miner> all = new ArrayList<>(connections.size());
        connections.values().forEach(connection -> all.add(miner(connection)));
        return all;
    }

    Optional<Miner> find(long connectionId) {
        return Optional.ofNullable(connections.get(connectionId)).map(MinerRoster::miner);
    }

    private static Miner miner(Connection connection) {
        return new Miner(
                connection.miner.connectionId(),
                connection.miner.remoteAddress(),
                connection.miner.listener(),
                connection.miner.at(),
                connection.goal,
                connection.lane,
                connection.channels.values().stream()
                        .map(channel -> new MinerChannel(
                                channel.opened.channelId(),
                                channel.opened.protocol(),
                                channel.opened.userIdentity(),
                                channel.userAgent,
                                channel.opened.at(),
                                channel.difficulty,
                                channel.counts.now()))
                        .toList());
    }
}
