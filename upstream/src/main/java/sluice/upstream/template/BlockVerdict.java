package sluice.upstream.template;

/**
 * What a template source says to a block.
 *
 * @param reason its own word, as {@code submitblock} answers (BIP22); empty where it took the block without a word
 */
public record BlockVerdict(Outcome outcome, String reason) {
    public static final BlockVerdict ACCEPTED = new BlockVerdict(Outcome.ACCEPTED, "");

    private static final String DUPLICATE = "duplicate";
    private static final String INCONCLUSIVE = "inconclusive";
    /** Delivered before, and not on the best chain then (BIP22). */
    private static final String DUPLICATE_INCONCLUSIVE = "duplicate-inconclusive";
    /** What one node puts in front of every reason. */
    private static final String REJECTED_PREFIX = "rejected: ";

    /** What a verdict means for whoever found the block. */
    public enum Outcome {
        /** The block is the new tip, or was delivered before by another path. */
        ACCEPTED,
        /** A valid block that did not become the tip: somebody else was faster. */
        LOST_RACE,
        REJECTED
    }

    /** The verdict that a string answer of {@code submitblock} stands for. */
    public static BlockVerdict ofReason(String answer) {
        String reason = answer.startsWith(REJECTED_PREFIX) ? answer.substring(REJECTED_PREFIX.length()) : answer;
        return new BlockVerdict(
                switch (reason) {
                    case "", DUPLICATE -> Outcome.ACCEPTED;
                    case INCONCLUSIVE, DUPLICATE_INCONCLUSIVE -> Outcome.LOST_RACE;
                    default -> Outcome.REJECTED;
                },
                reason);
    }

    static BlockVerdict duplicate() {
        return ofReason(DUPLICATE);
    }

    static BlockVerdict inconclusive() {
        return ofReason(INCONCLUSIVE);
    }
}
