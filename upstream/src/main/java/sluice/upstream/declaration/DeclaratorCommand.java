package sluice.upstream.declaration;

import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.jobdeclaration.PushSolution;

/** What is asked of a connection to a job declaration server. */
public sealed interface DeclaratorCommand {

    /** One more token, please; the answer is {@link DeclaratorEvent.TokenAllocated}. */
    record AllocateToken() implements DeclaratorCommand {}

    /**
     * Declare a whole job (full-template mode); the answer is {@link DeclaratorEvent.JobDeclared} or {@link
     * DeclaratorEvent.JobRefused} with the same number. What the server does not know of its transactions it gets.
     *
     * @param number of the caller's choice, U32, above all earlier ones
     * @param coinbasePrefix serialised coinbase up to the extranonce, with BIP141 marker and flag
     * @param coinbaseSuffix what comes behind the extranonce, with the BIP141 witness
     * @param transactions serialised with witness, in block order, without the coinbase
     * @param wtxids of {@code transactions}
     * @param excessData as the template's source gave it
     */
    record Declare(
            long number,
            Bytes token,
            long version,
            Bytes coinbasePrefix,
            Bytes coinbaseSuffix,
            List<Bytes> transactions,
            List<Hash256> wtxids,
            Bytes excessData)
            implements DeclaratorCommand {
        public Declare {
            transactions = List.copyOf(transactions);
            wtxids = List.copyOf(wtxids);
        }
    }

    /** A declared job is a block; nothing is answered (SV2 6.4.9). */
    record Push(PushSolution solution) implements DeclaratorCommand {}

    /** Somebody waits: where it pauses before its next attempt, that is made now. */
    record ConnectNow() implements DeclaratorCommand {}

    /** Close the connection and stay closed; no event comes after it. */
    record Close(String reason) implements DeclaratorCommand {}
}
