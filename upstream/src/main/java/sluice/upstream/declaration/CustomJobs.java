package sluice.upstream.declaration;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import sluice.config.DeclarationMode;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamCommand.SubmitShare;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.declaration.CustomJob.Stage;
import sluice.upstream.session.CustomJobAnswer;
import sluice.upstream.session.PayoutWatch;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateTransactions;

/**
 * The jobs between templates, a job declaration server and a pool: to its route it looks like a pool whose jobs are made of
 * the operator's own templates. The first job that the pool takes opens the channel; from then on jobs are mined from the
 * moment they are made, and their shares wait for the pool to take them. A pure machine, confined to one loop.
 */
public final class CustomJobs {
    /** Jobs whose shares are known; the oldest gives way. Each holds a template. */
    public static final int MAX_JOBS = 16;
    /** Jobs of one tip that the pool has not taken yet; the next template waits. */
    public static final int MAX_UNTAKEN = 4;
    /** Blocks that are on their way to the disk; with one more the oldest share does not wait for that. */
    public static final int MAX_PENDING_BLOCKS = 64;

    private static final long NO_OPENING = 0;

    private final CustomJobsSettings settings;
    private final CustomJobsOutbox outbox = new CustomJobsOutbox();
    private final TokenStock tokens = new TokenStock(outbox);
    private final CustomShares shares = new CustomShares(outbox);
    private final PayoutWatch payouts;
    private final Map<Long, CustomJob> jobs = new LinkedHashMap<>();
    private final Map<Long, PendingBlock> pendingBlocks = new LinkedHashMap<>();

    private Optional<Template> current = Optional.empty();
    /** There is no job of {@link #current} yet. */
    private boolean jobDue;

    private Optional<UpstreamChannel> pool = Optional.empty();
    /** Declarations without an answer, those of dropped jobs among them. */
    private int openDeclarations;

    /** The other side takes no jobs that pay a coinbase provider; so for as long as it is connected. */
    private boolean splitsRefused;

    private CoinbaseReserve reserve = CoinbaseReserve.NONE;
    private Optional<Instant> pausedUntil = Optional.empty();
    /** Of the job that the route was given last; present while its channel is open. */
    private Optional<Hash256> tip = Optional.empty();
    /** Counts the route's channels. */
    private long opening;

    private long lastNumber;
    private long lastSolution;
    private boolean closing;

    public CustomJobs(CustomJobsSettings settings) {
        this.settings = settings;
        this.payouts = new PayoutWatch(settings.payout());
    }

    /**
     * The share of a block that is on its way to the disk.
     *
     * @param opening the route's channel that waits for a verdict on it, or {@link #NO_OPENING}
     */
    private record PendingBlock(SubmitShare share, CustomJob job, Hash256 hash, long opening) {}

    /** What to do about {@code input}, in order. */
    public List<CustomJobsAction> on(CustomJobsInput input, Instant now) {
        if (closing) {
            onLastWord(input, now);
            return outbox.take();
        }
        switch (input) {
            case CustomJobsInput.TemplateReported(TemplateEvent event) -> onTemplate(event);
            case CustomJobsInput.DeclaratorReported(DeclaratorEvent event) -> onDeclarator(event, now);
            case CustomJobsInput.PoolReported(UpstreamEvent event) -> onPool(event);
            case CustomJobsInput.PoolAnswered(CustomJobAnswer answer) -> onAnswer(answer, now);
            case CustomJobsInput.Requested(UpstreamCommand command) -> onCommand(command, now);
            case CustomJobsInput.BlockRecorded(long number) -> onRecorded(number);
            case CustomJobsInput.TimePassed() -> {}
        }
        if (!closing) {
            goOn(now);
        }
        return outbox.take();
    }

    /** When {@link CustomJobsInput.TimePassed} is due, if it is. */
    public Optional<Instant> nextDeadline() {
        Stream<Instant> ofJobs = jobs.values().stream()
                .filter(CustomJob::isUntaken)
                .flatMap(job -> Stream.concat(Stream.of(job.due()), job.retryAt().stream()));
        return closing
                ? Optional.empty()
                : Stream.of(ofJobs, tokens.nextExpiry().stream(), pausedUntil.stream())
                        .flatMap(instants -> instants)
                        .min(Comparator.naturalOrder());
    }

    private boolean isOpen() {
        return tip.isPresent();
    }

