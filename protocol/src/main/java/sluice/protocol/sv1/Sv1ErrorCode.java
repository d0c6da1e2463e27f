package sluice.protocol.sv1;

/** The error numbers of Stratum V1 answers as pools use them; 26 and 27 are extensions that miners print and ignore. */
public enum Sv1ErrorCode {
    OTHER(20, "Other/Unknown"),
    JOB_NOT_FOUND(21, "Job not found (stale)"),
    DUPLICATE_SHARE(22, "Duplicate share"),
    LOW_DIFFICULTY(23, "Low difficulty share"),
    UNAUTHORIZED_WORKER(24, "Unauthorized worker"),
    NOT_SUBSCRIBED(25, "Not subscribed"),
    ILLEGAL_METHOD(26, "Illegal method"),
    ILLEGAL_PARAMS(27, "Illegal params");

    private final int number;
    private final String text;

    Sv1ErrorCode(int number, String text) {
        this.number = number;
        this.text = text;
    }

    public int number() {
        return number;
    }

    /** The text sent where the caller has no better one. */
    public String text() {
        return text;
    }
}
