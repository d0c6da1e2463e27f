package sluice.simulation;

/**
 * What is written down about one gateway, to hold it against the rules.
 *
 * @param jobs what its upstreams gave it
 * @param routes over which connections that was
 * @param spaces what its miners may search
 */
record Books(
        VirtualTime time, Account account, UpstreamJobs jobs, RouteBook routes, SearchSpaces spaces, Hashing hashing) {
    static Books of(VirtualTime time) {
        return new Books(time, new Account(), new UpstreamJobs(), new RouteBook(), new SearchSpaces(), new Hashing());
    }
}
