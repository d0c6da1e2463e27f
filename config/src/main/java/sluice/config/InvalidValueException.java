package sluice.config;

/** A value that an operator wrote and that cannot be used: what is wrong with it, and what would be right. */
public final class InvalidValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String wrong;
    private final String right;

    /**
     * @param wrong a clause about the value, such as {@code has no port}; never the text of a secret
     * @param right what to write instead
     */
    public InvalidValueException(String wrong, String right) {
        super(wrong + "; " + right);
        this.wrong = wrong;
        this.right = right;
    }

    public String wrong() {
        return wrong;
    }

    public String right() {
        return right;
    }
}
