package sluice.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import sluice.protocol.Bytes;

/**
 * One connection: bytes arrive in order, late, or never. It can stall, break, or die so that an end does not hear of it;
 * connections know nothing of each other, so what was sent on one may overtake what was sent before on another.
 */
final class Link {
    /** Who sits at an end. */
    interface Receiver {
        void received(Bytes bytes);

        /** The other end closed, or the connection broke. Not called for one's own {@link End#close}. */
        void ended(String reason);
    }

    /** Delays and faults of the kind of wire that a link runs over. */
    interface Wire {
        Duration delay(Chance chance);

        double cutsPerMinute();
    }

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final World world;
    private final Wire wire;
    private final Chance chance;
    private final int number;
    private final boolean honest;
    private final End client;
    private final End server;

    Link(World world, Wire wire, Chance chance, int number, boolean honest) {
        this.world = world;
        this.honest = honest;
        this.wire = wire;
        this.chance = chance;
        this.number = number;
        Pipe up = new Pipe();
        Pipe down = new Pipe();
        client = new End(up, "client");
        server = new End(down, "server");
        up.to = server;
        down.to = client;
        scheduleFault(wire.cutsPerMinute(), this::breakSomehow);
        scheduleFault(world.faults().stallsPerMinute(), this::stall);
    }

    End client() {
        return client;
    }

    End server() {
        return server;
    }

    int number() {
        return number;
    }

    /** Whether the server means what it says. */
    boolean isHonest() {
        return honest;
    }

    private void scheduleFault(double perMinute, Runnable fault) {
        if (perMinute > 0) {
            Duration wait = chance.waitFor(Duration.ofNanos((long) (MINUTE.toNanos() / perMinute)));
            world.time().after(wait, () -> {
                if (!world.faults().areOver() && !(client.over && server.over)) {
                    fault.run();
                    scheduleFault(perMinute, fault);
                }
            });
        }
    }

    private void breakSomehow() {
        if (world.faults().isHalfOpen(chance)) {
            boolean clientKnows = chance.happens(0.5);
            // Whoever does not hear of it finds out by silence, or when the kernel gives up.
            Duration kernel = chance.spread(Duration.ofSeconds(2), Duration.ofSeconds(120));
            die(clientKnows ? Duration.ZERO : kernel, clientKnows ? kernel : Duration.ZERO, "half-open");
        } else {
            die(wire.delay(chance), wire.delay(chance), "cut");
        }
    }

    /** Nothing passes any more; each end hears of it after its own time. */
    void die(Duration untilClientHears, Duration untilServerHears, String how) {
        say(how);
        client.out.dead = true;
        server.out.dead = true;
        world.time().after(untilClientHears, () -> client.hearOfTheEnd("connection broken"));
        world.time().after(untilServerHears, () -> server.hearOfTheEnd("connection broken"));
    }

    private void stall() {
        Pipe pipe = chance.happens(0.5) ? client.out : server.out;
        Duration span = world.faults().stall(chance);
        pipe.stalledUntil = world.time().nanos() + span.toNanos();
        say("stalled for " + span);
    }

    private void say(String words) {
        if (world.trace().isInWords()) {
            world.trace().tell("link " + number + " " + words);
        }
    }

    /** One of the two sides. */
    final class End {
        private final Pipe out;
        private final String name;
        private Receiver receiver;
        private boolean over;
        private boolean reading = true;

        private End(Pipe out, String name) {
            this.out = out;
            this.name = name;
        }

        void attach(Receiver newReceiver) {
            receiver = newReceiver;
        }

        void send(Bytes bytes) {
            if (!over) {
                out.send(bytes);
            }
        }

        /** Closes once what was sent before has arrived. This end hears nothing more. */
        void close() {
            if (!over) {
                over = true;
                out.finish();
            }
        }

        boolean isOver() {
            return over;
        }

        /** Bytes sent that have not arrived. */
        int unread() {
            return out.unread;
        }

        /** Takes nothing more from the wire until {@link #resumeReading}. */
        void pauseReading() {
            reading = false;
        }

        void resumeReading() {
            reading = true;
            Pipe in = this == client ? server.out : client.out;
            in.schedule();
        }

        private void hearOfTheEnd(String reason) {
            if (!over) {
                over = true;
                say(name + " hears: " + reason);
                receiver.ended(reason);
            }
        }
    }

    private record Parcel(long arrival, Bytes bytes) {}

    /** One direction. */
    private final class Pipe {
        private final ArrayDeque<Parcel> parcels = new ArrayDeque<>();
        private End to;
        private long lastArrival;
        private long stalledUntil;
        private int unread;
        private boolean finishing;
        private boolean dead;
        private boolean scheduled;

        private void send(Bytes bytes) {
            if (!finishing) {
                unread += bytes.length();
                put(bytes);
            }
        }

        private void finish() {
            if (!finishing) {
                finishing = true;
                put(null);
            }
        }

        private void put(Bytes bytes) {
            if (dead) {
                return;
            }
            lastArrival = Math.max(
                    lastArrival, world.time().nanos() + wire.delay(chance).toNanos());
            parcels.addLast(new Parcel(lastArrival, bytes));
            schedule();
        }

        private void schedule() {
            if (!scheduled && !parcels.isEmpty() && to.reading) {
                scheduled = true;
                long stall = world.faults().areOver() ? 0 : stalledUntil;
                world.time().atNanos(Math.max(parcels.getFirst().arrival, stall), this::deliver);
            }
        }

        private void deliver() {
            scheduled = false;
            if (dead || to.over) {
                parcels.clear();
                return;
            }
            if (!to.reading) {
                return;
            }
            if (stalledUntil > world.time().nanos() && !world.faults().areOver()) {
                schedule();
                return;
            }
            Parcel parcel = parcels.removeFirst();
            if (parcel.bytes == null) {
                to.hearOfTheEnd("closed by the other side");
                return;
            }
            unread -= parcel.bytes.length();
            world.trace().mix(number * 31L + parcel.bytes.hashCode());
            to.receiver.received(parcel.bytes);
            schedule();
        }
    }
}
