package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.route.RouteReplica;
import sluice.proxy.session.MinerAction;
import sluice.proxy.session.MinerInput;

/**
 * Stands at the gateway's edge beside one miner's session, reads every message in and out as it passes, and knows from
 * them alone what the session may do next: which verdict a share must get, whether it must go upstream, which jobs may be
 * told with which targets.
 */
abstract class Witness implements ViewListener {
    /** The gateway promises that no accepted share waits longer for its word. */
    private static final Duration ACKNOWLEDGE_WITHIN = Duration.ofSeconds(1);

    private static final long ROLLABLE = 0x1fff_ffe0L;
    private static final long MAX_AHEAD_SECONDS = 7_200;
    // Long before any simulated time.
    private static final long ANCIENT = 1_000_000_000L;

    private final Books books;
    private final long connectionId;
    private final ExtranonceShape shape;
    private final BiConsumer<ToldChannel, ToldJob> jobsStarted;
    private final Map<ToldChannel, Set<Hash256>> accepted = new HashMap<>();
    private final Map<ToldJob, List<UpstreamJobs.Source>> sources = new HashMap<>();
    private final Map<Submission, Instant> judged = new HashMap<>();
    private final Account.Tally told = new Account.Tally();
    private final Account.Tally events = new Account.Tally();
    private Set<Hash256> acceptedOfClosed = Set.of();
    private Hash256 tipOfClosed;
    private RouteReplica route;
    private boolean routeChanged;
    private boolean replacedAll;
    private long submitted;
    private Expectation expected;
    private Submission.Verdict answer;

    /** @param shape how the extranonce of SV1 miners is cut, and at least how that of others is */
    Witness(Books books, long connectionId, ExtranonceShape shape, BiConsumer<ToldChannel, ToldJob> jobsStarted) {
        this.books = books;
        this.connectionId = connectionId;
        this.shape = shape;
        this.jobsStarted = jobsStarted;
    }

    /** The session is about to take this. */
    final void before(MinerInput input) {
        expected = null;
        answer = null;
        replacedAll = false;
        if (input instanceof MinerInput.RouteChanged changed) {
            route = changed.replica();
            routeChanged = true;
        }
        read(input);
    }

    /** The session has answered with these. */
    final void after(List<MinerAction> actions) {
        int verdicts = 0;
        int forwards = 0;
        for (MinerAction action : actions) {
            if (action instanceof MinerAction.Publish(GatewayEvent.ShareSubmitted share)) {
                verdicts++;
                checkVerdict(share);
            } else if (action instanceof MinerAction.Forward forward) {
                forwards++;
                checkForward(forward.share());
            }
        }
        // Events and answers of one input come in no promised order, so the answers are read when all events are known.
        for (MinerAction action : actions) {
            if (action instanceof MinerAction.Send send) {
                hear(send.bytes());
            }
        }
        require(
                verdicts == (expected == null ? 0 : 1),
                "%d verdicts on %s",
                verdicts,
                expected == null ? "no share" : expected.share());
        if (expected == null) {
            require(forwards == 0, "a share is forwarded that nobody sent");
        } else {
            require(forwards == 0 || !expected.mustStay(), "a share is forwarded that nobody wants: %s", expected);
            require(forwards == 1 || !expected.mustGoUp(), "a share is not forwarded: %s", expected);
        }
        checkAnswers(Optional.ofNullable(expected), Optional.ofNullable(answer));
        if (replacedAll) {
            routeChanged = false;
        }
    }

    /** The connection is gone at the gateway's end. */
    final void closed() {
        checkSettled();
    }

    /** Throws unless each share that came in has its verdict, towards the miner and towards operators. */
    final void checkSettled() {
        Account.Tally published = books.account().of(connectionId);
        require(
                submitted == events.total() && events.total() == published.total(),
                "connection %d sent %d shares, its session judged %s, events say %s",
                connectionId,
                submitted,
                events,
                published);
        require(
                told.accepted() == events.accepted() && told.total() == events.total(),
                "connection %d was told of %s, events say %s",
                connectionId,
                told,
                events);
    }

    abstract void read(MinerInput input);

    abstract void hear(Bytes bytes);

    abstract Iterable<ToldChannel> channels();

    /** The channel that may submit this share, if it is one of the right kind. */
    abstract Optional<ToldChannel> channelFor(Submission share);

