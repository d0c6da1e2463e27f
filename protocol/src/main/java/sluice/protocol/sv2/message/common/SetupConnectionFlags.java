package sluice.protocol.sv2.message.common;

/**
 * What a client asks for in SetupConnection; the bits depend on the sub-protocol (SV2 5.3.1, 6.4.1). The answer has
 * its own vocabulary, {@link SetupConnectionSuccessFlags}. Template Distribution has no flags.
 */
public final class SetupConnectionFlags {
    /** Standard channels and NewMiningJob only; no groups. */
    public static final long MINING_REQUIRES_STANDARD_JOBS = 1L;
    /** The client will send SetCustomMiningJob. */
    public static final long MINING_REQUIRES_WORK_SELECTION = 1L << 1;
    /** The client cannot work without version rolling. */
    public static final long MINING_REQUIRES_VERSION_ROLLING = 1L << 2;
    /** The client will reveal its transactions: full-template mode. */
    public static final long JOB_DECLARATION_DECLARE_TX_DATA = 1L;

    private SetupConnectionFlags() {}
}
