package sluice.simulation;

/** How a pool treats one connection. */
enum PoolMood {
    HEALTHY,
    HAS_NO_ADDRESS,
    REFUSES_CONNECTION,
    IGNORES_CONNECTION,
    BREAKS_HANDSHAKE,
    IGNORES_HANDSHAKE,
    REFUSES_SETUP,
    REFUSES_VERSION_ROLLING,
    IGNORES_SETUP,
    CHOOSES_UNKNOWN_VERSION,
    REFUSES_CHANNEL,
    REFUSES_LARGE_GRANT,
    IGNORES_OPEN,
    GRANTS_TOO_LITTLE,
    NEVER_GIVES_JOB,
    /** Mines for a while, then says nothing more but stays. */
    FALLS_SILENT,
    /** Its jobs are good, its verdicts are not. */
    LIES,
    /** Sends messages that have no business where they come, or none at all. */
    TALKS_NONSENSE;

    /** Whether its verdicts can be taken at their word. */
    boolean isHonest() {
        return this != LIES && this != TALKS_NONSENSE;
    }
}
