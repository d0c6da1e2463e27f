package sluice.upstream.template;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

/**
 * An upstream made of templates: to its route it looks like a pool whose target is the network's, so that only blocks go
 * up. It makes jobs of templates and blocks of shares. A pure machine, confined to one loop.
 */
public final class SoloSession {
    /** Extranonce bytes granted to the route; nothing is in front of them. */
    public static final int EXTRANONCE_SIZE = 20;
    /** Jobs whose solutions still become blocks, those of former tips among them; each holds a template. */
    public static final int MAX_JOBS = 16;
    /** Blocks whose verdict is awaited; one more is submitted all the same, but its share is refused. */
    public static final int MAX_PENDING_BLOCKS = 64;
    /** The longest tag that fits a scriptSig beside the longest height push and the extranonce, all with opcodes. */
    public static final int MAX_TAG_LENGTH = Coinbase.MAX_SCRIPT_SIG_LENGTH - 6 - 1 - 1 - EXTRANONCE_SIZE;

    private final String name;
    private final Bytes payoutScript;
    private final Bytes tag;
    private final Map<Long, TemplateJob> jobs = new LinkedHashMap<>();
    private final Deque<PendingBlock> pendingBlocks = new ArrayDeque<>();
    private Optional<Template> current = Optional.empty();
    private Target target = Target.MAX;
    private long nextJobId = 1;
    private long nextSolution = 1;
    private boolean closed;

    /**
     * Throws IllegalArgumentException for an empty script or a tag above {@link #MAX_TAG_LENGTH} bytes.
     *
     * @param name for logs and events
     * @param payoutScript output script that gets the whole reward
     * @param tag bytes that the coinbase shows, such as the pool's name; may be empty
     */
    public SoloSession(String name, Bytes payoutScript, Bytes tag) {
        if (payoutScript.isEmpty()) {
            throw new IllegalArgumentException("the payout script is empty: anyone could take the reward");
        }
        if (tag.length() > MAX_TAG_LENGTH) {
            throw new IllegalArgumentException(
                    "the coinbase tag has at most " + MAX_TAG_LENGTH + " bytes, not " + tag.length());
        }
        this.name = name;
        this.payoutScript = payoutScript;
        this.tag = tag;
    }

    /** A block whose share is still without an answer. */
    private static final class PendingBlock {
        private final long number;
        private final long sequence;
        private final long work;
        private final Instant due;
        private Optional<BlockVerdict> verdict = Optional.empty();

        private PendingBlock(long number, long sequence, long work, Instant due) {
            this.number = number;
            this.sequence = sequence;
            this.work = work;
            this.due = due;
        }
    }

    /** What to do about {@code input}, in order. */
    public List<SoloAction> on(SoloInput input, Instant now) {
        List<SoloAction> actions = new ArrayList<>();
        if (closed && !(input instanceof SoloInput.Requested(UpstreamCommand.RescueBlock rescue))) {
            return actions;
        }
        switch (input) {
            case SoloInput.TemplateReported(TemplateEvent event) -> onTemplate(event, actions);
            case SoloInput.Requested(UpstreamCommand.SubmitShare share) -> onShare(share, now, actions);
            // The network's target is the only one there is: demand changes nothing.
            case SoloInput.Requested(UpstreamCommand.UpdateDemand demand) -> {}
            case SoloInput.Requested(UpstreamCommand.ConnectNow connect) -> {}
            case SoloInput.Requested(UpstreamCommand.RescueBlock rescue) -> rescue(rescue.share(), now, actions);
            case SoloInput.Requested(UpstreamCommand.Close close) -> {
                closed = true;
                pendingBlocks.clear();
                actions.add(new SoloAction.StopTemplates(close.reason()));
            }
            case SoloInput.TimePassed() -> {}
        }
        expire(now, actions);
        return actions;
    }

    /** When {@link SoloInput.TimePassed} is due, if it is. */
    public Optional<Instant> nextDeadline() {
        return Optional.ofNullable(pendingBlocks.peekFirst()).map(block -> block.due);
    }

