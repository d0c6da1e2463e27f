package sluice.protocol.sv1;

import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;

/** What a server sends: answers, notifications and the few requests it makes. */
public sealed interface Sv1ServerMessage extends Sv1Message
        permits Sv1ServerMessage.Notify,
                Sv1ServerMessage.SetDifficulty,
                Sv1ServerMessage.SetExtranonce,
                Sv1ServerMessage.SetVersionMask,
                Sv1ServerMessage.Reconnect,
                Sv1ServerMessage.ShowMessage,
                Sv1ServerMessage.GetVersion,
                Sv1ServerMessage.Ping,
                Sv1ServerMessage.Unknown,
                Sv1ServerMessage.Malformed,
                Sv1Response {

    /** Notifications carry id null; requests override this. */
    @Override
    default Sv1Id id() {
        return Sv1Id.NULL;
    }

    /**
     * {@code mining.notify}: a job. The values are in header order; the wire's byte swaps are the codec's business.
     *
     * @param jobId opaque to the miner
     * @param coinbase1 legacy-serialised coinbase in front of the extranonce
     * @param coinbase2 and behind it
     * @param merkleBranch siblings of the coinbase, deepest first
     * @param version U32
     * @param nbits U32
     * @param ntime U32
     * @param cleanJobs whether earlier jobs are worthless
     */
    record Notify(
            String jobId,
            Hash256 prevHash,
            Bytes coinbase1,
            Bytes coinbase2,
            List<Hash256> merkleBranch,
            long version,
            long nbits,
            long ntime,
            boolean cleanJobs)
            implements Sv1ServerMessage {
        /** Most siblings, as of {@link MerklePath}. */
        public static final int MAX_MERKLE_BRANCH = MerklePath.MAX_DEPTH;

        public Notify {
            merkleBranch = List.copyOf(merkleBranch);
            if (merkleBranch.size() > MAX_MERKLE_BRANCH) {
                throw new IllegalArgumentException(
                        merkleBranch.size() + " merkle branches exceed " + MAX_MERKLE_BRANCH);
            }
        }
    }

    /**
     * {@code mining.set_difficulty [d]}: in force from the next {@code mining.notify}.
     *
     * @param difficulty finite and above 0
     */
    record SetDifficulty(double difficulty) implements Sv1ServerMessage {
        public SetDifficulty {
            if (!(difficulty > 0) || Double.isInfinite(difficulty)) {
                throw new IllegalArgumentException("a difficulty is finite and above 0, not " + difficulty);
            }
        }
    }

    /** {@code mining.set_extranonce [extranonce1, size of extranonce2]}: in force from the next {@code mining.notify}. */
    record SetExtranonce(Bytes extranonce1, int extranonce2Size) implements Sv1ServerMessage {}

    /**
     * {@code mining.set_version_mask [mask]} (BIP310): in force at once.
     *
     * @param mask U32
     */
    record SetVersionMask(long mask) implements Sv1ServerMessage {}

    /**
     * {@code client.reconnect [host, port, wait]}.
     *
     * @param host empty for the same host
     * @param port 0 for the same port
     */
    record Reconnect(String host, int port, int waitSeconds) implements Sv1ServerMessage {}

    /** {@code client.show_message [text]}. */
    record ShowMessage(String text) implements Sv1ServerMessage {}

    /** {@code client.get_version []}: the miner answers with its user agent. */
    record GetVersion(Sv1Id id) implements Sv1ServerMessage {}

    /** {@code mining.ping []}: the miner answers {@code "pong"}. */
    record Ping(Sv1Id id) implements Sv1ServerMessage {}

    /**
     * A method that no server has.
     *
     * @param params the JSON value as the server wrote it; empty where absent
     */
    record Unknown(Sv1Id id, String method, Bytes params) implements Sv1ServerMessage {}

    /** A known method whose params make no sense. */
    record Malformed(Sv1Id id, Sv1Method method, String reason) implements Sv1ServerMessage {}
}
