package sluice.upstream.template;

/** A template that cannot be mined on: the field at fault and why. It is a condition of the node, so no stack trace. */
public final class UnusableTemplate extends RuntimeException {
    private final String field;

    UnusableTemplate(String field, String problem) {
        super("getblocktemplate: \"" + field + "\": " + problem, null, false, false);
        this.field = field;
    }

    /** The field's path within the answer, such as {@code transactions[3].data}. */
    public String field() {
        return field;
    }
}
