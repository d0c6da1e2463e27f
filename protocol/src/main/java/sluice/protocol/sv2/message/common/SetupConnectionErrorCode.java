package sluice.protocol.sv2.message.common;

/** Error codes of SetupConnection.Error. Unknown codes are legal and are only logged (SV2 3.5). */
public final class SetupConnectionErrorCode {
    public static final String UNSUPPORTED_FEATURE_FLAGS = "unsupported-feature-flags";
    public static final String UNSUPPORTED_PROTOCOL = "unsupported-protocol";
    public static final String PROTOCOL_VERSION_MISMATCH = "protocol-version-mismatch";
    /** A job declarator that works in full-template mode only. */
    public static final String MISSING_DECLARE_TX_DATA_FLAG = "missing-declare-tx-data-flag";

    private SetupConnectionErrorCode() {}
}
