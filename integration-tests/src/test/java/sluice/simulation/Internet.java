package sluice.simulation;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names, the ports behind them, and the way there. */
final class Internet {
    private final VirtualTime time;
    private final Faults faults;
    private final Trace trace;
    private final Chance chance;
    private final Map<String, Port> ports = new LinkedHashMap<>();
    private int links;

    /** Which wires a call runs over. */
    enum Way {
        TO_GATEWAY,
        TO_POOL
    }

    /** Somebody who calls, and then sits at the client's end. */
    interface Caller extends Link.Receiver {
        default void resolved() {}

        default void connected() {}

        /** It came to nothing; the last word of this call. */
        void failed(String reason);

        /** The connection stands, encrypted where the protocol is. */
        void ready(Link link);

        default InetAddress address() {
            return InetAddress.getLoopbackAddress();
        }
    }

    /** A call under way. */
    final class Call {
        private final String host;
        private final Caller caller;
        private boolean over;

        private Call(String host, Caller caller) {
            this.host = host;
            this.caller = caller;
        }

        /** The caller gives up; it hears nothing more of this call. */
        void cancel() {
            over = true;
        }

        private void later(Duration delay, Runnable step) {
            time.after(delay, () -> {
                if (!over) {
                    step.run();
                }
            });
        }

        private void fail(Duration delay, String reason) {
            later(delay, () -> {
                over = true;
                caller.failed(reason);
            });
        }
    }

    Internet(VirtualTime time, Faults faults, Trace trace, Chance chance) {
        this.time = time;
        this.faults = faults;
        this.trace = trace;
        this.chance = chance;
    }

    void listen(String host, Port port) {
        ports.put(host, port);
    }

    Call dial(World world, String host, Port.Protocol protocol, Way way, Caller caller) {
        Chance own = chance.split();
        Link.Wire wire = wire(way);
        Call call = new Call(host, caller);
        Port port = ports.get(host);
        Port.Reception reception = port == null ? null : port.reception();
        if (reception == null || !reception.hasAddress()) {
            call.fail(wire.delay(own), "no address for " + host);
            return call;
        }
        call.later(wire.delay(own), () -> {
            caller.resolved();
            knock(world, call, port, reception, protocol, wire, own);
        });
        return call;
    }

    private void knock(
            World world,
            Call call,
            Port port,
            Port.Reception reception,
            Port.Protocol protocol,
            Link.Wire wire,
            Chance own) {
        switch (reception.connect()) {
            case REFUSED -> call.fail(wire.delay(own), "connection refused");
            case IGNORED -> {}
            case OPEN ->
                call.later(wire.delay(own), () -> {
                    call.caller.connected();
                    if (protocol == Port.Protocol.SV1) {
                        join(world, call, port, visit(call, protocol, reception), wire, own);
                    } else {
                        shakeHands(world, call, port, reception, wire, own);
                    }
                });
        }
    }

    private void shakeHands(World world, Call call, Port port, Port.Reception reception, Link.Wire wire, Chance own) {
        switch (reception.handshake()) {
            case REFUSED -> call.fail(wire.delay(own), "handshake failed");
            case IGNORED -> {}
            case OPEN ->
                call.later(
                        wire.delay(own).multipliedBy(2),
                        () -> join(world, call, port, visit(call, Port.Protocol.SV2, reception), wire, own));
        }
    }

    private void join(World world, Call call, Port port, Port.Visit visit, Link.Wire wire, Chance own) {
        Link link = new Link(world, wire, own, ++links, visit.mood().isHonest());
        trace.mix(links);
        link.client().attach(call.caller);
        port.accepted(link, visit);
        call.caller.ready(link);
    }

    private static Port.Visit visit(Call call, Port.Protocol protocol, Port.Reception reception) {
        return new Port.Visit(protocol, reception.mood(), call.caller.address(), call.host);
    }

    private Link.Wire wire(Way way) {
        return new Link.Wire() {
            @Override
            public Duration delay(Chance of) {
                return way == Way.TO_GATEWAY ? faults.minerWire(of) : faults.poolWire(of);
            }

            @Override
            public double cutsPerMinute() {
                return way == Way.TO_GATEWAY ? faults.minerCutsPerMinute() : faults.poolCutsPerMinute();
            }
        };
    }
}
