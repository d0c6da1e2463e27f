package sluice.protocol.sv2.wire;

/**
 * Payload ceilings per sub-protocol and sender, to be applied to the frame header before anything is buffered. Each
 * is the largest payload that the field tables allow for what that side may send, plus {@link #TLV_ALLOWANCE}.
 */
public final class Limits {
    /** The largest value of the header's U24 length. */
    public static final int U24_MAX = 0xff_ffff;
    /**
     * Room for TLV fields behind the fixed fields; the one registered TLV (extension 0x0002) takes at most 37
     * bytes.
     */
    public static final int TLV_ALLOWANCE = 1024;

    /** Until SetupConnection is answered: SetupConnection with five strings of 255 bytes. */
    public static final int SETUP = 1_291 + TLV_ALLOWANCE;
    /** What a mining server accepts: SetCustomMiningJob. */
    public static final int MINING_FROM_CLIENT = 74_274 + TLV_ALLOWANCE;
    /** What a mining client accepts: SetGroupChannel with 65535 channels (NewExtendedMiningJob takes 139253). */
    public static final int MINING_FROM_SERVER = 262_146 + TLV_ALLOWANCE;
    /** What a job declarator accepts: ProvideMissingTransactions.Success is bounded by the header alone. */
    public static final int JOB_DECLARATION_FROM_CLIENT = U24_MAX;
    /** What a job declarator client accepts: ProvideMissingTransactions with 65535 positions. */
    public static final int JOB_DECLARATION_FROM_SERVER = 131_076 + TLV_ALLOWANCE;
    /** What a template provider accepts: SubmitSolution. */
    public static final int TEMPLATE_DISTRIBUTION_FROM_CLIENT = 65_557 + TLV_ALLOWANCE;
    /** What a template provider's client accepts: RequestTransactionData.Success is bounded by the header alone. */
    public static final int TEMPLATE_DISTRIBUTION_FROM_SERVER = U24_MAX;

    /** The most TLV fields that are read from one payload. */
    public static final int TLV_FIELDS = 32;

    private Limits() {}
}
