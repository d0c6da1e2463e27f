package sluice.proxy.declaration;

import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import sluice.protocol.Bytes;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateTransactions;

/** What all sessions of clients that declare jobs share: our own templates, and the jobs that may be mined. Confined to one loop. */
public final class DeclarationDesk {
    private final DeclaredJobs jobs;
    private final Supplier<Bytes> tokens;
    private final LongSupplier blockNumbers;
    private final KnownTransactions transactions = new KnownTransactions();

    /**
     * @param tokens each another one, and none to be guessed
     * @param blockNumbers unique among the blocks of all clients
     */
    public DeclarationDesk(DeclaredJobs jobs, Supplier<Bytes> tokens, LongSupplier blockNumbers) {
        this.jobs = jobs;
        this.tokens = tokens;
        this.blockNumbers = blockNumbers;
    }

    /** Our own templates change; the sessions are told after it. */
    public void on(TemplateEvent event) {
        switch (event) {
            case TemplateEvent.NewTip(Template template) -> inForce(template);
            case TemplateEvent.Refreshed(Template template) -> inForce(template);
            case TemplateEvent.TransactionsArrived(long templateId, TemplateTransactions arrived) -> {
                transactions.learn(arrived);
                jobs.inForce(jobs.inForce()
                        .map(template -> template.id() == templateId ? template.with(arrived) : template));
            }
            case TemplateEvent.Unavailable unavailable -> jobs.inForce(Optional.empty());
            case TemplateEvent.BlockJudged judged -> {}
        }
    }

    private void inForce(Template template) {
        template.transactions().ifPresent(transactions::learn);
        jobs.inForce(Optional.of(template));
    }

    DeclaredJobs jobs() {
        return jobs;
    }

    KnownTransactions transactions() {
        return transactions;
    }

    ClientTokens newClient() {
        return new ClientTokens(jobs, tokens);
    }

    long nextBlockNumber() {
        return blockNumbers.getAsLong();
    }
}
