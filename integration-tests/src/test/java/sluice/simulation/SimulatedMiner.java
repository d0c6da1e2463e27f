package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sluice.config.AddressRange;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;

/**
 * A miner: connects, mines what it is told, sends what it finds, behaves as its nature has it, and holds every answer
 * against what it sent. It hashes for real.
 */
abstract class SimulatedMiner implements Internet.Caller, ViewListener {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(15);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int FLOOD = 60;
    /** Hashes it is not worth to spend on showing that mining goes on. */
    private static final double TOO_HARD = 30_000;

    private static final int ROLL_SECONDS = 20;
    private static final int REMEMBERED = 8;
    private static final double HASHES_PER_DIFFICULTY = 0x1p32;

    private final World world;
    private final Chance chance;
    private final String name;
    private final String host;
    private final MinerNature nature;
    private final InetAddress address;
    private final Hashing hashing = new Hashing();
    private final Map<Submission, Sent> sent = new HashMap<>();
    private final Account.Tally told = new Account.Tally();
    private final List<Record> past = new ArrayList<>();
    private final Set<Hash256> sentHashes = new HashSet<>();
    private final Set<Hash256> acceptedHashes = new HashSet<>();
    // Other tips come between two stays on one where an upstream is behind the others: a gateway remembers the shares
    // of
    // one tip only.
    private final Set<Hash256> leftTips = new HashSet<>();
    private Hash256 tip;
    private final ArrayDeque<Find> recent = new ArrayDeque<>();
    private Internet.Call call;
    private Link link;
    private Link.End end;
    private Record record;
    private boolean still;
    private long lastHeard;
    private long connections;

    /** What the miner knows of a share it sent. */
    private record Sent(
            Quality quality, ToldChannel channel, Hash256 hash, boolean rolledVersion, boolean onTipOfOld) {}

    /** What a share is worth, by all that its miner knew when it was sent. */
    enum Quality {
        GOOD,
        /** As good, and sent to see that mining goes on. */
        PROOF,
        /** Of a job that is over. */
        LATE,
        /** Of a job that another one of the same tip replaced. */
        REPLACED,
        /** Sent before. */
        AGAIN,
        /** No share at all. */
        WORTHLESS
    }

    /** The shares of one connection. */
    record Record(int link, long[] counts, Account.Tally told) {
        long sent() {
            return counts[0];
        }
    }

    /** A share in hand. */
    record Find(
            ToldChannel channel, ToldJob job, Bytes rolled, long nonce, long ntime, long versionBits, Hash256 hash) {
        boolean isRolled() {
            return rolledVersion(job, versionBits) != job.version();
        }
    }

    SimulatedMiner(World world, Chance chance, String name, String host, MinerNature nature) {
        this.world = world;
        this.chance = chance;
        this.name = name;
        this.host = host;
        this.nature = nature;
        this.address = AddressRange.parse("10.0." + chance.between(0, 2) + "." + chance.between(1, 9))
                .network();
    }

    final void start() {
        world.time().after(chance.between(Duration.ZERO, Duration.ofSeconds(20)), this::dial);
        scheduleTry();
        scheduleLook();
        schedule(nature.floodsPerMinute(), this::flood);
        schedule(nature.whimsPerMinute(), this::followWhim);
        schedule(nature.vanishesPerMinute(), this::vanish);
        schedule(nature.quitsPerMinute(), () -> leave("feels like it"));
        schedule(nature.stallsPerMinute(), this::stall);
    }

    @Override
    public final InetAddress address() {
        return address;
    }

    final World world() {
        return world;
    }

    final Chance chance() {
        return chance;
    }

    final String name() {
        return name;
    }

    final MinerNature nature() {
        return nature;
    }

    final boolean isConnected() {
        return link != null;
    }

    /** Sends the first words of a conversation. */
    abstract void greet();

    /** The conversation is over. */
    abstract void forget();

    abstract void read(Bytes bytes);

    /** Channels that jobs may be had for. */
    abstract List<ToldChannel> openChannels();

    /** Puts a share on the wire; empty where that is not possible now. */
    abstract Optional<Submission> submit(Find find);

    /** A share that cannot be good whatever is in it. */
    abstract Optional<Submission> submitNonsense(Find find);

    abstract void whim();

    abstract int outstanding();

    private void schedule(double perMinute, Runnable what) {
        if (perMinute > 0) {
            Duration wait = chance.waitFor(Duration.ofNanos((long) (MINUTE.toNanos() / perMinute)));
            world.time().after(wait, () -> {
                if (!world.faults().areOver()) {
                    if (isConnected()) {
                        what.run();
                    }
                    schedule(perMinute, what);
                }
            });
        }
    }

    private void dial() {
        if (link != null || call != null) {
            return;
        }
        Internet.Call mine = world.internet().dial(world, host, nature.protocol(), Internet.Way.TO_GATEWAY, this);
        call = mine;
        world.time().after(CALL_TIMEOUT, () -> {
            if (call == mine) {
                mine.cancel();
                call = null;
                dialLater();
            }
        });
    }

