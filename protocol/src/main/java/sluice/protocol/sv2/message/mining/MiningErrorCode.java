package sluice.protocol.sv2.message.mining;

/**
 * Error codes of the Mining Protocol, in the order of the messages that carry them: OpenMiningChannel.Error,
 * UpdateChannel.Error, SubmitShares.Error, SetCustomMiningJob.Error. Unknown codes are legal and are only logged
 * (SV2 3.5).
 */
public final class MiningErrorCode {
    public static final String UNKNOWN_USER = "unknown-user";
    public static final String MAX_TARGET_OUT_OF_RANGE = "max-target-out-of-range";
    public static final String INVALID_USER_IDENTITY = "invalid-user-identity";
    /** Also of UpdateChannel.Error. */
    public static final String INVALID_NOMINAL_HASHRATE = "invalid-nominal-hashrate";

    public static final String MIN_EXTRANONCE_SIZE_TOO_LARGE = "min-extranonce-size-too-large";
    public static final String UNSUPPORTED_MIN_EXTRANONCE_SIZE = "unsupported-min-extranonce-size";
    public static final String STANDARD_CHANNELS_NOT_SUPPORTED_FOR_CUSTOM_WORK =
            "standard-channels-not-supported-for-custom-work";
    public static final String EXTENDED_CHANNELS_NOT_SUPPORTED_FOR_STANDARD_JOBS =
            "extended-channels-not-supported-for-standard-jobs";
    public static final String CHANNEL_CAPACITY_EXHAUSTED = "channel-capacity-exhausted";
    /** Of UpdateChannel.Error, SubmitShares.Error and SetCustomMiningJob.Error. */
    public static final String INVALID_CHANNEL_ID = "invalid-channel-id";

    public static final String STALE_SHARE = "stale-share";
    public static final String DIFFICULTY_TOO_LOW = "difficulty-too-low";
    public static final String INVALID_JOB_ID = "invalid-job-id";
    public static final String DUPLICATE_SHARE = "duplicate-share";
    public static final String BAD_EXTRANONCE_SIZE = "bad-extranonce-size";
    /** The ntime or the coinbase is at fault. */
    public static final String INVALID_SHARE = "invalid-share";

    public static final String VERSION_ROLLING_NOT_ALLOWED = "version-rolling-not-allowed";
    public static final String INVALID_NON_ROLLABLE_VERSION_BIT = "invalid-non-rollable-version-bit";
    public static final String INVALID_MINING_JOB_TOKEN = "invalid-mining-job-token";
    public static final String JD_NOT_SUPPORTED = "jd-not-supported";
    public static final String JOB_NOT_YET_VALIDATED = "job-not-yet-validated";
    public static final String STALE_CHAIN_TIP = "stale-chain-tip";
    public static final String INVALID_MIN_NTIME = "invalid-min-ntime";
    public static final String INVALID_NBITS = "invalid-nbits";
    public static final String INVALID_VERSION = "invalid-version";
    public static final String INVALID_COINBASE_TX = "invalid-coinbase-tx";
    public static final String INVALID_COINBASE_TX_VERSION = "invalid-coinbase-tx-version";
    public static final String INVALID_COINBASE_PREFIX = "invalid-coinbase-prefix";
    public static final String INVALID_COINBASE_TX_INPUT_N_SEQUENCE = "invalid-coinbase-tx-input-n-sequence";
    public static final String INVALID_COINBASE_TX_OUTPUTS = "invalid-coinbase-tx-outputs";
    public static final String INVALID_COINBASE_TX_LOCKTIME = "invalid-coinbase-tx-locktime";
    public static final String INVALID_MERKLE_PATH = "invalid-merkle-path";
    /** Start of the older codes; the name of the field follows. */
    public static final String INVALID_JOB_PARAM_VALUE_PREFIX = "invalid-job-param-value-";

    private MiningErrorCode() {}
}
