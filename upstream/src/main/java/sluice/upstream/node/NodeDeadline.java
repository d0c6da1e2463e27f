package sluice.upstream.node;

import java.time.Duration;

/** Everything a {@link NodeSession} waits for. */
public enum NodeDeadline {
    /** The next attempt after one that failed; the pauses grow up to this. */
    RETRY(Duration.ofSeconds(5)),
    /**
     * Without an answer the last template is used for so long. The chain gets a block in ten minutes, so one template in ten
     * is out of date by then; a node that only lost a connection is back long before, and whoever has another source of work
     * should have gone there.
     */
    PATIENCE(Duration.ofSeconds(60)),
    /**
     * A plain call for a template beside the long poll: it brings better fees, and shows that the node lives. It is well
     * below the 30 s after which nodes close an idle connection.
     */
    REFRESH(Duration.ofSeconds(20)),
    /** Between two looks at the tip, where the node tells of none by itself. */
    TIP_POLL(Duration.ofSeconds(1)),
    /** Between two calls for a template, where not even the tip can be asked for; nodes make one in 5 s at the most. */
    TEMPLATE_POLL(Duration.ofSeconds(5)),
    /** Before the next long poll, when the one before came back at once and on the same tip. */
    LONG_POLL_PAUSE(Duration.ofSeconds(1)),
    /** The tip has changed as other calls tell, and the long poll does not say so: its connection is dead. */
    LONG_POLL_GRACE(Duration.ofSeconds(10)),
    /** A new tip's first seconds belong to the miners: our block is proposed to the node after them. */
    PROPOSAL(Duration.ofSeconds(5));

    private final Duration patience;

    NodeDeadline(Duration patience) {
        this.patience = patience;
    }

    public Duration patience() {
        return patience;
    }
}
