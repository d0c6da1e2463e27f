package sluice.protocol.sv2.wire;

/**
 * The peer sent bytes that the protocol does not allow: the connection is closed with {@link #reason()}. Carries no
 * stack trace, because a hostile peer decides how often one is made.
 */
public final class ProtocolViolation extends RuntimeException {
    /** A payload, or a length or count inside it, reaches past the end of the frame. */
    public static final String TRUNCATED = "payload-truncated";
    /** A field is longer than its type allows although the bytes are there. */
    public static final String FIELD_TOO_LONG = "field-too-long";
    /** An OPTION holds more than one element. */
    public static final String OPTION_TOO_LONG = "option-too-long";
    /** A header announces a payload above the connection's limit. */
    public static final String FRAME_TOO_LARGE = "frame-too-large";
    /** A payload carries more TLV fields than any registered extension defines. */
    public static final String TOO_MANY_TLVS = "too-many-tlvs";

    private final String reason;
    private final String detail;

    /**
     * @param reason short stable code in kebab-case, one counter each
     * @param detail what was found, for the log
     */
    public ProtocolViolation(String reason, String detail) {
        super(reason + ": " + detail, null, false, false);
        this.reason = reason;
        this.detail = detail;
    }

    public String reason() {
        return reason;
    }

    public String detail() {
        return detail;
    }
}
