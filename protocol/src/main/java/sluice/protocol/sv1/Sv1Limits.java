package sluice.protocol.sv1;

/**
 * How large a line may be, by who sends it.
 *
 * @param lineLength bytes without the line end
 * @param tokens JSON tokens
 * @param stringLength characters of one string
 * @param nameLength characters of one field name
 * @param numberLength digits of one number
 * @param depth nested arrays and objects
 */
public record Sv1Limits(int lineLength, int tokens, int stringLength, int nameLength, int numberLength, int depth) {
    private static final int MAX_NAME_LENGTH = 128;
    private static final int MAX_NUMBER_LENGTH = 64;
    private static final int MAX_DEPTH = 8;

    /** For miners: the longest request, a configure with every extension, has a few hundred bytes. */
    public static final Sv1Limits CLIENT =
            new Sv1Limits(16 * 1024, 512, 8 * 1024, MAX_NAME_LENGTH, MAX_NUMBER_LENGTH, MAX_DEPTH);

    /** For pools: a notify holds two coinbase halves of up to 64 KiB each in hex and up to 32 branches. */
    public static final Sv1Limits SERVER =
            new Sv1Limits(320 * 1024, 1024, 128 * 1024, MAX_NAME_LENGTH, MAX_NUMBER_LENGTH, MAX_DEPTH);
}
