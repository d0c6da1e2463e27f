package sluice.fuzz;

/** A claim about what just happened that costs nothing while it holds. */
final class Claim {
    private Claim() {}

    static void that(boolean holds, String broken, Object... values) {
        if (!holds) {
            throw new AssertionError(broken.formatted(values));
        }
    }

    /** What operators read must not be able to write their terminal or forge a line. */
    static void isOneLineOfText(String text) {
        that(text.chars().noneMatch(Character::isISOControl), "not one line of text: %s", text);
    }
}