    private void onTemplate(TemplateEvent event) {
        switch (event) {
            case TemplateEvent.NewTip(Template template) -> inForce(template);
            case TemplateEvent.Refreshed(Template template) -> inForce(template);
            case TemplateEvent.TransactionsArrived(long templateId, TemplateTransactions transactions) ->
                onTransactions(templateId, transactions);
            // The pool judges the share of a block; who keeps the block hears what becomes of it.
            case TemplateEvent.BlockJudged judged -> {}
            case TemplateEvent.Unavailable(String reason) -> {
                current = Optional.empty();
                jobDue = false;
                lose(Step.FIRST_JOB, "no template: " + reason);
            }
        }
    }

    private void inForce(Template given) {
        if (splitsRefused && current.filter(known -> known.id() == given.id()).isPresent()) {
            return;
        }
        Template template = splitsRefused ? given.paying(Optional.empty()) : given;
        current = Optional.of(template);
        jobDue = true;
        for (CustomJob job : untaken()) {
            if (!job.prevHash().equals(template.tip().prevHash())) {
                drop(job);
            }
        }
    }

    private void onTransactions(long templateId, TemplateTransactions transactions) {
        current = current.map(template -> template.id() == templateId ? template.with(transactions) : template);
        for (CustomJob job : jobs.values()) {
            if (job.template().id() == templateId) {
                job.know(transactions);
                job.fault().filter(fault -> job.isUntaken()).ifPresent(fault -> onUnusable(job.template(), fault));
            }
        }
    }

    private void onDeclarator(DeclaratorEvent event, Instant now) {
        switch (event) {
            case DeclaratorEvent.Ready() -> {
                openDeclarations = 0;
                tokens.ready();
            }
            case DeclaratorEvent.TokenAllocated(JobToken token) -> onToken(token, now);
            case DeclaratorEvent.JobDeclared(long number, Bytes token) -> {
                openDeclarations--;
                awaiting(number, Stage.DECLARED).ifPresent(job -> {
                    job.declared();
                    give(job, token);
                });
            }
            case DeclaratorEvent.JobRefused(long number, String errorCode) -> {
                openDeclarations--;
                awaiting(number, Stage.DECLARED)
                        .ifPresent(job -> onRefused(job, "the job declaration server", errorCode, now));
            }
            case DeclaratorEvent.Lost(Step step, String reason) -> {
                tokens.lost();
                lose(step, "job declaration: " + reason);
            }
        }
    }

    private void onToken(JobToken token, Instant now) {
        CoinbaseReserve wanted;
        try {
            wanted = CoinbaseReserve.of(token.outputs());
        } catch (IllegalArgumentException tooMuch) {
            giveUp("the pool asks for outputs that no block has room for: " + tooMuch.getMessage(), now);
            return;
        }
        if (token.outputs().isEmpty()) {
            giveUp("the job declaration server gave a token without outputs: nobody would be paid", now);
            return;
        }
        if (!wanted.equals(reserve)) {
            reserve = wanted;
            outbox.toTemplates(new TemplateCommand.ReserveCoinbase(wanted));
        }
        tokens.add(token, now);
    }

    private void onPool(UpstreamEvent event) {
        switch (event) {
            case UpstreamEvent.ChannelOpened(UpstreamChannel channel) -> {
                pool = Optional.of(channel);
                splitsRefused = false;
                shares.restartPool();
            }
            case UpstreamEvent.TargetChanged(Target target) -> {
                pool = pool.map(channel -> new UpstreamChannel(
                        channel.upstream(),
                        channel.extranoncePrefix(),
                        channel.extranonceSize(),
                        target,
                        channel.versionRollingAllowed()));
                reportIfOpen(event);
            }
            case UpstreamEvent.ExtranoncePrefixChanged(Bytes prefix) -> onPrefix(prefix, event);
            case UpstreamEvent.SharesAccepted accepted -> shares.accepted(accepted);
            case UpstreamEvent.ShareRejected rejected -> shares.rejected(rejected);
            case UpstreamEvent.Lost(Step step, String reason) -> {
                pool = Optional.empty();
                lose(step, reason);
            }
            // The pool's own jobs are nobody's here.
            case UpstreamEvent.JobAnnounced _,
                    UpstreamEvent.TipChanged _,
                    UpstreamEvent.PayoutMismatch _,
                    UpstreamEvent.SplitUnused _ -> {}
        }
    }

