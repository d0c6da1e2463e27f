package sluice.proxy.declaration;

import java.time.Instant;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;

/** Judges custom jobs for the miners' port; asked on any loop, answers at once and blocks nothing. */
@FunctionalInterface
public interface CustomJobJudge {
    /**
     * Uses the job's token up.
     *
     * @param fullExtranonceSize bytes of the whole extranonce of the channel that the job is for
     */
    CustomJobVerdict judge(SetCustomMiningJob request, int fullExtranonceSize, Instant now);

    /** Whether blocks on {@code prevHash} are still wanted: shares of jobs on any other are stale. Asked with each share. */
    default boolean isTip(Hash256 prevHash) {
        return true;
    }
}
