package sluice.proxy.declaration;

import java.time.Instant;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.upstream.template.BlockSolution;

/** What a {@link DeclarationSession} wants done, in order. */
public sealed interface DeclarationAction {
    record Send(Sv2Message message) implements DeclarationAction {}

    /**
     * Bring the block to the network; nobody waits for an answer (SV2 6.4.9).
     *
     * @param merklePath siblings of its coinbase
     */
    record SubmitBlock(BlockSolution solution, MerklePath merklePath) implements DeclarationAction {}

    record SetDeadline(DeclarationDeadline deadline, Instant at) implements DeclarationAction {}

    /** For the operator: something odd, or a job that is not taken. */
    record Note(String text) implements DeclarationAction {}

    /**
     * Close the connection once what was sent before is written.
     *
     * @param reason short kebab-case
     * @param detail for the log
     */
    record Disconnect(String reason, String detail) implements DeclarationAction {}
}
