package sluice.proxy.session;

import java.time.Instant;
import java.util.OptionalDouble;
import sluice.config.VardiffConfig;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hashrate;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.mining.channel.MiningChannel;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.profile.MinerProfile;
import sluice.proxy.mining.vardiff.Vardiff;

/**
 * One channel of an SV2 connection: its mining session, how fast it is held to be, and which target follows from that.
 * Confined to the session.
 */
final class Sv2Channel {
    /** The hardest target a miner may ask for and vardiff may set; beyond any network's. */
    static final Target HARDEST_TARGET = Difficulty.targetOf(VardiffConfig.DIFFICULTY.most());

    private final MiningChannel mining;
    private MinerProfile profile;
    private VardiffConfig config;
    private final Vardiff vardiff;
    private final Sv2ShareBatch batch = new Sv2ShareBatch();
    private Target maxTarget;
    private Target wanted;
    private double claimedHashrate;
    private double hashrate;
    // Of the job in hand; 0 before the first.
    private double jobDifficulty;
    private boolean coinbaseReported;

    Sv2Channel(MiningChannel mining, MinerProfile profile, double claimedHashrate, Target maxTarget, Instant now) {
        this.mining = mining;
        this.profile = profile;
        this.config = profile.vardiff();
        this.claimedHashrate = claimedHashrate;
        this.hashrate = claimedHashrate;
        this.maxTarget = maxTarget;
        this.wanted = wantedFor(claimedHashrate, config);
        this.vardiff = new Vardiff(config, Difficulty.of(wanted), now);
    }

    /** The target of a channel that claims {@code hashrate}, before the miner's and the upstream's bounds. */
    static Target wantedFor(double hashrate, VardiffConfig config) {
        // Zero means that nobody knows yet, and the device that comes may be a big one: a target at the floor would let
        // it
        // flood us until its next job, because an active job keeps its target. So it starts like any unknown miner; the
        // easiest target we serve to such is start_difficulty (SV2 5.3.2 leaves this to the server).
        if (!config.enabled() || hashrate == 0) {
            return Difficulty.targetOf(config.startDifficulty());
        }
        Target ideal = Hashrate.targetFor(hashrate, config.sharesPerMinute());
        Target easiest = Difficulty.targetOf(config.minDifficulty());
        return Target.easiest(Difficulty.targetOf(config.maxDifficulty()), Target.hardest(easiest, ideal));
    }

    /**
     * The target to serve. Never harder than the upstream's, or shares that it wants would not be sent; but what the miner
     * accepts at most holds before all else (SV2 5.3.2): the upstream is told of it as demand and follows.
     */
    static Target served(Target wanted, Target maxTarget, Target routeTarget) {
        return Target.hardest(maxTarget, Target.easiest(wanted, routeTarget));
    }

    Target served(Target routeTarget) {
        return served(wanted, maxTarget, routeTarget);
    }

    /** The hardest target the upstream should set for this channel's sake. */
    Target demanded() {
        return Target.hardest(maxTarget, wanted);
    }

    /** Hashes per second: what the miner claimed, until the share rate showed otherwise. */
    double hashrate() {
        return hashrate;
    }

    /** The miner says anew how fast it is and which targets it takes (SV2 5.3.7). */
    void update(double newClaim, Target newMaxTarget, Instant now) {
        maxTarget = newMaxTarget;
        // A proxy may repeat itself every minute; only news may overrule what the shares have shown.
        if (newClaim != claimedHashrate) {
            claimedHashrate = newClaim;
            hashrate = newClaim;
            wanted = wantedFor(newClaim, config);
            vardiff.suggest(Difficulty.of(wanted), now);
        }
    }

    /** The miner is treated so from now on. */
    void profile(MinerProfile next, Instant now) {
        profile = next;
        config = next.vardiff();
        coinbaseReported = false;
        vardiff.configure(config, now);
        wanted = Difficulty.targetOf(Math.min(vardiff.difficulty(), config.maxDifficulty()));
    }

    MinerProfile profile() {
        return profile;
    }

    /** Whether the machine is known not to take the coinbase of {@code job}, and nobody was told yet. */
    boolean isFirstBeyondBudget(MiningJob job) {
        boolean first = !coinbaseReported && !isStandard() && profile.isBeyondBudget(job.coinbaseSize(mining.shape()));
        coinbaseReported |= first;
        return first;
    }

    /** Whether the job in hand is so far from the target to come that the miner may not wait for the next by itself. */
    boolean isFarOff() {
        double factor = jobDifficulty == 0 ? 1 : mining.difficulty() / jobDifficulty;
        return factor >= Sv1Difficulty.LARGE_CHANGE || factor <= 1 / Sv1Difficulty.LARGE_CHANGE;
    }

    /** An accepted share of this difficulty; true if another target is wanted from now on. */
    boolean onShare(double difficulty, Instant now) {
        return follow(vardiff.onShare(difficulty, now));
    }

    /** The miner was silent until now; true if another target is wanted from now on. */
    boolean onTick(Instant now) {
        return follow(vardiff.onTick(now));
    }

    /** The miner has got an active job, which brings the channel's target into force (SV2 5.3.21). */
    void onJob(Instant now) {
        jobDifficulty = mining.difficulty();
        vardiff.inForce(jobDifficulty, now);
    }

    /** When {@link #onTick} is due. */
    Instant nextLook() {
        return vardiff.nextLook();
    }

    private boolean follow(OptionalDouble difficulty) {
        if (difficulty.isEmpty()) {
            return false;
        }
        double rated = Math.min(difficulty.getAsDouble(), VardiffConfig.DIFFICULTY.most());
        wanted = Difficulty.targetOf(Math.min(rated, config.maxDifficulty()));
        hashrate = Hashrate.hashesPerSecond(Difficulty.targetOf(rated), config.sharesPerMinute());
        return true;
    }

    MiningChannel mining() {
        return mining;
    }

    long id() {
        return mining.channelId();
    }

    ExtranonceShape shape() {
        return mining.shape();
    }

    boolean isStandard() {
        return mining.protocol() == MinerProtocol.SV2_STANDARD;
    }

    Sv2ShareBatch batch() {
        return batch;
    }
}
