package sluice.protocol.sv1;

/** One Stratum V1 line, typed by who sends it. */
public sealed interface Sv1Message permits Sv1ClientMessage, Sv1ServerMessage {
    /** The id as the sender wrote it; {@link Sv1Id#NULL} for what is always a notification. */
    Sv1Id id();
}
