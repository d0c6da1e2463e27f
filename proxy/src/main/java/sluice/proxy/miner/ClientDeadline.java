package sluice.proxy.miner;

/** Everything a miner's session waits for; a new deadline of a kind replaces the older one. */
public enum ClientDeadline {
    /** The server must have taken us as a miner by then. */
    SETUP,
    /** Nothing was heard for too long. */
    SILENCE,
    /** A share has waited too long for its verdict. */
    VERDICT
}
