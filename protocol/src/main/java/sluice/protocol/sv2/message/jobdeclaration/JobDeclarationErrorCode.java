package sluice.protocol.sv2.message.jobdeclaration;

/** Error codes of DeclareMiningJob.Error. Unknown codes are legal and are only logged (SV2 3.5). */
public final class JobDeclarationErrorCode {
    public static final String INVALID_MINING_JOB_TOKEN = "invalid-mining-job-token";
    public static final String MISSING_TXS = "missing-txs";
    public static final String INVALID_COINBASE_TX = "invalid-coinbase-tx";
    public static final String INVALID_COINBASE_TX_INPUT = "invalid-coinbase-tx-input";
    public static final String STALE_CHAIN_TIP = "stale-chain-tip";
    public static final String INVALID_JOB = "invalid-job";
    public static final String INTERNAL_ERROR = "internal-error";
    /** Start of the older codes; the name of the field follows. */
    public static final String INVALID_JOB_PARAM_VALUE_PREFIX = "invalid-job-param-value-";

    private JobDeclarationErrorCode() {}
}
