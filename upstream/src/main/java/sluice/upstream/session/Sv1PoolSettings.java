package sluice.upstream.session;

/**
 * Who we are to an SV1 pool.
 *
 * @param upstream the pool's name for logs and events, without secrets
 * @param user what mining.authorize names
 * @param password what goes with it; pools that need none take any
 * @param namesPerShare shares carry the name of the miner they come from instead of {@code user}: DATUM Gateway passes it
 *     on, ckpool refuses every name but the authorised one
 * @param suggestsDifficulty tell the pool the difficulty that miners want; not every pool knows the method
 * @param leastExtranonceSize bytes of extranonce2 that the pool must leave
 * @param softwareVersion what the user agent says of this release
 * @param patience when a pool that answers is of no use all the same
 * @param payout whom its jobs have to pay
 */
public record Sv1PoolSettings(
        String upstream,
        String user,
        String password,
        boolean namesPerShare,
        boolean suggestsDifficulty,
        int leastExtranonceSize,
        String softwareVersion,
        PoolPatience patience,
        PayoutCheck payout) {

    /** For a pool that may pay whom it likes. */
    public Sv1PoolSettings(
            String upstream,
            String user,
            String password,
            boolean namesPerShare,
            boolean suggestsDifficulty,
            int leastExtranonceSize,
            String softwareVersion,
            PoolPatience patience) {
        this(
                upstream,
                user,
                password,
                namesPerShare,
                suggestsDifficulty,
                leastExtranonceSize,
                softwareVersion,
                patience,
                PayoutCheck.NONE);
    }

    /**
     * What we call ourselves. DATUM Gateway picks the size of everybody's coinbase by it: as long as it resembles no known
     * firmware, the pool takes the size that all of them bear.
     */
    public String userAgent() {
        return "Sluice/" + softwareVersion;
    }

    @Override
    public String toString() {
        return "Sv1PoolSettings[upstream=" + upstream + ", user=" + user + ", password=***, namesPerShare="
                + namesPerShare + ", suggestsDifficulty=" + suggestsDifficulty + ", leastExtranonceSize="
                + leastExtranonceSize
                + ", softwareVersion=" + softwareVersion
                + ", patience=" + patience + ", payout=" + payout + "]";
    }
}