    /** Whose share it is; empty where the share names a stranger. */
    abstract Optional<String> workerOf(ToldChannel channel, Submission share);

    /** The header's version that the share claims. */
    abstract long headerVersion(ToldJob job, Submission share);

    /** Holds what the miner was told at once against what it has to be told. */
    abstract void checkAnswers(Optional<Expectation> share, Optional<Submission.Verdict> now);

    /** A share comes in; its verdict must be this. */
    final void expect(Submission share) {
        submitted++;
        expected = judge(share);
    }

    private Expectation judge(Submission share) {
        ToldChannel channel = channelFor(share).orElse(null);
        if (channel == null) {
            return Expectation.refusal(share, false);
        }
        Optional<String> worker = workerOf(channel, share);
        ToldJob job = channel.live(share.job());
        if (worker.isEmpty() || job == null) {
            return Expectation.refusal(share, false);
        }
        long now = books.time().instant().getEpochSecond();
        long changed = headerVersion(job, share) ^ job.version();
        if (share.rolled().length() != channel.rollable()
                || share.ntime() < ANCIENT
                || share.ntime() > now + MAX_AHEAD_SECONDS
                || (changed & ~job.rollableBits()) != 0) {
            return Expectation.refusal(share, false);
        }
        Hashing hashing = books.hashing();
        hashing.header(
                headerVersion(job, share),
                job.prevHash(),
                job.root(hashing, channel.prefix(), share.rolled()),
                share.ntime(),
                job.nbits());
        byte[] raw = hashing.tryNonce(share.nonce());
        Hash256 hash = Hash256.of(raw, 0);
        boolean block = Hashing.meets(raw, Hashing.bound(job.nbits()));
        boolean good = (block || Hashing.meets(raw, job.bound()))
                && !accepted.getOrDefault(channel, Set.of()).contains(hash);
        if (!good) {
            return Expectation.refusal(share, false);
        }
        accepted.computeIfAbsent(channel, none -> new HashSet<>()).add(hash);
        return new Expectation(share, true, false, job, hash, block, sources.get(job), worker.get());
    }

    private void checkVerdict(GatewayEvent.ShareSubmitted event) {
        require(expected != null, "a verdict on no share: %s", event);
        boolean good = event.verdict().isAccepted();
        events.add(Account.verdict(event));
        require(
                good == expected.good(),
                "%s gets the verdict %s and should be %s",
                expected.share(),
                event.verdict(),
                expected.good() ? "accepted" : "refused");
        require(event.connectionId() == connectionId, "%s is of connection %d", event, connectionId);
        if (good) {
            double worth = Hashing.difficulty(expected.job().bound());
            require(
                    Math.abs(event.difficulty() / worth - 1) < 1e-9,
                    "%s is worth %g, not %g",
                    expected.share(),
                    worth,
                    event.difficulty());
            require(event.userIdentity().equals(expected.worker()), "%s is of %s", event, expected.worker());
            judged.put(expected.share(), books.time().instant());
        }
    }

    private void checkForward(ForwardedShare share) {
        require(expected != null, "a share is forwarded that nobody sent: %s", share);
        require(
                share.hash().equals(expected.hash())
                        && share.blockFound() == expected.block()
                        && share.userIdentity().equals(expected.worker()),
                "%s is forwarded as %s",
                expected,
                share);
    }

    @Override
    public final void answered(Submission share, Submission.Verdict verdict, String words) {
        told.add(verdict);
        if (expected != null && share.equals(expected.share())) {
            answer = verdict;
        }
        Instant at = judged.remove(share);
        require(
                (at != null) == (verdict == Submission.Verdict.ACCEPTED),
                "the miner is told %s of %s, the events say otherwise",
                verdict,
                share);
        require(
                at == null || !books.time().instant().isAfter(at.plus(ACKNOWLEDGE_WITHIN)),
                "%s waited from %s for its acceptance",
                share,
                at);
    }

    @Override
    public final void opened(ToldChannel channel) {
        require(
                channel.prefix().length() >= shape.indexSize(),
                "channel %d has a prefix of %s",
                channel.id(),
                channel.prefix());
    }

    @Override
    public final void openRefused(long requestId, String reason) {}

