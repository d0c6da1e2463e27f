package sluice.config;

/** How much of a job of our own making a pool gets to see (SV2 6.3). */
public enum DeclarationMode {
    /** All of it: the pool checks the transactions, and can bring a block to the network itself. */
    FULL_TEMPLATE("full-template"),

    /** The coinbase; nobody but us knows the transactions. */
    COINBASE_ONLY("coinbase-only");

    private final String text;

    DeclarationMode(String text) {
        this.text = text;
    }

    /** Throws InvalidValueException for another text. */
    public static DeclarationMode parse(String text) {
        for (DeclarationMode mode : values()) {
            if (mode.text.equals(text)) {
                return mode;
            }
        }
        throw new InvalidValueException("is no way to declare jobs", "write \"full-template\" or \"coinbase-only\"");
    }

    public String text() {
        return text;
    }
}
