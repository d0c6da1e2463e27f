package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import sluice.proxy.admission.Admission;
import sluice.upstream.netty.HandshakeSettings;
import sluice.upstream.netty.ServerIdentity;

/** What the ports of one gateway share: takes each socket that they accept. May be called on any loop. */
final class Reception {
    private final Map<EventLoop, MinerLoop> loops;
    private final HandshakeSettings handshakes;
    private final Supplier<ServerIdentity> identity;
    private final SessionFactory sessions;
    private final Admission admission;
    private final AtomicLong lastConnectionId = new AtomicLong();

    /** @param loops the miner loop of each event loop that may carry a connection */
    Reception(
            Map<EventLoop, MinerLoop> loops,
            HandshakeSettings handshakes,
            Supplier<ServerIdentity> identity,
            SessionFactory sessions,
            Admission admission) {
        this.loops = Map.copyOf(loops);
        this.handshakes = handshakes;
        this.identity = identity;
        this.sessions = sessions;
        this.admission = admission;
    }

    /** On the socket's own loop. */
    void receive(SocketChannel accepted, MinerPort port) {
        MinerLoop home = loops.get(accepted.eventLoop());
        new ArrivingMiner(this, port, home, admission.visitor(), accepted).start();
    }

    /** Unique in the gateway. */
    long nextConnectionId() {
        return lastConnectionId.incrementAndGet();
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

    /** For arithmetic that no loop may wait for. */
    Executor workers() {
        return handshakes.workers();
    }
}
