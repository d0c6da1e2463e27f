package sluice.upstream.failover;

import java.time.Duration;
import java.time.Instant;
import sluice.upstream.failover.SelectorAction.Kind;
import sluice.upstream.failover.UpstreamSelector.Settings;

/** The time that one upstream is in use, and what it teaches about coming back to it; confined to its selector. */
final class Engagement {
    private final Contender upstream;
    private final Kind kind;
    private final Instant since;
    private final Settings settings;
    private Instant steadySince;
    private String loss = "";
    private boolean holding;

    Engagement(Contender upstream, Kind kind, Instant since, Settings settings) {
        this.upstream = upstream;
        this.kind = kind;
        this.since = since;
        this.steadySince = since;
        this.settings = settings;
    }

    Contender upstream() {
        return upstream;
    }

    Instant since() {
        return since;
    }

    /** Step and words of the loss since which it is not ready; later ones are of its own attempts to reconnect. */
    String loss() {
        return loss;
    }

    boolean isHolding() {
        return holding;
    }

    void hold() {
        holding = true;
    }

    void resume(Instant now) {
        holding = false;
        steadySince = now;
    }

    void lost(String words, Instant now) {
        loss = words;
        disappointed(now);
    }

    /** It was lost, or left because it was not fit any more: the sooner after a fail-back, the longer the wait for the next. */
    void disappointed(Instant now) {
        if (kind == Kind.FAILBACK && !now.isAfter(since.plus(UpstreamSelector.FAILBACK_PROBATION))) {
            Duration doubled = upstream.failbackPatience().multipliedBy(2);
            upstream.setFailbackPatience(
                    doubled.compareTo(settings.longestFailback()) < 0 ? doubled : settings.longestFailback());
        } else {
            left(now);
        }
    }

    /** It is ready and in use no more, or was so until now: a long time without a loss makes good for earlier ones. */
    void left(Instant now) {
        if (now.isAfter(steadySince.plus(UpstreamSelector.FAILBACK_PROBATION))) {
            upstream.setFailbackPatience(settings.failbackAfter());
        }
    }
}
