package sluice.proxy.route;

/** Everything a route waits for; a new deadline of a kind replaces the older one. */
public enum RouteDeadline {
    /** Tell the upstream what is behind us now. */
    DEMAND,
    /** Repeat the job in force to miners that take silence for death. */
    KEEPALIVE
}
