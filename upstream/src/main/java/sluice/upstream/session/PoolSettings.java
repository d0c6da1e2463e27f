package sluice.upstream.session;

import sluice.protocol.bitcoin.Target;

/**
 * Who we are to a pool and what we ask for before any miner is there.
 *
 * @param upstream the pool's name for logs and events, without secrets
 * @param userIdentity of our channel; at most 255 bytes of UTF-8
 * @param easiestTarget the easiest target we take while no demand says otherwise
 * @param namesPerShare ask the pool to take the name of its miner with each share (extension 0x0002)
 * @param softwareVersion what SetupConnection says of this release
 * @param patience when a pool that answers is of no use all the same
 * @param payout whom its jobs have to pay
 * @param selectsWork we make the jobs ourselves, and the pool's own are not looked at (SV2 5.3.18)
 */
public record PoolSettings(
        String upstream,
        String userIdentity,
        Target easiestTarget,
        boolean namesPerShare,
        String softwareVersion,
        PoolPatience patience,
        PayoutCheck payout,
        boolean selectsWork) {

    /** For a pool that makes the jobs and may pay whom it likes. */
    public PoolSettings(
            String upstream,
            String userIdentity,
            Target easiestTarget,
            boolean namesPerShare,
            String softwareVersion,
            PoolPatience patience) {
        this(upstream, userIdentity, easiestTarget, namesPerShare, softwareVersion, patience, PayoutCheck.NONE, false);
    }
}