    private void onTemplate(TemplateEvent event, List<SoloAction> actions) {
        switch (event) {
            case TemplateEvent.NewTip(Template template) -> onNewTip(template, actions);
            case TemplateEvent.Refreshed(Template template) -> {
                if (current.isPresent() && template.isOnTipOf(current.get())) {
                    Template usable = usable(template, actions);
                    if (fault(usable).isPresent()) {
                        // The one in force is as good as it was.
                        return;
                    }
                    current = Optional.of(usable);
                    announce(usable, OptionalLong.of(usable.curTime()), actions);
                } else {
                    onNewTip(template, actions);
                }
            }
            case TemplateEvent.TransactionsArrived(long templateId, TemplateTransactions transactions) ->
                onTransactions(templateId, transactions);
            case TemplateEvent.BlockJudged(long number, BlockVerdict verdict) -> onVerdict(number, verdict, actions);
            case TemplateEvent.Unavailable(String reason) -> lose(reason, actions);
        }
    }

    private void lose(String reason, List<SoloAction> actions) {
        UpstreamEvent.Step step = current.isPresent() ? UpstreamEvent.Step.MINING : UpstreamEvent.Step.FIRST_JOB;
        current = Optional.empty();
        report(new UpstreamEvent.Lost(step, reason), actions);
    }

    private void onTransactions(long templateId, TemplateTransactions transactions) {
        current = current.map(template -> template.id() == templateId ? template.with(transactions) : template);
        jobs.replaceAll((id, job) -> job.template().id() == templateId ? job.with(transactions) : job);
    }

    private void onNewTip(Template given, List<SoloAction> actions) {
        Template template = usable(given, actions);
        Optional<String> fault = fault(template);
        if (fault.isPresent()) {
            lose("template " + template.id() + ": " + fault.get(), actions);
            return;
        }
        if (current.isEmpty()) {
            target = template.networkTarget();
            // Verdicts for the channel before may still come, but its sequence numbers mean nothing in this one.
            pendingBlocks.clear();
            report(
                    new UpstreamEvent.ChannelOpened(
                            new UpstreamChannel(name, Bytes.EMPTY, EXTRANONCE_SIZE, target, true)),
                    actions);
        } else if (!template.networkTarget().equals(target)) {
            target = template.networkTarget();
            report(new UpstreamEvent.TargetChanged(target), actions);
        }
        current = Optional.of(template);
        long jobId = announce(template, OptionalLong.empty(), actions);
        report(new UpstreamEvent.TipChanged(jobId, template.miningTip()), actions);
    }

    private long announce(Template template, OptionalLong minNtime, List<SoloAction> actions) {
        TemplateJob job = job(template);
        long jobId = nextJobId++;
        jobs.put(jobId, job);
        if (jobs.size() > MAX_JOBS) {
            jobs.remove(jobs.keySet().iterator().next());
        }
        report(new UpstreamEvent.JobAnnounced(job.announced(jobId, minNtime, true)), actions);
        return jobId;
    }

    private TemplateJob job(Template template) {
        int room = Math.min(MAX_TAG_LENGTH, template.coinbase().roomForTag(EXTRANONCE_SIZE));
        Bytes shown = template.split().map(split -> split.tagBefore(tag, room)).orElse(tag);
        return new TemplateJob(
                template, template.coinbase().paying(outputs(template), shown, EXTRANONCE_SIZE), Bytes.EMPTY);
    }

    private List<TxOut> outputs(Template template) {
        long value = template.coinbase().value();
        return template.split()
                .map(split -> split.over(value, payoutScript))
                .orElseGet(() -> List.of(new TxOut(value, payoutScript)));
    }

    private Optional<String> fault(Template template) {
        return job(template).fault(outputs(template));
    }

