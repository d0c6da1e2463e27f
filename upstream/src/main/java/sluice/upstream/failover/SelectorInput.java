package sluice.upstream.failover;

import java.util.List;
import java.util.Optional;
import sluice.upstream.failover.UpstreamSelector.Entry;

/** What can happen to an {@link UpstreamSelector}. */
public sealed interface SelectorInput {
    /**
     * The upstreams, best first. The first list starts the selector, a later one replaces the list, ends a preparation and
     * keeps the state of whatever stays. Between 1 and {@link UpstreamSelector#MAX_ENTRIES} entries, each once, or
     * IllegalArgumentException.
     */
    record Listed(List<Entry> order) implements SelectorInput {
        public Listed {
            order = UpstreamSelector.checked(order);
        }
    }

    /**
     * The upstream has a channel, a job and a tip; may repeat.
     *
     * @param fit false where it works for part of the miners only: it is then used while nothing fit is ready
     */
    record Ready(String upstream, boolean fit) implements SelectorInput {}

    /** The upstream was lost, or an attempt to reach it failed; it goes on trying. */
    record Lost(String upstream, String step, String reason) implements SelectorInput {}

    /** A {@link SelectorAction.Close} was carried out: nothing more comes from this upstream until it is opened again. */
    record Drained(String upstream) implements SelectorInput {}

    /**
     * The operator puts this one in front of the list, until nothing is preferred or a list comes without it.
     * IllegalArgumentException where it is not listed.
     */
    record Preferred(Optional<String> upstream) implements SelectorInput {}

    /**
     * First phase of a switch: opens candidates without using them, and gives those that are lost another chance. Limits as
     * for {@link Listed}; IllegalStateException while an earlier preparation is neither failed, expired, committed by {@link
     * Listed} nor given up.
     */
    record Prepare(List<Entry> order) implements SelectorInput {
        public Prepare {
            order = UpstreamSelector.checked(order);
        }
    }

    /** The preparation is given up; nothing happens where there is none. */
    record Abandon() implements SelectorInput {}

    /** The end: everything is closed, and of later inputs only {@link Drained} means anything. */
    record Stopped(String reason) implements SelectorInput {}

    /** {@link UpstreamSelector#nextDeadline} has come. */
    record TimePassed() implements SelectorInput {}
}
