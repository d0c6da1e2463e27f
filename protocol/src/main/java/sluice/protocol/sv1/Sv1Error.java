package sluice.protocol.sv1;

/**
 * The {@code error} of an answer: {@code [code, "text", null]} on the wire.
 *
 * @param code any number a peer sent; ours come from {@link Sv1ErrorCode}
 * @param text what the peer or we say about it; for people
 */
public record Sv1Error(int code, String text) {
    public static Sv1Error of(Sv1ErrorCode code) {
        return new Sv1Error(code.number(), code.text());
    }

    public static Sv1Error of(Sv1ErrorCode code, String text) {
        return new Sv1Error(code.number(), text);
    }
}
