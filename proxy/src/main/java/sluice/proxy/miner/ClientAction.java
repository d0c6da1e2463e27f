package sluice.proxy.miner;

import java.time.Instant;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv2.message.Sv2Message;

/** What a miner's session wants done; its connection carries it out in order. */
public sealed interface ClientAction {
    record SendSv1(Sv1ClientMessage message) implements ClientAction {}

    record SendSv2(Sv2Message message) implements ClientAction {}

    /** Every thread searches this from now on. */
    record StartWork(Work work) implements ClientAction {}

    /** There is nothing to search. */
    record StopWork() implements ClientAction {}

    record SetDeadline(ClientDeadline deadline, Instant at) implements ClientAction {}

    /** For the count. */
    record Publish(ClientEvent event) implements ClientAction {}

    /** For people: something the server said or did that changes nothing. */
    record Tell(String text) implements ClientAction {}

    /** Close the socket and connect again later; {@code reason} is short kebab-case. */
    record Disconnect(String reason, String detail) implements ClientAction {}

    /**
     * As Disconnect, because the server asked for it.
     *
     * @param host empty for the present host
     * @param port 0 for the present port
     */
    record Reconnect(String host, int port) implements ClientAction {}
}
