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
     */
    record Agreed(boolean standardJobsOnly, boolean requiresVersionRolling, boolean fixedVersion) implements Sv2Setup {
        SetupConnectionSuccess success() {
            return new SetupConnectionSuccess(
                    SetupConnection.VERSION,
                    fixedVersion ? SetupConnectionSuccessFlags.MINING_REQUIRES_FIXED_VERSION : 0);
        }
    }

    record Refused(SetupConnectionError error) implements Sv2Setup {}

    /** @param versionRollingAllowed false where the upstream in force forbids it */
    static Sv2Setup judge(SetupConnection request, boolean versionRollingAllowed) {
        if (request.protocol() != SetupConnection.MINING) {
            return refused(0, SetupConnectionErrorCode.UNSUPPORTED_PROTOCOL);
        }
        if (request.minVersion() > SetupConnection.VERSION || request.maxVersion() < SetupConnection.VERSION) {
            return refused(0, SetupConnectionErrorCode.PROTOCOL_VERSION_MISMATCH);
        }
        // Work selection is left out on purpose: we cannot commit to custom jobs, so saying yes would be a lie. A
        // client
        // that probes with all bits set gets back every bit that nobody defined yet (SV2 3.6.1).
        long supported = SetupConnectionFlags.MINING_REQUIRES_STANDARD_JOBS;
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
                !versionRollingAllowed);
    }

    private static boolean has(SetupConnection request, long flag) {
        return (request.flags() & flag) != 0;
    }

    private static Refused refused(long flags, String errorCode) {
        return new Refused(new SetupConnectionError(flags, errorCode));
    }
}
