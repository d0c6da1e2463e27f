package sluice.upstream.node;

import java.time.Duration;
import java.time.Instant;
import sluice.upstream.node.NodeOutbox.Subject;
import sluice.upstream.template.Template;

/** Compares the node's clock with ours: blocks with a time that others find wrong are lost. */
final class NodeClock {
    /** Between the two clocks; an answer that takes its time is no difference. */
    static final Duration TOLERANCE = Duration.ofSeconds(60);

    private final NodeOutbox outbox;

    NodeClock(NodeOutbox outbox) {
        this.outbox = outbox;
    }

    void check(Template template, Instant now) {
        // The node's time is never below what the chain allows, so there it does not show its clock.
        boolean shows = template.curTime() > template.tip().minNtime();
        long ahead = template.curTime() - now.getEpochSecond();
        if (!shows || Math.abs(ahead) <= TOLERANCE.toSeconds()) {
            if (shows) {
                outbox.settled(Subject.CLOCK);
            }
            return;
        }
        outbox.note(
                Subject.CLOCK,
                true,
                "the node's clock is more than " + TOLERANCE.toSeconds() + " s " + (ahead > 0 ? "ahead of" : "behind")
                        + " ours: one of the two must be set, or blocks may be refused for their time");
    }
}
