package sluice.proxy.mining.share;

/** What we tell a miner of one share. Every share gets exactly one. */
public enum ShareVerdict {
    ACCEPTED,
    /** Of a job that an older tip or the end of its upstream made worthless. */
    STALE,
    /** The job was never given to this channel, or waits for its tip. */
    UNKNOWN_JOB,
    DUPLICATE,
    LOW_DIFFICULTY,
    BAD_EXTRANONCE_SIZE,
    NTIME_TOO_OLD,
    NTIME_TOO_NEW,
    /** A version bit changed though the job allows no rolling. */
    VERSION_ROLLING_NOT_ALLOWED,
    /** A version bit outside BIP323 (or outside the mask agreed with an SV1 miner) changed. */
    BAD_VERSION_BITS,
    /** More shares on one tip than a channel may have remembered: refused because duplicates could not be told. */
    TOO_MANY_SHARES,
    /** So many shares of the connection were bad that this one was not looked at. */
    UNJUDGED,
    /** The connection has no such channel, or one of the other kind. */
    UNKNOWN_CHANNEL,
    /** The worker named with the share is none: too long a name (SV2 extension 0x0002) or not authorised here (SV1). */
    BAD_USER_IDENTITY;

    public boolean isAccepted() {
        return this == ACCEPTED;
    }

    /** Stale work is counted apart from faulty work: the miner did nothing wrong. */
    public boolean isStale() {
        return this == STALE;
    }
}