    @Override
    public final void started(ToldChannel channel, ToldJob job, boolean alone) {
        if (alone) {
            replacedAll = true;
            // Work that is sent again because all shares are refused takes nothing away, as that of another route.
            boolean toldAgain = expected != null;
            if ((routeChanged || toldAgain) && channel.hasReplacedOnItsTip()) {
                channel.keepReplaced();
            } else {
                if (!channel.hasReplacedOnItsTip()) {
                    accepted.remove(channel);
                    inherit(channel, job);
                }
                channel.dropReplaced();
            }
        }
        List<UpstreamJobs.Source> from = sourcesOf(channel, job);
        require(!from.isEmpty(), "%s is of no upstream; channel %d", job, channel.id());
        sources.put(job, from);
        job.source(from.getLast());
        books.routes().require(from, route, job);
        require(
                from.stream().anyMatch(source -> isEasyEnough(channel, job, source)),
                "%s asks %g of channel %d, the upstream asks %g",
                job,
                Hashing.difficulty(job.bound()),
                channel.id(),
                Hashing.difficulty(from.getLast().bound()));
        // What nobody takes any more may be searched twice: an index rests only until it can hurt no live upstream.
        if (route == null || route.hasWork()) {
            books.spaces().claim(shape.isNarrow() ? this : channel, channel, job);
        }
        jobsStarted.accept(channel, job);
    }

    /** Where indexes are few, the next channel of a connection searches where the one before it did. */
    private void inherit(ToldChannel channel, ToldJob job) {
        if (shape.isNarrow() && job.prevHash().equals(tipOfClosed)) {
            accepted.put(channel, acceptedOfClosed);
        }
        tipOfClosed = null;
    }

    @Override
    public final void closed(ToldChannel channel, String reason) {
        Set<Hash256> known = accepted.remove(channel);
        if (channel.newest() != null) {
            acceptedOfClosed = known == null ? new HashSet<>() : known;
            tipOfClosed = channel.newest().prevHash();
        }
    }

    /** Where a job may only be harder than the upstream's because the miner itself takes nothing easier. */
    private static boolean isEasyEnough(ToldChannel channel, ToldJob job, UpstreamJobs.Source source) {
        return !Hashing.isHarder(job.bound(), source.bound()) || !Hashing.isHarder(job.bound(), channel.easiestTaken());
    }

    private List<UpstreamJobs.Source> sourcesOf(ToldChannel channel, ToldJob job) {
        return switch (job.form()) {
            case ToldJob.Extended extended ->
                books.jobs().withTail(extended.coinbase2()).stream()
                        .filter(source -> isSame(channel, job, extended, source))
                        .toList();
            case ToldJob.Standard standard ->
                books.jobs().onTip(job.prevHash()).stream()
                        .filter(source -> source.version() == job.version()
                                && source.nbits() == job.nbits()
                                && source.granted() >= channel.prefix().length()
                                && Hash256.of(rootOf(channel, source), 0).equals(standard.root()))
                        .toList();
        };
    }

    private byte[] rootOf(ToldChannel channel, UpstreamJobs.Source source) {
        return books.hashing().root(source.path(), SearchSpaces.standardHead(source, channel.prefix()), source.tail());
    }

    private static boolean isSame(ToldChannel channel, ToldJob job, ToldJob.Extended form, UpstreamJobs.Source source) {
        Bytes coinbase1 = form.coinbase1();
        int head = source.head().length();
        int padding = source.granted() - channel.prefix().length() - channel.rollable();
        return source.prevHash().equals(job.prevHash())
                && source.nbits() == job.nbits()
                && source.path().equals(form.path())
                && ((source.version() ^ job.version()) & ~(source.rolling() ? ROLLABLE : 0)) == 0
                && coinbase1.length() == head + padding
                && coinbase1.startsWith(source.head())
                && coinbase1.slice(head, head + padding).equals(Bytes.zeros(padding));
    }

    /** The job that this channel was told last. */
    final Optional<ToldJob> newestJob(long channelId) {
        for (ToldChannel channel : channels()) {
            if (channel.id() == channelId) {
                return Optional.ofNullable(channel.newest());
            }
        }
        return Optional.empty();
    }

    /** Channels that are open. */
    final int openChannels() {
        int open = 0;
        for (ToldChannel channel : channels()) {
            open += channel.isOpen() ? 1 : 0;
        }
        return open;
    }

    /** Shares that came in. */
    final long submitted() {
        return submitted;
    }

    /** The verdicts on them that went to operators. */
    final Account.Tally events() {
        return events;
    }

    /** The verdicts on them that went to the miner. */
    final Account.Tally told() {
        return told;
    }
}
