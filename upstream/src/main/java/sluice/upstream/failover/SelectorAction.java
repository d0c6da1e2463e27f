package sluice.upstream.failover;

import java.util.Optional;

/** What an {@link UpstreamSelector} wants done, in order. */
public sealed interface SelectorAction {
    /** Connect, and reconnect for ever. */
    record Open(String upstream) implements SelectorAction {}

    /** Drain it and answer {@link SelectorInput.Drained}. */
    record Close(String upstream, String reason) implements SelectorAction {}

    /** Cancel the {@link Close} under way: it is wanted again. */
    record Keep(String upstream) implements SelectorAction {}

    /** It is open and lost, and the operator asks for it: its next attempt is to be made now. */
    record ConnectNow(String upstream) implements SelectorAction {}

    /**
     * The miners go to this one.
     *
     * @param from where they were; empty at the start
     * @param reason for the operator; of a failover the loss: its step and its words
     */
    record Use(String upstream, Optional<String> from, Kind kind, String reason) implements SelectorAction {}

    /** The one in use is lost and no other is ready: miners keep its last job. */
    record Hold(String reason) implements SelectorAction {}

    /** After {@link Hold}: the one in use is ready again. */
    record Resume() implements SelectorAction {}

    /** A candidate of the prepared order is ready, and stays open until the order is listed or given up. */
    record Prepared(String upstream) implements SelectorAction {}

    /** No candidate became ready; this is what happened to the first. Nothing has changed. */
    record PrepareFailed(String upstream, String step, String reason) implements SelectorAction {}

    /** Why miners go to another upstream. */
    enum Kind {
        /** The first one that was ready. */
        START,
        /** The one before was lost, or works for part of the miners only. */
        FAILOVER,
        /** A better one has been ready for long enough. */
        FAILBACK,
        /** The operator asked for it. */
        SWITCH
    }
}
