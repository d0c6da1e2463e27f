package sluice.proxy.admission;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;
import sluice.config.AddressFilter;

/** What one socket takes of the limits, and gives back when it closes. Confined to the loop of its connection. */
public final class Visitor {
    private final Admission admission;
    private boolean hasPlace;
    private boolean proven;
    private InetAddress address;

    Visitor(Admission admission) {
        this.admission = admission;
    }

    /** Where the miner is; empty until it is {@link #admit admitted}. */
    public Optional<InetAddress> address() {
        return Optional.ofNullable(address);
    }

    /** The socket is open. What refuses it, if anything does. */
    public Optional<Refusal> open() {
        hasPlace = admission.takePlace();
        return hasPlace ? Optional.empty() : Optional.of(Refusal.TOO_MANY_CONNECTIONS);
    }

    /** It turned out where the miner is, which may be behind a load balancer. What refuses it, if anything does. */
    public Optional<Refusal> admit(InetAddress from, AddressFilter filter, Instant now) {
        Optional<Refusal> refusal = admission.admit(from, filter, now);
        if (refusal.isEmpty()) {
            address = from;
        }
        return refusal;
    }

    /** Work came from it. */
    public void prove(Instant now) {
        if (!proven && address != null) {
            proven = true;
            admission.prove(address, now);
        }
    }

    /** It did what no miner does. The ban of its address, if that is banned now. */
    public Optional<Ban> offend(Instant now) {
        return address == null ? Optional.empty() : admission.offend(address, now);
    }

    /** The socket is closed. */
    public void close(Instant now) {
        if (hasPlace) {
            hasPlace = false;
            admission.freePlace();
        }
        if (address != null) {
            admission.leave(address, proven, now);
            address = null;
        }
    }
}
