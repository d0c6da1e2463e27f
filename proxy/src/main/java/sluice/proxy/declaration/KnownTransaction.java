package sluice.proxy.declaration;

import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.Transaction;

/**
 * A transaction as a declared job needs it.
 *
 * @param raw serialised with witness
 * @param wtxid hash of {@code raw}
 */
record KnownTransaction(Bytes raw, Hash256 wtxid, Hash256 txid, int weight, boolean hasWitness) {

    /** Throws IllegalArgumentException where {@code raw} is no transaction, or a coinbase. */
    static KnownTransaction of(Bytes raw) {
        return of(raw, Sha256d.of(raw));
    }

    /** As the other, for one whose hash is known. */
    static KnownTransaction of(Bytes raw, Hash256 wtxid) {
        Transaction transaction = Transaction.parse(raw);
        if (transaction.isCoinbase()) {
            throw new IllegalArgumentException("a coinbase, and a block has one");
        }
        boolean hasWitness = transaction.hasWitness();
        return new KnownTransaction(
                raw, wtxid, hasWitness ? transaction.txid() : wtxid, transaction.weight(), hasWitness);
    }
}
