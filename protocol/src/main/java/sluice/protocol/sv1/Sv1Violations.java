package sluice.protocol.sv1;

/** The reasons for which a Stratum V1 connection is closed, one counter each. */
public final class Sv1Violations {
    /** A line is not one well-formed JSON object within the limits of depth, string and number length. */
    public static final String BAD_JSON = "bad-json";
    /** A line is longer than its limit. */
    public static final String LINE_TOO_LONG = "line-too-long";
    /** A line has more JSON tokens than its limit. */
    public static final String TOO_MANY_TOKENS = "too-many-tokens";
    /** A JSON object is neither a request nor an answer. */
    public static final String NOT_A_MESSAGE = "not-a-message";
    /** An id is an array, an object or longer than {@link Sv1Id#MAX_LENGTH}. */
    public static final String BAD_ID = "bad-id";

    private Sv1Violations() {}
}
