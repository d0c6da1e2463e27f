package sluice.proxy.miner;

import sluice.protocol.Bytes;

/** What a miner counts. */
public sealed interface ClientEvent {
    /** The server took us as a miner. */
    record Ready() implements ClientEvent {}

    /**
     * The server said which part of the extranonce is ours: at the beginning of a connection, or anew on it.
     *
     * @param prefix extranonce1 of SV1
     * @param size bytes behind it that we roll
     */
    record ExtranonceAssigned(Bytes prefix, int size) implements ClientEvent {}

    /**
     * The server sent a job that we mine.
     *
     * @param newTip on another previous block than the job before
     */
    record JobStarted(boolean newTip) implements ClientEvent {}

    record ShareSent(boolean isBlock) implements ClientEvent {}

    /** A share found for work that had ended; it was not sent. */
    record ShareDiscarded() implements ClientEvent {}

    record SharesAccepted(long count) implements ClientEvent {}

    /** @param reason as the server gave it */
    record ShareRejected(String reason) implements ClientEvent {}

    /** The server refused a share because its job was over. */
    record ShareStale() implements ClientEvent {}

    /** The connection ended before these had a verdict. */
    record SharesUnanswered(long count) implements ClientEvent {}

    /** The connection ended, or could not be made. */
    record ConnectionLost(String reason) implements ClientEvent {}
}