    /** A job that the pool takes from now on has the new prefix for it, so what is on its way there is void (SV2 5.3.12). */
    private void onPrefix(Bytes prefix, UpstreamEvent event) {
        pool = pool.map(channel -> new UpstreamChannel(
                channel.upstream(),
                prefix,
                channel.extranonceSize(),
                channel.target(),
                channel.versionRollingAllowed()));
        reportIfOpen(event);
        untaken().forEach(this::drop);
        jobDue = current.isPresent();
    }

    private void reportIfOpen(UpstreamEvent event) {
        if (isOpen()) {
            outbox.report(event);
        }
    }

    private void onAnswer(CustomJobAnswer answer, Instant now) {
        Optional<CustomJob> asked = awaiting(answer.requestId(), Stage.GIVEN);
        if (asked.isEmpty()) {
            return;
        }
        CustomJob job = asked.get();
        switch (answer) {
            case CustomJobAnswer.Refused(long number, String errorCode) -> onRefused(job, "the pool", errorCode, now);
            case CustomJobAnswer.Taken(long number, long poolId) -> {
                job.taken(poolId, pool.orElseThrow().target());
                if (isOpen()) {
                    shares.release(job);
                } else {
                    open(job, now);
                }
            }
        }
    }

    private void onRefused(CustomJob job, String by, String errorCode, Instant now) {
        if (errorCode.equals(MiningErrorCode.STALE_CHAIN_TIP)) {
            job.stale(now.plus(CustomJobsDeadline.STALE_RETRY.patience()));
        } else if (job.template().split().isPresent()) {
            // It may well take the same without, and no provider is worth a pool.
            splitsRefused = true;
            leaveOutSplit(by + " refused a job with them: " + errorCode);
            drop(job);
            jobDue |= current.filter(template -> template.id() == job.template().id())
                    .isPresent();
        } else {
            giveUp(by + " refused a job of ours: " + errorCode, now);
        }
    }

    private void onCommand(UpstreamCommand command, Instant now) {
        switch (command) {
            case SubmitShare share -> onShare(share, now);
            case UpstreamCommand.UpdateDemand demand -> outbox.toPool(demand);
            case UpstreamCommand.RescueBlock(SubmitShare share) -> rescue(share, now);
            case UpstreamCommand.ConnectNow connect -> {
                pausedUntil = Optional.empty();
                outbox.toPool(connect);
                outbox.toDeclarator(new DeclaratorCommand.ConnectNow());
            }
            case UpstreamCommand.Close close -> {
                closing = true;
                outbox.toDeclarator(new DeclaratorCommand.Close(close.reason()));
                outbox.toTemplates(new TemplateCommand.Close(close.reason()));
                outbox.toPool(close);
            }
        }
    }

    /** Closed: how the conversation with the pool ends, if there is one, is left to say, and late blocks are blocks. */
    private void onLastWord(CustomJobsInput input, Instant now) {
        switch (input) {
            case CustomJobsInput.PoolReported(UpstreamEvent.Lost(Step step, String reason)) ->
                outbox.report(new UpstreamEvent.Lost(isOpen() ? Step.MINING : step, reason));
            case CustomJobsInput.Requested(UpstreamCommand.RescueBlock(SubmitShare share)) -> rescue(share, now);
            default -> {}
        }
    }

    private void onShare(SubmitShare share, Instant now) {
        CustomJob job = jobs.get(share.jobId());
        Optional<String> refusal = job == null
                ? Optional.of(MiningErrorCode.INVALID_JOB_ID)
                : job.made().refusal(share, now);
        if (refusal.isPresent()) {
            outbox.report(new UpstreamEvent.ShareRejected(share.sequence(), refusal.get()));
            return;
        }
        BlockHeader header = job.made().header(share);
        Hash256 hash = header.hash();
        boolean isBlock = job.template().networkTarget().isMetBy(hash);
        boolean taken = takeIn(share, job);
        if (isBlock) {
            found(share, job, header, hash, taken ? opening : NO_OPENING);
        } else if (taken) {
            pass(share, job, hash);
        }
    }

    /** Also of a job that the pool will not take: the chain takes it all the same. */
    private void found(SubmitShare share, CustomJob job, BlockHeader header, Hash256 hash, long waiting) {
        BlockSolution solution = job.made().solution(++lastSolution, share, header, hash);
        outbox.add(new CustomJobsAction.BlockFound(solution, job.template().merklePath()));
        pendingBlocks.put(lastSolution, new PendingBlock(share, job, hash, waiting));
        if (pendingBlocks.size() > MAX_PENDING_BLOCKS) {
            onRecorded(pendingBlocks.keySet().iterator().next());
        }
    }

