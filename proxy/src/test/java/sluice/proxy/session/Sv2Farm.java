package sluice.proxy.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import sluice.config.LimitsConfig;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.proxy.declaration.CustomJobJudge;
import sluice.proxy.mining.extranonce.ExtranonceIndexes;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.extranonce.IndexSource;
import sluice.proxy.mining.extranonce.SharedIndexes;
import sluice.proxy.mining.profile.ProfileBook;
import sluice.proxy.mining.share.ShareValidator;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.Route;
import sluice.proxy.route.RouteAction;
import sluice.proxy.route.RouteDeadline;
import sluice.proxy.route.RouteInput;
import sluice.proxy.route.RouteReplica;
import sluice.proxy.route.RouteUpdate;
import sluice.proxy.translation.PoolNames;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamJob;

/** One loop of miners behind a real route, whose upstream the test plays, in the test's own time. */
final class Sv2Farm {
    static final Bytes COINBASE_PREFIX =
            Bytes.fromHex("0200000001000000000000000000000000000000000000000000000000000000"
                    + "0000000000ffffffff2a5200065376322f2f2f20");
    static final Bytes COINBASE_SUFFIX =
            Bytes.fromHex("ffffffff0200f2052a01000000160014ebe1b7dcc293ccaa0ee743a86f89df8258c208fc00000000000000"
                    + "00266a24aa21a9ede2f61c3f71d1defd3fa999dfa36953755c690689799962b48bebd836974e8cf900000000");
    /** A quarter of all hashes are shares at this difficulty, so that tests find them at once. */
    static final double EASY = 1e-9;

    static final Target EASY_TARGET = Difficulty.targetOf(EASY);
    static final VardiffConfig FIXED = new VardiffConfig(false, 6, EASY, EASY);
    static final LimitsConfig LIMITS = LimitsConfig.DEFAULT;

    private final Numbering numbering = new Numbering();
    final RouteReplica replica = new RouteReplica(numbering);
    final MinerContext context;
    final List<Sv2Client> clients = new ArrayList<>();
    final List<Consumer<MinerInput>> sessions = new ArrayList<>();
    Instant now = Instant.ofEpochSecond(1_745_596_971L);
    private final Route route =
            new Route("pool", PoolNames.OWN, Duration.ofSeconds(60), Target.DIFFICULTY_1, numbering);
    private long upstreamJobs;
    private int tips;
    private boolean versionRolling = true;
    private final List<RouteUpdate> late = new ArrayList<>();
    private boolean holding;

    Sv2Farm() {
        this(FIXED);
    }

    Sv2Farm(VardiffConfig vardiff) {
        this(vardiff, new ExtranonceIndexes(0, 1, 0xffff_ffffL, 100_000));
    }

    Sv2Farm(VardiffConfig vardiff, ExtranonceIndexes indexes) {
        this(vardiff, ExtranonceShape.ROLL_4, indexes);
    }

    private Sv2Farm(VardiffConfig vardiff, ExtranonceShape shape, IndexSource indexes) {
        this(vardiff, shape, indexes, Optional.empty());
    }

    private Sv2Farm(VardiffConfig vardiff, ExtranonceShape shape, IndexSource indexes, Optional<CustomJobJudge> judge) {
        context = new MinerContext(
                replica,
                shape,
                indexes,
                new ShareValidator(),
                new ProfileBook(vardiff),
                judge.map(one -> new CustomWork(one, numbering)));
        feed(new RouteInput.Engaged());
    }

    /** A farm whose upstream granted 24 bytes, is as easy as {@link #EASY}, and has given a job. */
    static Sv2Farm mining() {
        return mining(FIXED, EASY_TARGET);
    }

    /** A farm without an upstream where clients may make their own jobs. */
    static Sv2Farm judging(VardiffConfig vardiff, CustomJobJudge judge) {
        return new Sv2Farm(
                vardiff,
                ExtranonceShape.ROLL_4,
                new ExtranonceIndexes(0, 1, 0xffff_ffffL, 100_000),
                Optional.of(judge));
    }

    /** The same for a gateway one of whose pools leaves too few bytes for indexes of everybody's own. */
    static Sv2Farm miningNarrowly(ExtranonceShape shape) {
        Sv2Farm farm = new Sv2Farm(FIXED, shape, new SharedIndexes(0, shape, 100));
        farm.upstream(24, EASY_TARGET, true);
        farm.newTip();
        return farm;
    }

    static Sv2Farm mining(VardiffConfig vardiff, Target routeTarget) {
        Sv2Farm farm = new Sv2Farm(vardiff);
        farm.upstream(24, routeTarget, true);
        farm.newTip();
        return farm;
    }

    void upstream(int granted, Target target, boolean rolling) {
        upstream(Bytes.fromHex("a1a2a3a4a5a6a7a8"), granted, target, rolling);
    }

