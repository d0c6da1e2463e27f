package sluice.upstream.failover;

import java.time.Instant;
import java.util.Optional;

/**
 * How one upstream stands, for status displays.
 *
 * @param fit means something while it is ready only
 * @param since when this state began
 * @param lastLoss step and words of its latest loss, whatever came after
 */
public record Standing(String upstream, State state, boolean fit, Instant since, Optional<String> lastLoss) {
    /** What an upstream is for its selector. */
    public enum State {
        /** Not opened, or being closed. */
        OFF,
        /** Opened; neither ready nor lost yet. */
        OPENING,
        READY,
        /** It reconnects by itself. */
        LOST
    }
}