    /** The pool may be gone, or all of it closed: what was found is a block all the same. */
    private void rescue(SubmitShare share, Instant now) {
        CustomJob job = jobs.get(share.jobId());
        if (job == null || job.made().refusal(share, now).isPresent()) {
            return;
        }
        BlockHeader header = job.made().header(share);
        Hash256 hash = header.hash();
        if (job.template().networkTarget().isMetBy(hash)) {
            found(share, job, header, hash, NO_OPENING);
        }
    }

    private boolean takeIn(SubmitShare share, CustomJob job) {
        if (isOpen() && job.stage() != Stage.DROPPED) {
            return shares.take(share, job.work());
        }
        outbox.report(new UpstreamEvent.ShareRejected(share.sequence(), MiningErrorCode.STALE_SHARE));
        return false;
    }

    private void onRecorded(long number) {
        PendingBlock block = pendingBlocks.remove(number);
        if (block == null) {
            return;
        }
        block.job()
                .push(block.share())
                .ifPresent(solution -> outbox.toDeclarator(new DeclaratorCommand.Push(solution)));
        if (block.opening() == opening && isOpen()) {
            pass(block.share(), block.job(), block.hash());
        }
    }

    /** A share that was taken in goes up, or waits until it can. */
    private void pass(SubmitShare share, CustomJob job, Hash256 hash) {
        switch (job.stage()) {
            case TAKEN -> {
                if (job.isGoodEnough(hash)) {
                    shares.send(share, job.poolId());
                } else {
                    shares.refuse(share.sequence(), MiningErrorCode.DIFFICULTY_TOO_LOW);
                }
            }
            case DROPPED -> shares.refuse(share.sequence(), MiningErrorCode.STALE_SHARE);
            case UNDECLARED, DECLARED, GIVEN, STALE -> shares.cache(share, hash);
        }
    }

    /** Does what is possible now: whatever happened may be what something waited for. */
    private void goOn(Instant now) {
        pausedUntil = pausedUntil.filter(now::isBefore);
        tokens.expire(now);
        for (CustomJob job : untaken()) {
            if (!job.isUntaken()) {
                // Given up together with one before it.
                continue;
            }
            if (!now.isBefore(job.due())) {
                onOverdue(job, now);
            } else if (job.stage() == Stage.UNDECLARED) {
                progress(job);
            } else if (job.retryAt().filter(at -> !now.isBefore(at)).isPresent()) {
                retry(job, now);
            }
        }
        if (jobDue && pool.isPresent() && pausedUntil.isEmpty() && hasRoomForJob()) {
            tokens.take().ifPresent(token -> makeJob(token, now));
        }
        tokens.fill();
    }

    /** Before the channel is open there is one job at a time, and what is not declared yet gives way to what is better. */
    private boolean hasRoomForJob() {
        List<CustomJob> untaken = untaken();
        if (isOpen()) {
            return untaken.size() < MAX_UNTAKEN;
        }
        untaken.stream().filter(job -> job.stage() == Stage.UNDECLARED).forEach(job -> {
            drop(job);
            tokens.giveBack(job.token());
        });
        return untaken().isEmpty();
    }

    private void makeJob(TokenStock.Stocked token, Instant now) {
        jobDue = false;
        UpstreamChannel channel = pool.orElseThrow();
        JobDraft draft = draft(token);
        if (draft.fault().isPresent() && current.orElseThrow().split().isPresent()) {
            leaveOutSplit(draft.fault().get());
            draft = draft(token);
        }
        Template template = current.orElseThrow();
        if (draft.fault().isPresent()) {
            tokens.giveBack(token);
            // Where the job in force is on the same tip, it stays as good as it was.
            if (!tip.equals(Optional.of(template.tip().prevHash()))) {
                onUnusable(template, draft.fault().get());
            }
            return;
        }
        CustomJob job = new CustomJob(++lastNumber, draft.made().orElseThrow(), token, channel.target(), now);
        jobs.put(job.id(), job);
        if (jobs.size() > MAX_JOBS) {
            CustomJob oldest = jobs.remove(jobs.keySet().iterator().next());
            drop(oldest);
        }
        if (isOpen()) {
            announce(job, now);
        }
        if (job.isUntaken()) {
            progress(job);
        }
    }

    private JobDraft draft(TokenStock.Stocked token) {
        return JobDraft.of(current.orElseThrow(), token.token(), pool.orElseThrow(), settings.tag());
    }

