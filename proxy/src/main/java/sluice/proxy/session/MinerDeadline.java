package sluice.proxy.session;

/** Everything a miner's session waits for; a new deadline of a kind replaces the older one. */
public enum MinerDeadline {
    /** The miner must have set up and opened a channel, or subscribed and authorised, by then. */
    SETUP,
    /** Channel opens that wait for work have waited long enough. */
    OPEN,
    /** Nothing was heard for too long. */
    IDLE,
    /** A job that was held back may be sent, or the one in hand once more. */
    JOB,
    /** Look at the share rate again. */
    VARDIFF,
    /** Acknowledge accepted shares that fill no batch. */
    ACKNOWLEDGE,
    /** Report the shares that were refused unjudged. */
    UNJUDGED
}
