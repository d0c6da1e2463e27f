package sluice.protocol.sv1;

import java.util.Optional;

/**
 * An answer, in either direction: servers answer miners' requests, miners answer {@code client.get_version} and
 * {@code mining.ping}.
 *
 * @param id of the request, echoed verbatim
 * @param error absent on success
 * @param rejectReason ckpool's {@code reject-reason}, which stands beside a null error
 */
public record Sv1Response(Sv1Id id, Sv1Result result, Optional<Sv1Error> error, Optional<String> rejectReason)
        implements Sv1ClientMessage, Sv1ServerMessage {
    private static final Sv1Result PONG = new Sv1Result.Text("pong");

    public static Sv1Response of(Sv1Id id, Sv1Result result) {
        return new Sv1Response(id, result, Optional.empty(), Optional.empty());
    }

    public static Sv1Response ok(Sv1Id id) {
        return of(id, Sv1Result.TRUE);
    }

    /** A refusal with the code's own text. */
    public static Sv1Response refused(Sv1Id id, Sv1ErrorCode code) {
        return refused(id, Sv1Error.of(code));
    }

    public static Sv1Response refused(Sv1Id id, Sv1Error error) {
        return new Sv1Response(id, Sv1Result.NULL, Optional.of(error), Optional.empty());
    }

    public static Sv1Response pong(Sv1Id id) {
        return of(id, PONG);
    }

    /** Whether the result is {@code true} and nothing speaks against it. */
    public boolean isOk() {
        return result == Sv1Result.TRUE && error.isEmpty() && rejectReason.isEmpty();
    }
}
