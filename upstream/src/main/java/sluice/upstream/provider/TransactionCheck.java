package sluice.upstream.provider;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Transaction;
import sluice.upstream.template.TemplateTransactions;

/** Whether transactions are those of a template: a block made of others would be worthless. */
final class TransactionCheck {
    private TransactionCheck() {}

    /** Throws IllegalArgumentException that says why they are not. */
    static TemplateTransactions of(List<Bytes> raw, Bytes excessData, MerklePath path) {
        List<Hash256> txids = new ArrayList<>(raw.size());
        long weight = 0;
        for (Bytes bytes : raw) {
            Transaction transaction = Transaction.parse(bytes);
            txids.add(transaction.txid());
            weight += transaction.weight();
        }
        if (!MerklePath.ofTxids(txids).equals(path)) {
            throw new IllegalArgumentException(raw.size() + " transactions do not give the template's merkle path");
        }
        return new TemplateTransactions(raw, weight, OptionalLong.empty(), OptionalLong.empty(), excessData);
    }
}
