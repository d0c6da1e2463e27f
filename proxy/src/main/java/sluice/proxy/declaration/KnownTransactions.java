package sluice.proxy.declaration;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Sha256d;
import sluice.upstream.template.TemplateTransactions;

/**
 * Transactions of our own templates and of jobs declared before, so that clients need to send few (SV2 6.4.7). What was not
 * used for the longest time gives way. Confined to one loop.
 */
final class KnownTransactions {
    /** What a few blocks hold. */
    static final int MAX_TRANSACTIONS = 65_536;
    /** Bytes of them all: some twenty blocks of usual size. */
    static final int MAX_BYTES = 1 << 25;
    /** Templates that nobody has declared a job since; the oldest is left out. */
    static final int MAX_WAITING_TEMPLATES = 4;

    private final Map<Hash256, KnownTransaction> byWtxid = new LinkedHashMap<>(16, 0.75f, true);
    private final Deque<TemplateTransactions> waiting = new ArrayDeque<>();
    private long bytes;

    /** Takes the transactions of a template in; they are hashed once somebody asks. */
    void learn(TemplateTransactions transactions) {
        waiting.addLast(transactions);
        if (waiting.size() > MAX_WAITING_TEMPLATES) {
            waiting.removeFirst();
        }
    }

    void learn(KnownTransaction transaction) {
        if (byWtxid.put(transaction.wtxid(), transaction) == null) {
            bytes += transaction.raw().length();
        }
        Iterator<KnownTransaction> oldest = byWtxid.values().iterator();
        while (byWtxid.size() > MAX_TRANSACTIONS || bytes > MAX_BYTES) {
            bytes -= oldest.next().raw().length();
            oldest.remove();
        }
    }

    Optional<KnownTransaction> find(Hash256 wtxid) {
        while (!waiting.isEmpty()) {
            waiting.removeFirst().raw().forEach(this::learnOnce);
        }
        return Optional.ofNullable(byWtxid.get(wtxid));
    }

    private void learnOnce(Bytes raw) {
        Hash256 wtxid = Sha256d.of(raw);
        if (byWtxid.get(wtxid) == null) {
            learn(KnownTransaction.of(raw, wtxid));
        }
    }

    int size() {
        return byWtxid.size();
    }
}
