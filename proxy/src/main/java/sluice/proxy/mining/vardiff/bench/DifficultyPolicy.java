package sluice.proxy.mining.vardiff.bench;

/** What a policy hears of one miner, and the difficulty it wants for it. Times are seconds since the miner came. */
interface DifficultyPolicy {
    double difficulty();

    void onShare(double shareDifficulty, double at);

    /** Silence until now, or whatever else the policy wanted to be called for. */
    void onLook(double at);

    double nextLook();

    /** The miner's jobs have this difficulty from now on. */
    default void inForce(double difficulty, double at) {}
}
