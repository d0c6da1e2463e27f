package sluice.upstream.declaration;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.jobdeclaration.PushSolution;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.upstream.UpstreamCommand.SubmitShare;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCoinbase;
import sluice.upstream.template.TemplateJob;
import sluice.upstream.template.TemplateTransactions;

/** One job of our own, from its template to the id that the pool gives it. Confined to its {@link CustomJobs}. */
final class CustomJob {
    /** How far a job has come. */
    enum Stage {
        /** Nobody but us knows of it: its transactions are not there, or too many declarations are without answer. */
        UNDECLARED("the transactions of its template did not come"),
        DECLARED("the job declaration server did not answer"),
        GIVEN("the pool did not answer"),
        /** The other side has another chain tip; it is offered again. */
        STALE("it has another chain tip than our templates"),
        TAKEN("it was taken"),
        /** Only a block can still come of it. */
        DROPPED("it was dropped");

        private final String obstacle;

        Stage(String obstacle) {
            this.obstacle = obstacle;
        }

        /** Why a job that should have been taken by now is not. */
        String obstacle() {
            return obstacle;
        }
    }

    private final long id;
    private final double work;
    private final Instant due;
    private TemplateJob made;
    private TokenStock.Stocked token;
    private Stage stage = Stage.UNDECLARED;
    private boolean wasDeclared;
    private long request;
    private Instant retryAt = Instant.MAX;
    private long poolId;
    private Target poolTarget = Target.MAX;

    /**
     * A job of a template.
     *
     * @param id for the route, U32
     * @param target that the route asks of its shares
     */
    CustomJob(long id, TemplateJob made, TokenStock.Stocked token, Target target, Instant now) {
        this.id = id;
        this.made = made;
        this.token = token;
        this.work = Difficulty.of(target);
        this.due = now.plus(CustomJobsDeadline.TAKEN.patience());
    }

    long id() {
        return id;
    }

    /** The difficulty that the route asks of its shares. */
    double work() {
        return work;
    }

    /** When the pool must have taken it. */
    Instant due() {
        return due;
    }

    Stage stage() {
        return stage;
    }

    TemplateJob made() {
        return made;
    }

    TokenStock.Stocked token() {
        return token;
    }

    Template template() {
        return made.template();
    }

    Hash256 prevHash() {
        return template().tip().prevHash();
    }

    /** Whether the pool may still take it. */
    boolean isUntaken() {
        return stage != Stage.TAKEN && stage != Stage.DROPPED;
    }

    /** Whether it waits for the answer to this request. */
    boolean awaits(long number, Stage at) {
        return stage == at && request == number;
    }

    void know(TemplateTransactions transactions) {
        made = made.with(transactions);
    }

    /** Why no block can be made of it; empty where one can, or where only the template's source knows. */
    Optional<String> fault() {
        return made.fault(JobDraft.outputs(token.token(), template()).orElse(List.of()));
    }

    /** The next step on the way to the pool is its declaration. Throws NoSuchElementException without transactions. */
    DeclaratorCommand.Declare declare(long number) {
        TemplateTransactions transactions = template().transactions().orElseThrow();
        stage = Stage.DECLARED;
        request = number;
        List<Hash256> wtxids = new ArrayList<>(transactions.raw().size());
        transactions.raw().forEach(raw -> wtxids.add(Sha256d.of(raw)));
        return new DeclaratorCommand.Declare(
                number,
                token.token().token(),
                template().version(),
                made.coinbase().witnessPrefix(),
                made.coinbase().witnessSuffix(),
                transactions.raw(),
                wtxids,
                transactions.excessData());
    }

    void declared() {
        wasDeclared = true;
    }

    /** The next step is that the pool takes it. */
    SetCustomMiningJob give(long number, Bytes withToken) {
        stage = Stage.GIVEN;
        request = number;
        TemplateCoinbase coinbase = template().coinbase();
        return new SetCustomMiningJob(
                0,
                number,
                withToken,
                template().version(),
                prevHash(),
                template().tip().minNtime(),
                template().tip().nbits(),
                coinbase.version(),
                made.coinbase().scriptSigHead(),
                coinbase.sequence(),
                made.coinbase().countedOutputs(),
                coinbase.lockTime(),
                template().merklePath().siblings());
    }

    /** @param target that the pool asks of its shares */
    void taken(long idAtPool, Target target) {
        stage = Stage.TAKEN;
        poolId = idAtPool;
        poolTarget = target;
    }

    long poolId() {
        return poolId;
    }

    /** Whether the pool counts a share of this hash, as far as is known. */
    boolean isGoodEnough(Hash256 hash) {
        return poolTarget.isMetBy(hash) || template().networkTarget().isMetBy(hash);
    }

    void stale(Instant next) {
        stage = Stage.STALE;
        retryAt = next;
    }

    /** When it is offered again; absent where it does not wait for that. */
    Optional<Instant> retryAt() {
        return stage == Stage.STALE ? Optional.of(retryAt) : Optional.empty();
    }

    /** Its next try is with another token, whose outputs are the same. */
    void renew(TokenStock.Stocked other) {
        token = other;
        stage = Stage.UNDECLARED;
    }

    void drop() {
        stage = Stage.DROPPED;
    }

    /** What brings a block to whoever knows the declared job; empty where nobody does. */
    Optional<PushSolution> push(SubmitShare share) {
        return wasDeclared
                ? Optional.of(new PushSolution(
                        made.fullExtranonce(share),
                        prevHash(),
                        share.nonce(),
                        share.ntime(),
                        template().tip().nbits(),
                        share.version()))
                : Optional.empty();
    }
}
