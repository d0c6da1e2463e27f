package sluice.proxy.admission;

import java.util.Locale;

/** Why a connection is closed before anything it says is looked at. */
public enum Refusal {
    /** The port's lists do not let its address in. */
    ADDRESS_DENIED,
    ADDRESS_BANNED,
    TOO_MANY_CONNECTIONS,
    TOO_MANY_CONNECTIONS_FROM_ADDRESS,
    /** Connections come faster than is allowed from one address. */
    ACCEPT_RATE_OF_ADDRESS,
    /** Connections come faster than is allowed in all. */
    ACCEPT_RATE,
    /** The port is for load balancers, and this is none of them. */
    NOT_A_LOAD_BALANCER,
    /** The load balancer did not say whose connection it is. */
    PROXY_HEADER_MISSING,
    /** What the load balancer said is no PROXY protocol. */
    PROXY_HEADER_INVALID;

    /** In kebab-case, as it is counted. */
    public String reason() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