    /** The template, without the split that would make its block invalid. */
    private Template usable(Template template, List<SoloAction> actions) {
        Optional<String> fault = template.split().isPresent() ? fault(template) : Optional.empty();
        if (fault.isEmpty()) {
            return template;
        }
        report(new UpstreamEvent.SplitUnused("template " + template.id() + ": " + fault.get()), actions);
        return template.paying(Optional.empty());
    }

    private void onShare(UpstreamCommand.SubmitShare share, Instant now, List<SoloAction> actions) {
        TemplateJob job = jobs.get(share.jobId());
        Optional<String> refusal = job == null ? Optional.of(MiningErrorCode.INVALID_JOB_ID) : job.refusal(share, now);
        if (refusal.isPresent()) {
            report(new UpstreamEvent.ShareRejected(share.sequence(), refusal.get()), actions);
            return;
        }
        Optional<BlockSolution> solution = block(job, share);
        if (solution.isEmpty()) {
            report(new UpstreamEvent.ShareRejected(share.sequence(), MiningErrorCode.DIFFICULTY_TOO_LOW), actions);
            return;
        }
        found(solution.get(), job, actions);
        if (pendingBlocks.size() >= MAX_PENDING_BLOCKS) {
            report(new UpstreamEvent.ShareRejected(share.sequence(), "too-many-blocks-without-verdict"), actions);
        } else {
            pendingBlocks.addLast(new PendingBlock(
                    solution.get().number(),
                    share.sequence(),
                    (long) Difficulty.of(job.template().networkTarget()),
                    now.plus(SoloDeadline.BLOCK_VERDICT.length())));
        }
    }

    /** Templates may be gone, or the session closed: what was found on one is a block all the same. */
    private void rescue(UpstreamCommand.SubmitShare share, Instant now, List<SoloAction> actions) {
        TemplateJob job = jobs.get(share.jobId());
        if (job != null && job.refusal(share, now).isEmpty()) {
            block(job, share).ifPresent(solution -> found(solution, job, actions));
        }
    }

    private static void found(BlockSolution solution, TemplateJob job, List<SoloAction> actions) {
        actions.add(new SoloAction.BlockFound(solution, job.template().merklePath()));
    }

    private Optional<BlockSolution> block(TemplateJob job, UpstreamCommand.SubmitShare share) {
        BlockHeader header = job.header(share);
        Hash256 hash = header.hash();
        return job.template().networkTarget().isMetBy(hash)
                ? Optional.of(job.solution(nextSolution++, share, header, hash))
                : Optional.empty();
    }

    private void onVerdict(long number, BlockVerdict verdict, List<SoloAction> actions) {
        for (PendingBlock block : pendingBlocks) {
            if (block.number == number && block.verdict.isEmpty()) {
                block.verdict = Optional.of(verdict);
            }
        }
        reportJudged(actions);
    }

    private void expire(Instant now, List<SoloAction> actions) {
        for (PendingBlock block : pendingBlocks) {
            if (block.verdict.isEmpty() && !now.isBefore(block.due)) {
                block.verdict = Optional.of(new BlockVerdict(BlockVerdict.Outcome.REJECTED, "no-verdict"));
            }
        }
        reportJudged(actions);
    }

    /** Answers go out in the order of the shares: an acceptance covers every earlier share without an error. */
    private void reportJudged(List<SoloAction> actions) {
        while (!pendingBlocks.isEmpty() && pendingBlocks.peekFirst().verdict.isPresent()) {
            PendingBlock block = pendingBlocks.removeFirst();
            BlockVerdict verdict = block.verdict.orElseThrow();
            report(
                    switch (verdict.outcome()) {
                        case ACCEPTED -> new UpstreamEvent.SharesAccepted(block.sequence, 1, block.work);
                        case LOST_RACE -> new UpstreamEvent.ShareRejected(block.sequence, MiningErrorCode.STALE_SHARE);
                        case REJECTED -> new UpstreamEvent.ShareRejected(block.sequence, verdict.reason());
                    },
                    actions);
        }
    }

    private static void report(UpstreamEvent event, List<SoloAction> actions) {
        actions.add(new SoloAction.Report(event));
    }
}
