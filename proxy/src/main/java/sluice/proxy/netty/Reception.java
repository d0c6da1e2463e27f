package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import sluice.proxy.admission.Admission;
import sluice.proxy.admission.Refusal;
import sluice.proxy.admission.RefusalTally;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;
import sluice.upstream.netty.HandshakeSettings;
import sluice.upstream.netty.ServerIdentity;

/**
 * Where the sockets are that the ports of one gateway accept, until it is known what they speak: on a loop of its own, so
 * that no miner waits for the turn of those who only knock. Each that is let in goes to a loop of miners and stays there.
 * Confined to its loop.
 */
final class Reception {
    /** How often refused connections are reported. */
    static final long REFUSAL_INTERVAL_MILLIS = 1_000;

    private final EventLoop loop;
    private final List<MinerLoop> homes;
    private final HandshakeSettings handshakes;
    private final Supplier<ServerIdentity> identity;
    private final SessionFactory sessions;
    private final Admission admission;
    private final GatewayEvents events;
    private final InstantSource clock;
    private final RefusalTally refusals = new RefusalTally();
    // As many as may be connected.
    private final Set<ArrivingMiner> arriving = new LinkedHashSet<>();
    private long lastConnectionId;
    private int lastHome;

    /** @param homes where miners go, in turn */
    Reception(
            EventLoop loop,
            List<MinerLoop> homes,
            HandshakeSettings handshakes,
            Supplier<ServerIdentity> identity,
            SessionFactory sessions,
            Admission admission,
            GatewayEvents events,
            InstantSource clock) {
        this.loop = loop;
        this.homes = List.copyOf(homes);
        this.handshakes = handshakes;
        this.identity = identity;
        this.sessions = sessions;
        this.admission = admission;
        this.events = events;
        this.clock = clock;
    }

    /** Carries the ports and what they accept. */
    EventLoop loop() {
        return loop;
    }

    void receive(SocketChannel accepted, MinerPort port) {
        ArrivingMiner miner = new ArrivingMiner(this, port, admission.visitor(), accepted);
        arriving.add(miner);
        miner.start();
    }

    /** It has closed or goes to its loop: no business of the reception any more. */
    void left(ArrivingMiner miner) {
        arriving.remove(miner);
    }

    /** Unique in the gateway. */
    long nextConnectionId() {
        return ++lastConnectionId;
    }

    /** Where the next miner goes. */
    MinerLoop nextHome() {
        lastHome = (lastHome + 1) % homes.size();
        return homes.get(lastHome);
    }

    HandshakeSettings handshakes() {
        return handshakes;
    }

    Supplier<ServerIdentity> identity() {
        return identity;
    }

    SessionFactory sessions() {
        return sessions;
    }

    GatewayEvents events() {
        return events;
    }

    InstantSource clock() {
        return clock;
    }

    /** For arithmetic that no loop may wait for. */
    Executor workers() {
        return handshakes.workers();
    }

    /** A connection was refused; it is reported with others. */
    void refused(Refusal refusal, Optional<InetAddress> from) {
        if (refusals.add(refusal, from)) {
            loop.schedule(this::reportRefusals, REFUSAL_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void reportRefusals() {
        refusals.drain((refusal, refused) -> events.publish(new GatewayEvent.ConnectionsRefused(
                clock.instant(),
                refusal.reason(),
                refused.count(),
                refused.latest().map(InetAddress::getHostAddress).orElse(""))));
    }

    /**
     * Closes the connections that are still here, reports the refusals that are not reported yet, and returns when that is
     * done. To be called when the ports are closed, on any other thread. The loop alone would not do: one that ends without
     * a quiet period may leave its sockets open.
     */
    void close() {
        loop.submit(() -> {
                    List.copyOf(arriving).forEach(ArrivingMiner::shutDown);
                    reportRefusals();
                })
                .awaitUninterruptibly();
    }
}
