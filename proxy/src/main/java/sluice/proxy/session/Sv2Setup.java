package sluice.proxy.session;

import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionErrorCode;
import sluice.protocol.sv2.message.common.SetupConnectionFlags;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.common.SetupConnectionSuccessFlags;

/** What becomes of a SetupConnection on the miners' port (SV2 3.6.1-3.6.3, 5.3.1). */
sealed interface Sv2Setup {
    /**
     * What both sides hold to for the life of the connection.
     *
     * @param standardJobsOnly the miner cannot process extended jobs: no groups, NewMiningJob for each channel
     * @param requiresVersionRolling the miner cannot work without version rolling
     * @param fixedVersion we said that no version may be rolled
     * @param selectsWork the client makes the jobs itself, in extended channels, and is sent none
     */
    record Agreed(boolean standardJobsOnly, boolean requiresVersionRolling, boolean fixedVersion, boolean selectsWork)
            implements Sv2Setup {
        SetupConnectionSuccess success() {
            long flags = fixedVersion ? SetupConnectionSuccessFlags.MINING_REQUIRES_FIXED_VERSION : 0;
            if (selectsWork) {
                flags |= SetupConnectionSuccessFlags.MINING_REQUIRES_EXTENDED_CHANNELS;
            }
            return new SetupConnectionSuccess(SetupConnection.VERSION, flags);
        }
    }

    record Refused(SetupConnectionError error) implements Sv2Setup {}

    /**
     * @param upstreamAllowsRolling false where the upstream in force forbids to roll a job's version
     * @param customWork whether clients may make their own jobs
     */
    static Sv2Setup judge(SetupConnection request, boolean upstreamAllowsRolling, boolean customWork) {
        if (request.protocol() != SetupConnection.MINING) {
            return refused(0, SetupConnectionErrorCode.UNSUPPORTED_PROTOCOL);
        }
        if (request.minVersion() > SetupConnection.VERSION || request.maxVersion() < SetupConnection.VERSION) {
            return refused(0, SetupConnectionErrorCode.PROTOCOL_VERSION_MISMATCH);
        }
        // A client that probes with all bits set gets back every bit that nobody defined yet (SV2 3.6.1).
        long supported = SetupConnectionFlags.MINING_REQUIRES_STANDARD_JOBS;
        // Where nobody judges custom jobs we cannot commit to them, so saying yes would be a lie.
        if (customWork) {
            supported |= SetupConnectionFlags.MINING_REQUIRES_WORK_SELECTION;
        }
        boolean selectsWork = customWork && has(request, SetupConnectionFlags.MINING_REQUIRES_WORK_SELECTION);
        // No upstream has a say in jobs that it does not make.
        boolean versionRollingAllowed = upstreamAllowsRolling || selectsWork;
        if (versionRollingAllowed) {
            supported |= SetupConnectionFlags.MINING_REQUIRES_VERSION_ROLLING;
        }
        long unsupported = request.flags() & ~supported;
        if (unsupported != 0) {
            return refused(unsupported, SetupConnectionErrorCode.UNSUPPORTED_FEATURE_FLAGS);
        }
        return new Agreed(
                has(request, SetupConnectionFlags.MINING_REQUIRES_STANDARD_JOBS),
                has(request, SetupConnectionFlags.MINING_REQUIRES_VERSION_ROLLING),
                !versionRollingAllowed,
                selectsWork);
    }

    private static boolean has(SetupConnection request, long flag) {
        return (request.flags() & flag) != 0;
    }

    private static Refused refused(long flags, String errorCode) {
        return new Refused(new SetupConnectionError(flags, errorCode));
    }
}