    void upstream(Bytes prefix, int granted, Target target, boolean rolling) {
        versionRolling = rolling;
        event(new UpstreamEvent.ChannelOpened(new UpstreamChannel("pool", prefix, granted, target, rolling)));
    }

    /** Announces a future job; answers the upstream's id for it. */
    long futureJob() {
        return futureJob(Bytes.fromHex("a1a2a3a4a5a6a7a8"), 0x2000_0000L);
    }

    long futureJob(Bytes prefix, long version) {
        event(new UpstreamEvent.JobAnnounced(job(OptionalLong.empty(), prefix, version)));
        return upstreamJobs;
    }

    /** A future job of a block that holds nothing but its coinbase. */
    long futureJobAlone(Bytes prefix, long version) {
        event(new UpstreamEvent.JobAnnounced(new UpstreamJob(
                ++upstreamJobs,
                OptionalLong.empty(),
                version,
                versionRolling,
                List.of(),
                COINBASE_PREFIX,
                COINBASE_SUFFIX,
                prefix)));
        return upstreamJobs;
    }

    void activate(long upstreamJob) {
        byte[] prevHash = new byte[32];
        prevHash[0] = (byte) ++tips;
        activate(upstreamJob, new ChainTip(Hash256.of(prevHash, 0), 0x1d00_ffffL, now.getEpochSecond()));
    }

    void activate(long upstreamJob, ChainTip tip) {
        event(new UpstreamEvent.TipChanged(upstreamJob, tip));
    }

    /** A future job and at once its tip. */
    void newTip() {
        activate(futureJob());
    }

    /** Another job on the tip in force. */
    void activeJob() {
        event(new UpstreamEvent.JobAnnounced(
                job(OptionalLong.of(now.getEpochSecond()), Bytes.fromHex("a1a2a3a4a5a6a7a8"), 0x2000_0000L)));
    }

    /** Another job on the tip in force, whose version may differ in these bits only. */
    void activeJob(long versionMask) {
        UpstreamJob any = job(OptionalLong.of(now.getEpochSecond()), Bytes.fromHex("a1a2a3a4a5a6a7a8"), 0x2000_0000L);
        event(new UpstreamEvent.JobAnnounced(new UpstreamJob(
                any.jobId(),
                any.minNtime(),
                any.version(),
                versionMask,
                any.merklePath(),
                any.coinbasePrefix(),
                any.coinbaseSuffix(),
                any.extranoncePrefix())));
    }

    private UpstreamJob job(OptionalLong minNtime, Bytes prefix, long version) {
        byte[] sibling = new byte[32];
        sibling[0] = (byte) ++upstreamJobs;
        return new UpstreamJob(
                upstreamJobs,
                minNtime,
                version,
                versionRolling,
                List.of(Hash256.of(sibling, 0)),
                COINBASE_PREFIX,
                COINBASE_SUFFIX,
                prefix);
    }

    void event(UpstreamEvent event) {
        feed(new RouteInput.FromUpstream(event));
    }

    /** The pool has been silent for so long that the job in force is repeated. */
    void repeatJob() {
        feed(new RouteInput.DeadlineReached(RouteDeadline.KEEPALIVE));
    }

    private void feed(RouteInput input) {
        for (RouteAction action : List.copyOf(route.on(input, now))) {
            if (action instanceof RouteAction.Broadcast broadcast) {
                apply(broadcast.update());
                late.add(broadcast.update());
            }
        }
        if (!holding) {
            handOver();
        }
    }

    /** From now on the loop takes updates up, but its miners hear of them only with {@link #handOver}. */
    void hold() {
        holding = true;
    }

    void handOver() {
        holding = false;
        List<RouteUpdate> updates = List.copyOf(late);
        late.clear();
        for (RouteUpdate update : updates) {
            sessions.forEach(session -> session.accept(new MinerInput.RouteUpdated(update)));
        }
    }

    /** Forgets what was held back, as a loop does with routine jobs that a new tip has overtaken. */
    void drop() {
        late.clear();
    }

    private void apply(RouteUpdate update) {
        replica.apply(update);
        if (update instanceof RouteUpdate.TipChanged) {
            context.indexes().onTipChanged();
        }
    }

    /** A connection that has sent nothing yet. */
    Sv2Client connect() {
        Sv2Client client = new Sv2Client(this, clients.size() + 1);
        clients.add(client);
        sessions.add(client::feed);
        client.feed(new MinerInput.Started());
        return client;
    }

    /** A connection that is set up. */
    Sv2Client connect(long flags) {
        Sv2Client client = connect();
        client.send(setup(flags));
        return client;
    }

    static SetupConnection setup(long flags) {
        return new SetupConnection(
                SetupConnection.MINING, 2, 2, flags, "pool.example.com", 3333, "vendor", "hardware", "firmware", "");
    }

    void pass(Duration time) {
        now = now.plus(time);
    }
}
