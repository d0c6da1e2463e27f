package sluice.proxy.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import sluice.config.LimitsConfig;
import sluice.config.VardiffConfig;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.extranonce.ExtranonceIndexes;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.job.VectorJobs;
import sluice.proxy.mining.profile.ProfileBook;
import sluice.proxy.mining.share.ShareValidator;
import sluice.proxy.route.Numbering;
import sluice.proxy.route.RouteReplica;
import sluice.proxy.route.RouteUpdate;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamJob;

/** One event loop with its miners, a route that the test plays, and a clock that the test moves. */
final class Sv1Farm {
    static final long MASK = 0x1fffe000L;
    static final Duration HANDSHAKE = Duration.ofSeconds(15);
    static final Duration IDLE = Duration.ofHours(2);

    /** Every few hashes are a share, and difficulty never moves by itself. */
    static final VardiffConfig EASY = new VardiffConfig(true, 6, 1e-9, 1e-9);

    /** What the upstream asks for: every share at that difficulty goes up, too. */
    static final Target EASIEST = Difficulty.targetOf(1e-9);

    // Jobs that a test makes have the ids below, those that the loop renews the ids from here on.
    static final long FIRST_RENEWED_ID = 1_000;

    final RouteReplica route = new RouteReplica(numbering());
    final ExtranonceIndexes indexes;
    final Sv1MinerContext context;
    final List<Sv1Miner> miners = new ArrayList<>();
    Instant now = Instant.ofEpochSecond(VectorJobs.SHARE_TIP.minNtime());
    private long generation;
    private long lastConnection;

    private static Numbering numbering() {
        Numbering numbering = new Numbering();
        while (numbering.nextJobId() < FIRST_RENEWED_ID - 1) {
            continue;
        }
        return numbering;
    }

    Sv1Farm(VardiffConfig vardiff) {
        // The first index is that of the published share.
        this(vardiff, MASK, new ExtranonceIndexes(VectorJobs.INDEX, VectorJobs.INDEX + 1, 0xffffffffL, 16));
    }

    Sv1Farm(VardiffConfig vardiff, long mask, ExtranonceIndexes indexes) {
        this(vardiff, mask, indexes, ExtranonceShape.ROLL_4);
    }

    Sv1Farm(VardiffConfig vardiff, long mask, ExtranonceIndexes indexes, ExtranonceShape shape) {
        this.indexes = indexes;
        MinerContext shared = new MinerContext(route, shape, indexes, new ShareValidator(), new ProfileBook(vardiff));
        this.context = new Sv1MinerContext(
                shared,
                new Sv1LineReader(),
                Sv1Sessions.forgetting(indexes),
                mask,
                HANDSHAKE,
                IDLE,
                LimitsConfig.DEFAULT.invalidSharesPerSecond());
    }

    /** A farm with work already there: job 1 on the tip of the published share. */
    static Sv1Farm working(VardiffConfig vardiff) {
        Sv1Farm farm = new Sv1Farm(vardiff);
        farm.upstream(EASIEST, true);
        farm.update(new RouteUpdate.TipChanged(farm.job(1, VectorJobs.SHARE_TIP)));
        return farm;
    }

    Sv1Miner connect() {
        Sv1Miner miner = new Sv1Miner(this, ++lastConnection);
        miners.add(miner);
        return miner;
    }

    /** A miner that has subscribed and authorised as "w" and heard what follows from it. */
    Sv1Miner mining() {
        Sv1Miner miner = connect();
        miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"cgminer/4.12\"]}");
        miner.says("{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"w\",\"x\"]}");
        miner.hears();
        return miner;
    }

    void update(RouteUpdate update) {
        route.apply(update);
        for (Sv1Miner miner : miners) {
            miner.gets(new MinerInput.RouteUpdated(update));
        }
    }

    void upstream(Target target, boolean rolling) {
        update(new RouteUpdate.UpstreamReady(
                new UpstreamChannel("pool", VectorJobs.UPSTREAM_PREFIX, VectorJobs.GRANTED, target, rolling),
                ++generation));
    }

    MiningJob job(long id, ChainTip tip) {
        return job(id, tip, true, route.target());
    }

    MiningJob job(long id, ChainTip tip, boolean rolling, Target routeTarget) {
        return job(id, tip, VectorJobs.VERSION, rolling, List.of(), VectorJobs.GRANTED, routeTarget);
    }

    MiningJob job(
            long id, ChainTip tip, long version, boolean rolling, List<Hash256> path, int granted, Target routeTarget) {
        UpstreamJob source = new UpstreamJob(
                id,
                OptionalLong.of(tip.minNtime()),
                version,
                rolling,
                path,
                VectorJobs.COINBASE_PREFIX,
                VectorJobs.COINBASE_SUFFIX,
                VectorJobs.UPSTREAM_PREFIX);
        return MiningJob.active(id, VectorJobs.UPSTREAM, source, granted, generation, tip, routeTarget);
    }

    /** A later block on the same network. */
    static ChainTip nextTip() {
        return new ChainTip(
                Hash256.fromHex("11".repeat(28) + "00000000"),
                VectorJobs.SHARE_TIP.nbits(),
                VectorJobs.SHARE_TIP.minNtime());
    }
}
