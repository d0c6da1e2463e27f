package sluice.proxy.coinbase;

import java.util.Locale;

/**
 * Why outputs are not used.
 *
 * @param detail what is wrong, and the cure
 */
public record OutputsRefusal(Reason reason, String detail) {

    /** Counted by these. */
    public enum Reason {
        /** Nobody is registered. */
        NO_PROVIDER,
        /** Another module is registered. */
        ANOTHER_PROVIDER,
        /** No such question was ever asked. */
        UNKNOWN_REQUEST,
        /** A newer question took the place of this one: there is another tip, or another template. */
        SUPERSEDED,
        TOO_LATE,
        ALREADY_ANSWERED,
        WRONG_PREV_HASH,
        WRONG_VALUE,
        NO_OUTPUTS,
        TOO_MANY_OUTPUTS,
        TOO_MANY_BYTES,
        TOO_MANY_SIGOPS,
        MALFORMED_SCRIPT,
        NON_STANDARD_SCRIPT,
        /** An output that pays nothing, or burns what it pays. */
        BAD_OUTPUT_VALUE,
        SUM_ABOVE_REWARD,
        /** The template's transactions do not leave so much. */
        NO_ROOM,
        /** No answer came in time. */
        SILENT;

        /** In lower-case kebab form. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Whether it is about when an answer came, not about what stands in it. */
        public boolean isOfItsTime() {
            return switch (this) {
                case NO_PROVIDER, ANOTHER_PROVIDER, UNKNOWN_REQUEST, SUPERSEDED, TOO_LATE, ALREADY_ANSWERED, SILENT ->
                    true;
                default -> false;
            };
        }
    }
}
