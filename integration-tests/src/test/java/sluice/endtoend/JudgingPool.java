package sluice.endtoend;

/** A pool that re-hashes every share with none of our code. */
interface JudgingPool {
    /** Shares that came, whatever it found. */
    int judgedShares();

    /** Those that were good. */
    int goodShares();
}