    private void dialLater() {
        Duration most = nature.comesBack();
        world.time().after(chance.between(Duration.ofMillis(50), most), this::dial);
    }

    @Override
    public final void failed(String reason) {
        call = null;
        dialLater();
    }

    @Override
    public final void ready(Link fresh) {
        call = null;
        link = fresh;
        end = fresh.client();
        connections++;
        record = new Record(fresh.number(), new long[1], new Account.Tally());
        lastHeard = world.time().nanos();
        greet();
    }

    @Override
    public final void received(Bytes bytes) {
        lastHeard = world.time().nanos();
        read(bytes);
    }

    @Override
    public final void ended(String reason) {
        if (world.trace().isInWords()) {
            world.trace().tell(name + " lost link " + link.number() + ": " + reason);
        }
        over();
    }

    final void leave(String why) {
        if (link != null) {
            world.trace().tell(name + " leaves: " + why);
            end.close();
            over();
        }
    }

    private void vanish() {
        world.trace().tell(name + " vanishes");
        link.die(MINUTE, chance.spread(Duration.ofSeconds(1), Duration.ofSeconds(120)), "vanished");
        end.close();
        over();
    }

    private void stall() {
        Link.End stalled = end;
        stalled.pauseReading();
        world.time().after(world.faults().stall(chance), stalled::resumeReading);
    }

    private void over() {
        past.add(record);
        sent.clear();
        sentHashes.clear();
        acceptedHashes.clear();
        leftTips.clear();
        tip = null;
        recent.clear();
        link = null;
        end = null;
        forget();
        dialLater();
    }

    private void scheduleLook() {
        world.time().after(LOOK_INTERVAL, () -> {
            if (isConnected()
                    && world.time().nanos() - lastHeard > nature.patience().toNanos()) {
                leave("nothing heard");
            }
            scheduleLook();
        });
    }

    final void send(Bytes bytes) {
        if (end != null) {
            end.send(bytes);
        }
    }

    private void scheduleTry() {
        world.time().after(chance.waitFor(nature.tryInterval()), () -> {
            if (!still) {
                mine();
                scheduleTry();
            }
        });
    }

    private void mine() {
        Optional<ToldChannel> channel = someChannel();
        if (channel.isEmpty()) {
            return;
        }
        ToldJob job = channel.get().newest();
        if (chance.happens(0.1)) {
            List<ToldJob> live = new ArrayList<>();
            channel.get().liveJobs().forEach(live::add);
            job = live.isEmpty() ? job : chance.oneOf(live);
        }
        search(channel.get(), job, nature.noncesPerTry(), true).ifPresent(this::sendLater);
    }

    private Optional<ToldChannel> someChannel() {
        List<ToldChannel> mining = openChannels().stream()
                .filter(channel -> channel.newest() != null)
                .toList();
        return mining.isEmpty() ? Optional.empty() : Optional.of(chance.oneOf(mining));
    }

    private void sendLater(Find find) {
        Link on = link;
        world.time().after(chance.between(Duration.ZERO, nature.hold()), () -> {
            if (link == on) {
                sendFind(find);
            }
        });
    }

    private void sendFind(Find find) {
        note(submit(find), quality(find), find);
        if (recent.size() == REMEMBERED) {
            recent.removeFirst();
        }
        recent.addLast(find);
        if (chance.happens(nature.mischief()) && !world.faults().areOver()) {
            beMischievous(find);
        }
    }

    private void beMischievous(Find find) {
        switch (chance.between(0, 2)) {
            case 0 -> sendAgain(chance.oneOf(List.copyOf(recent)));
            case 1 -> note(submitNonsense(find), Quality.WORTHLESS, find);
            default ->
                search(find.channel(), find.job(), 64, false)
                        .ifPresent(miss -> note(submit(miss), Quality.WORTHLESS, miss));
        }
    }

    /** Once more, under its own job or under another one of the same content. */
    private void sendAgain(Find find) {
        List<ToldJob> same = new ArrayList<>();
        for (ToldJob live : find.channel().liveJobs()) {
            if (live.form().equals(find.job().form())
                    && live.prevHash().equals(find.job().prevHash())
                    && live.version() == find.job().version()) {
                same.add(live);
            }
        }
        ToldJob job = same.isEmpty() ? find.job() : chance.oneOf(same);
        Find again = new Find(
                find.channel(), job, find.rolled(), find.nonce(), find.ntime(), find.versionBits(), find.hash());
        note(submit(again), Quality.AGAIN, again);
    }

    private Quality quality(Find find) {
        if (find.channel().live(find.job().id()) != find.job()) {
            return find.channel().isReplacedOnItsTip(find.job()) && sentHashes.add(find.hash())
                    ? Quality.REPLACED
                    : Quality.LATE;
        }
        return sentHashes.add(find.hash()) ? Quality.GOOD : Quality.AGAIN;
    }

    private void note(Optional<Submission> submission, Quality quality, Find find) {
        submission.ifPresent(share -> {
            record.counts[0]++;
            boolean onTipOfOld = leftTips.contains(find.job().prevHash());
            sent.put(share, new Sent(quality, find.channel(), find.hash(), find.isRolled(), onTipOfOld));
        });
    }

