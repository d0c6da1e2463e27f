package sluice.upstream.session;

import java.time.Duration;
import java.util.function.Function;

/** Everything a pool session waits for; a new deadline of a kind replaces the older one. */
public enum PoolDeadline {
    /** SetupConnection must be answered by then. */
    SETUP(Duration.ofSeconds(10)),
    /** SV2: RequestExtensions should be answered by then; a pool that does not know it says nothing. */
    EXTENSIONS(Duration.ofSeconds(2)),
    /** OpenExtendedMiningChannel must be answered by then. */
    OPEN_CHANNEL(Duration.ofSeconds(15)),
    /** SV2: the oldest SetCustomMiningJob must be answered by then. */
    CUSTOM_JOB(Duration.ofSeconds(15)),
    /** SV1: mining.configure should be answered by then; a pool that does not know it may say nothing. */
    CONFIGURE(Duration.ofSeconds(5)),
    /** SV1: mining.subscribe must be answered by then. */
    SUBSCRIBE(Duration.ofSeconds(10)),
    /** SV1: mining.authorize must be answered by then. */
    AUTHORIZE(Duration.ofSeconds(15)),
    /** SV1: how long the first job waits for a difficulty; a pool that names none means 1. */
    DIFFICULTY(Duration.ofSeconds(2)),
    /** The open channel must have a job and its tip by then. */
    FIRST_JOB(Duration.ofSeconds(60)),
    /** SV1: how long a verdict may hold back those of later shares. */
    VERDICT(Duration.ofSeconds(30)),
    /** SV1: some line must have come by then; pools repeat their work every minute or so. */
    SILENCE(Duration.ofSeconds(120)),
    /** A job or a tip must have come by then; how long it may take is a setting. */
    NO_JOB(PoolPatience::noJob),
    /** A share must have been accepted by then; how long it may take is a setting. */
    ONLY_REJECTS(PoolPatience::onlyRejects);

    private final Function<PoolPatience, Duration> patience;

    PoolDeadline(Duration patience) {
        this(settings -> patience);
    }

    PoolDeadline(Function<PoolPatience, Duration> patience) {
        this.patience = patience;
    }

    /** How long the session waits where no setting says otherwise. */
    public Duration patience() {
        return patience(PoolPatience.DEFAULT);
    }

    /** How long the session waits. */
    public Duration patience(PoolPatience settings) {
        return patience.apply(settings);
    }
}
