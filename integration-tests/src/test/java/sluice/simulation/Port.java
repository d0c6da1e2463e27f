package sluice.simulation;

import java.net.InetAddress;

/** Where connections arrive. */
interface Port {
    /** What becomes of somebody who knocks. */
    enum Welcome {
        OPEN,
        REFUSED,
        IGNORED
    }

    /** How the next connection is taken, at the step it has reached. */
    record Reception(boolean hasAddress, Welcome connect, Welcome handshake, PoolMood mood) {
        static final Reception CLOSED = new Reception(true, Welcome.REFUSED, Welcome.REFUSED, PoolMood.HEALTHY);
        static final Reception FRIENDLY = new Reception(true, Welcome.OPEN, Welcome.OPEN, PoolMood.HEALTHY);
    }

    Reception reception();

    /** The connection stands, encrypted if it wanted to be; its server end is to be attached now. */
    void accepted(Link link, Visit visit);

    /**
     * What a port knows of a visitor.
     *
     * @param mood how it is to be treated
     * @param address where it comes from
     * @param host the name it dialled
     */
    record Visit(Protocol protocol, PoolMood mood, InetAddress address, String host) {}

    /** What is spoken on a connection. */
    enum Protocol {
        SV1,
        SV2
    }
}