    /** Tries some nonces, for a share or for a miss. */
    private Optional<Find> search(ToldChannel channel, ToldJob job, int tries, boolean forShare) {
        boolean fixedStart = nature.startsOver() && forShare;
        Bytes rolled = fixedStart ? Bytes.zeros(channel.rollable()) : chance.bytes(channel.rollable());
        boolean rolls = nature.rollsVersion() && !fixedStart;
        long bits = (rolls ? chance.u32() : job.version()) & job.rollableBits();
        long ntime = job.ntime() + (fixedStart ? 0 : chance.between(0, ROLL_SECONDS));
        hashing.header(
                rolledVersion(job, bits),
                job.prevHash(),
                job.root(hashing, channel.prefix(), rolled),
                ntime,
                job.nbits());
        byte[] network = Hashing.bound(job.nbits());
        long nonce = fixedStart ? channel.nextNonce(job, tries) : chance.u32();
        for (int tried = 0; tried < tries; tried++) {
            byte[] hash = hashing.tryNonce(nonce);
            boolean meets = Hashing.meets(hash, job.bound()) || Hashing.meets(hash, network);
            if (meets == forShare) {
                return Optional.of(new Find(channel, job, rolled, nonce, ntime, bits, Hash256.of(hash, 0)));
            }
            nonce = nonce + 1 & 0xffff_ffffL;
        }
        return Optional.empty();
    }

    /** The header's version with these bits rolled. */
    static long rolledVersion(ToldJob job, long bits) {
        return job.version() & ~job.rollableBits() | bits;
    }

    private void flood() {
        someChannel().ifPresent(channel -> {
            for (int i = 0; i < FLOOD; i++) {
                search(channel, channel.newest(), 64, false)
                        .ifPresent(miss -> note(submit(miss), Quality.WORTHLESS, miss));
            }
        });
    }

    private void followWhim() {
        whim();
    }

    @Override
    public final void started(ToldChannel channel, ToldJob job, boolean alone) {
        if (tip != null && !tip.equals(job.prevHash())) {
            leftTips.add(tip);
        }
        tip = job.prevHash();
    }

    @Override
    public final void answered(Submission share, Submission.Verdict verdict, String words) {
        told.add(verdict);
        record.told.add(verdict);
        Sent known = sent.remove(share);
        require(known != null, "%s got an answer to %s, which has one or was never sent", name, share);
        boolean accepted = verdict == Submission.Verdict.ACCEPTED;
        require(!accepted || acceptedHashes.add(known.hash) || known.onTipOfOld, "%s is accepted twice", share);
        switch (known.quality) {
            case GOOD ->
                require(
                        verdict != Submission.Verdict.REJECTED
                                || !known.channel.isOpen()
                                || known.rolledVersion && words.contains("version-rolling-not-allowed"),
                        "%s sent a good share and was told: %s",
                        share,
                        words);
            case PROOF -> require(accepted, "%s: mining does not go on: %s", share, words);
            case REPLACED -> {}
            case LATE -> require(!accepted, "%s of a job that was over is accepted", share);
            // Where it was refused as stale the first time, it may be good now that it comes with a job in force.
            case AGAIN -> {}
            case WORTHLESS -> require(!accepted, "%s is worthless and accepted", share);
        }
    }

    /** Makes no more shares of its own accord. */
    final void standStill() {
        still = true;
    }

    /**
     * Finds one share on every channel, however long it takes, and sends it; it must be accepted.
     *
     * @param tipsMove whether a tip may overtake it
     */
    final void prove(boolean tipsMove) {
        for (ToldChannel channel : openChannels()) {
            ToldJob job = channel.newest();
            if (job == null) {
                continue;
            }
            double expected = Hashing.difficulty(job.bound()) * HASHES_PER_DIFFICULTY;
            if (expected > TOO_HARD) {
                continue;
            }
            Optional<Find> find = search(channel, job, (int) (64 * Math.max(1, expected)), true);
            require(find.isPresent(), "no share in 64 times as many hashes as it should take");
            // What no standard job can say: that its version may not be rolled.
            boolean mayBeRefused =
                    job.form() instanceof ToldJob.Standard && find.get().isRolled();
            Optional<Submission> share = submit(find.get());
            Quality quality = quality(find.get());
            note(share, quality != Quality.GOOD || mayBeRefused || tipsMove ? quality : Quality.PROOF, find.get());
        }
    }

    /** The number of the link it is on; only while connected. */
    final int link() {
        return link.number();
    }

    /** Whether it is connected and has a job on a channel. */
    final boolean isMining() {
        return isConnected() && someChannel().isPresent();
    }

    /** Throws unless every share has its answer. */
    final void checkSettled() {
        require(outstanding() == 0 && sent.isEmpty(), "%s waits for %d verdicts", name, outstanding());
    }

    /** One entry for each connection that it had, the present one last. */
    final List<Record> records() {
        List<Record> all = new ArrayList<>(past);
        if (record != null && isConnected()) {
            all.add(record);
        }
        return all;
    }

    final Account.Tally told() {
        return told;
    }

    final long connections() {
        return connections;
    }
}