    /** The template in force pays the pool as it would without a coinbase provider. */
    private void leaveOutSplit(String reason) {
        outbox.report(new UpstreamEvent.SplitUnused(reason));
        current = current.map(template -> template.paying(Optional.empty()));
    }

    /** There is no job until the next template. */
    private void onUnusable(Template template, String fault) {
        lose(Step.FIRST_JOB, "template " + template.id() + ": " + fault);
        jobDue = false;
    }

    /** Takes a job that is new, or whose transactions may have come, a step further. */
    private void progress(CustomJob job) {
        if (settings.mode() == DeclarationMode.COINBASE_ONLY) {
            give(job, job.token().token().token());
        } else if (job.template().transactions().isPresent() && openDeclarations < OpenDeclarations.MAX_OPEN) {
            openDeclarations++;
            outbox.toDeclarator(job.declare(++lastNumber));
        }
    }

    private void give(CustomJob job, Bytes token) {
        outbox.add(new CustomJobsAction.GiveCustomJob(job.give(++lastNumber, token)));
    }

    private void retry(CustomJob job, Instant now) {
        Optional<TokenStock.Stocked> token = tokens.take();
        if (token.isEmpty()) {
            job.stale(now.plus(CustomJobsDeadline.STALE_RETRY.patience()));
        } else if (token.get().token().outputs().equals(job.token().token().outputs())) {
            job.renew(token.get());
            progress(job);
        } else {
            tokens.giveBack(token.get());
            drop(job);
            jobDue = current.isPresent();
        }
    }

    private void onOverdue(CustomJob job, Instant now) {
        boolean superseded =
                jobs.values().stream().anyMatch(other -> other.id() > job.id() && other.stage() != Stage.DROPPED);
        if (superseded && (job.stage() == Stage.UNDECLARED || job.stage() == Stage.STALE)) {
            drop(job);
        } else {
            giveUp(
                    "no job of ours was taken within "
                            + CustomJobsDeadline.TAKEN.patience().toSeconds() + " s: "
                            + job.stage().obstacle(),
                    now);
        }
    }

    private void open(CustomJob first, Instant now) {
        UpstreamChannel channel = pool.orElseThrow();
        opening++;
        shares.restart();
        outbox.report(new UpstreamEvent.ChannelOpened(new UpstreamChannel(
                settings.upstream(),
                channel.extranoncePrefix(),
                channel.extranonceSize(),
                channel.target(),
                channel.versionRollingAllowed())));
        announce(first, now);
    }

    private void announce(CustomJob job, Instant now) {
        UpstreamChannel channel = pool.orElseThrow();
        boolean isFirstOfTip = !tip.equals(Optional.of(job.prevHash()));
        tip = Optional.of(job.prevHash());
        payouts.announce(
                job.made()
                        .announced(
                                job.id(),
                                isFirstOfTip
                                        ? OptionalLong.empty()
                                        : OptionalLong.of(job.template().curTime()),
                                channel.versionRollingAllowed()),
                channel.extranonceSize(),
                outbox::report,
                complaint -> giveUp(complaint, now));
        if (isOpen() && isFirstOfTip) {
            outbox.report(new UpstreamEvent.TipChanged(job.id(), job.template().miningTip()));
        }
    }

    private void giveUp(String reason, Instant now) {
        pausedUntil = Optional.of(now.plus(CustomJobsDeadline.REFUSED.patience()));
        lose(Step.FIRST_JOB, reason);
    }

    /** Nothing of what was can be mined for the pool any more; what still stands is used for the next channel. */
    private void lose(Step step, String reason) {
        outbox.report(new UpstreamEvent.Lost(isOpen() ? Step.MINING : step, reason));
        tip = Optional.empty();
        shares.restart();
        jobs.values().forEach(CustomJob::drop);
        jobDue = current.isPresent();
    }

    private void drop(CustomJob job) {
        job.drop();
        shares.refuseCached(job, MiningErrorCode.STALE_SHARE);
    }

    private Optional<CustomJob> awaiting(long number, Stage at) {
        return jobs.values().stream().filter(job -> job.awaits(number, at)).findFirst();
    }

    private List<CustomJob> untaken() {
        List<CustomJob> untaken = new ArrayList<>();
        for (CustomJob job : jobs.values()) {
            if (job.isUntaken()) {
                untaken.add(job);
            }
        }
        return untaken;
    }
}
