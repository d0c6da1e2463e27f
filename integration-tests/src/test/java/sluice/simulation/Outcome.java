package sluice.simulation;

import java.time.Duration;

/**
 * What one run came to.
 *
 * @param trace equal for equal runs
 * @param told verdicts that miners heard
 * @param forwarded shares that went upstream
 * @param upstreamAccepted of these, as the gateway counts
 * @param connections that miners made
 * @param channels that upstreams opened
 * @param tips that the gateway followed
 * @param blocks found
 * @param switches of lanes from one upstream to another, first ones included
 */
record Outcome(
        long seed,
        Duration virtual,
        long trace,
        long tasks,
        Account.Tally told,
        long forwarded,
        long upstreamAccepted,
        long connections,
        long channels,
        long tips,
        long blocks,
        long switches) {}
