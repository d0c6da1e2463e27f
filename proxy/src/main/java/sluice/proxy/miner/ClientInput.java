package sluice.proxy.miner;

import sluice.protocol.sv1.Sv1ServerMessage;
import sluice.protocol.sv2.message.Sv2Message;

/** What can happen to a miner's session with its server. */
public sealed interface ClientInput {
    /** The first input: bytes flow and, for SV2, are encrypted. */
    record Connected() implements ClientInput {}

    record Sv1Received(Sv1ServerMessage message) implements ClientInput {}

    record Sv2Received(Sv2Message message) implements ClientInput {}

    record ShareFound(Share share) implements ClientInput {}

    record HashrateMeasured(double hashesPerSecond) implements ClientInput {}

    record DeadlineReached(ClientDeadline deadline) implements ClientInput {}

    /** The last input: the socket is gone or going. */
    record Closed() implements ClientInput {}
}
