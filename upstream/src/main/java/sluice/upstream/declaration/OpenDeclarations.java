package sluice.upstream.declaration;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactions;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactionsSuccess;
import sluice.protocol.sv2.wire.Limits;

/** Jobs that were declared and not answered yet, with the transactions that the server may ask for. Confined to its session. */
final class OpenDeclarations {
    /** A server that leaves as many unanswered is of no use: there is one for each template. */
    static final int MAX_OPEN = 8;

    /** Times that a server may ask for transactions of one job: each may bring megabytes on their way. */
    static final int MAX_ROUNDS = 4;

    // Request id and count; then a length before each transaction.
    private static final int MESSAGE_OVERHEAD = 4 + 2;
    private static final int TRANSACTION_OVERHEAD = 3;

    private final Map<Long, Declaration> byRequest = new LinkedHashMap<>();

    private static final class Declaration {
        final long number;
        final List<Bytes> transactions;
        Instant since;
        int rounds;

        Declaration(DeclaratorCommand.Declare job, Instant now) {
            number = job.number();
            transactions = job.transactions();
            since = now;
        }
    }

    /** Another conversation, in which nothing was declared. */
    void restart() {
        byRequest.clear();
    }

    boolean isFull() {
        return byRequest.size() == MAX_OPEN;
    }

    boolean isEmpty() {
        return byRequest.isEmpty();
    }

    void add(long requestId, DeclaratorCommand.Declare job, Instant now) {
        byRequest.put(requestId, new Declaration(job, now));
    }

    /** The number of the job that the server answers; empty if it declares none. */
    OptionalLong answered(long requestId) {
        Declaration declaration = byRequest.remove(requestId);
        return declaration == null ? OptionalLong.empty() : OptionalLong.of(declaration.number);
    }

    boolean isOpen(long requestId) {
        return byRequest.containsKey(requestId);
    }

    /**
     * The transactions that the server asks for, of a declaration that is open. Throws IllegalArgumentException that says
     * what no server may ask.
     */
    ProvideMissingTransactionsSuccess provide(ProvideMissingTransactions request, Instant now) {
        Declaration declaration = byRequest.get(request.requestId());
        if (++declaration.rounds > MAX_ROUNDS) {
            throw new IllegalArgumentException(
                    "transactions of one job are asked for more than " + MAX_ROUNDS + " times");
        }
        BitSet asked = new BitSet(declaration.transactions.size());
        List<Bytes> provided = new ArrayList<>(request.unknownTxPositionList().size());
        long length = MESSAGE_OVERHEAD;
        for (int position : request.unknownTxPositionList()) {
            if (position >= declaration.transactions.size()) {
                throw new IllegalArgumentException("transaction " + position + " is asked for of a job that has "
                        + declaration.transactions.size());
            }
            if (asked.get(position)) {
                throw new IllegalArgumentException("transaction " + position + " is asked for twice at once");
            }
            asked.set(position);
            Bytes transaction = declaration.transactions.get(position);
            length += TRANSACTION_OVERHEAD + transaction.length();
            provided.add(transaction);
        }
        if (length > Limits.U24_MAX) {
            throw new IllegalArgumentException("more transactions are asked for than one message holds");
        }
        declaration.since = now;
        return new ProvideMissingTransactionsSuccess(request.requestId(), provided);
    }

    /** Since when the server owes the answer that is due next. */
    Optional<Instant> oldest() {
        return byRequest.values().stream().map(declaration -> declaration.since).min(Instant::compareTo);
    }
}
