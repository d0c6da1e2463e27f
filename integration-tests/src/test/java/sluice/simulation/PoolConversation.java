package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionFlags;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.common.SetupConnectionSuccessFlags;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.SetExtranoncePrefix;
import sluice.protocol.sv2.message.mining.SetGroupChannel;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.protocol.sv2.wire.Frame;

/** A simulated pool's side of one connection. */
final class PoolConversation implements Link.Receiver {
    private static final int LEAST_GRANT = 8;
    /** Jobs for a tip to come that a gateway keeps, by its own documentation. */
    private static final int NAMEABLE_FUTURES = 16;

    static final int LONGEST_EXTRANONCE = 32;

    private final SimulatedPool pool;
    private final World world;
    private final Chance chance;
    private final PoolNature nature;
    private final int link;
    private final Link.End end;
    private final PoolVerdicts verdicts;
    private final PoolNonsense nonsense;
    private final List<Long> futures = new ArrayList<>();
    private PoolMood mood;
    private PoolChannel channel;
    private PoolJob.Content latest;
    private ChainTip tip;
    private boolean silent;
    private boolean still;
    private boolean over;

    PoolConversation(SimulatedPool pool, Chance chance, Link link, PoolMood mood) {
        this.pool = pool;
        this.world = pool.world();
        this.chance = chance;
        this.nature = pool.nature();
        this.link = link.number();
        this.end = link.server();
        this.mood = mood;
        this.verdicts = new PoolVerdicts(world, chance.split(), nature, this::send);
        this.nonsense = new PoolNonsense(chance.split());
    }

    boolean isOver() {
        return over;
    }

    /** The connection that it goes on over. */
    int link() {
        return link;
    }

    Optional<PoolChannel> channel() {
        return Optional.ofNullable(channel);
    }

    @Override
    public void received(Bytes bytes) {
        if (over || silent) {
            return;
        }
        Sv2Message message = Sv2Codec.decode(Frame.parse(bytes.toArray())).orElseThrow();
        switch (message) {
            case SetupConnection setup -> onSetup(setup);
            case OpenExtendedMiningChannel open -> onOpen(open);
            case UpdateChannel update -> onUpdate(update);
            case SubmitSharesExtended share -> onShare(share);
            case CloseChannel close -> {}
            default -> throw new BrokenInvariant("the gateway sent its pool " + message);
        }
    }

    @Override
    public void ended(String reason) {
        over = true;
    }

    private void onSetup(SetupConnection setup) {
        boolean wantsRolling = (setup.flags() & SetupConnectionFlags.MINING_REQUIRES_VERSION_ROLLING) != 0;
        switch (mood) {
            case IGNORES_SETUP -> {}
            case REFUSES_SETUP -> {
                send(new SetupConnectionError(0, "unsupported-protocol"));
                close();
            }
            case REFUSES_VERSION_ROLLING -> {
                if (wantsRolling) {
                    send(new SetupConnectionError(
                            SetupConnectionFlags.MINING_REQUIRES_VERSION_ROLLING, "unsupported-feature-flags"));
                    close();
                } else {
                    send(new SetupConnectionSuccess(SetupConnection.VERSION, 0));
                }
            }
            case CHOOSES_UNKNOWN_VERSION -> send(new SetupConnectionSuccess(3, 0));
            default ->
                send(new SetupConnectionSuccess(
                        SetupConnection.VERSION,
                        nature.fixedVersion() ? SetupConnectionSuccessFlags.MINING_REQUIRES_FIXED_VERSION : 0));
        }
    }

    private void onOpen(OpenExtendedMiningChannel open) {
        if (mood == PoolMood.IGNORES_OPEN) {
            return;
        }
        Bytes prefix = pool.newPrefix(nature.prefixLength());
        int room = LONGEST_EXTRANONCE - prefix.length();
        boolean tooLarge = open.minExtranonceSize() > room
                || mood == PoolMood.REFUSES_LARGE_GRANT && open.minExtranonceSize() > LEAST_GRANT;
        if (tooLarge || mood == PoolMood.REFUSES_CHANNEL) {
            send(new OpenMiningChannelError(
                    open.requestId(), tooLarge ? "min-extranonce-size-too-large" : "unknown-user"));
            return;
        }
        int granted = mood == PoolMood.GRANTS_TOO_LITTLE
                ? chance.between(0, LEAST_GRANT - 1)
                : Math.min(room, open.minExtranonceSize() + nature.spareGrant());
        channel = new PoolChannel(
                chance.u32(),
                chance.u32(),
                prefix,
                granted,
                newTarget(open.maxTarget()),
                open.maxTarget(),
                chance.oneOf(0L, chance.u32() >>> 1));
        send(new OpenExtendedMiningChannelSuccess(
                open.requestId(), channel.id(), channel.target(), granted, prefix, channel.groupId()));
        if (mood != PoolMood.NEVER_GIVES_JOB) {
            Duration pause =
                    chance.happens(0.7) ? Duration.ZERO : world.faults().poolWire(chance);
            world.time().after(pause, () -> {
                onTip();
                scheduleAct();
            });
        }
        if (mood == PoolMood.FALLS_SILENT) {
            world.time()
                    .after(
                            chance.spread(Duration.ofSeconds(1), Duration.ofMinutes(3)),
                            () -> silent = !world.faults().areOver());
        }
    }

    private Target newTarget(Target easiest) {
        Target own = Difficulty.targetOf(chance.spread(nature.leastDifficulty(), nature.mostDifficulty()));
        return own.isEasierThan(easiest) ? easiest : own;
    }

    private void onUpdate(UpdateChannel update) {
        if (channel != null && update.channelId() == channel.id()) {
            channel.easiestTaken(update.maximumTarget());
            if (channel.target().isEasierThan(update.maximumTarget()) || chance.happens(0.3)) {
                retarget();
            }
        }
    }

    private void onShare(SubmitSharesExtended share) {
        BrokenInvariant.require(
                channel != null && share.channelId() == channel.id(), "%s is for no channel of ours", share);
        PoolChannel.Judgement judgement =
                channel.judge(share, world.time().instant().getEpochSecond());
        if (judgement.block()) {
            pool.network().found(judgement.job().tip().prevHash(), judgement.hash());
        }
        verdicts.judged(channel.id(), share.sequenceNumber(), judgement.refusal(), mood == PoolMood.LIES);
    }

    /** The network has a new tip, or this channel its first. */
    void onTip() {
        if (over || channel == null || pool.network().tip().equals(tip)) {
            return;
        }
        tip = pool.network().tip();
        long jobId = futures.isEmpty() || chance.happens(0.2)
                ? announceFuture(channel.newJobId())
                : futures.get(chance.between(Math.max(0, futures.size() - NAMEABLE_FUTURES), futures.size() - 1));
        futures.clear();
        PoolJob job = channel.job(jobId);
        channel.keepOnly(jobId);
        channel.start(pool.jobs(), job, tip);
        send(new SetNewPrevHash(address(), jobId, tip.prevHash(), tip.minNtime(), tip.nbits()));
    }

    private void announceFutures() {
        int count = nature.floodsFutures() ? chance.between(1, 20) : 1;
        for (int i = 0; i < count; i++) {
            boolean again = nature.repeatsFutureIds() && !futures.isEmpty() && chance.happens(0.5);
            announceFuture(again ? chance.oneOf(futures) : channel.newJobId());
        }
    }

    private long announceFuture(long jobId) {
        PoolJob job = new PoolJob(link, newContent());
        channel.put(jobId, job);
        futures.remove(jobId);
        futures.add(jobId);
        send(job.message(address(), jobId, OptionalLong.empty()));
        return jobId;
    }

    private PoolJob.Content newContent() {
        latest = PoolJob.Content.drawn(chance, nature, pool.network().height(), channel.prefix(), channel.granted());
        return latest;
    }

    /** Another job on the tip in force, or the same once more. */
    private void sendActiveJob(PoolJob.Content content) {
        long jobId = channel.newJobId();
        PoolJob job = new PoolJob(link, content);
        channel.put(jobId, job);
        channel.start(pool.jobs(), job, tip);
        send(job.message(
                address(), jobId, OptionalLong.of(world.time().instant().getEpochSecond())));
    }

    private void scheduleAct() {
        world.time().after(chance.waitFor(nature.actInterval()), () -> {
            if (!over && !still) {
                act();
                scheduleAct();
            }
        });
    }

    private void act() {
        if (silent || tip == null) {
            return;
        }
        double what = chance.between(0.0, 1.0);
        boolean rude = !world.faults().areOver();
        if (what < 0.35) {
            sendActiveJob(newContent());
        } else if (what < 0.45) {
            boolean sameAgain = latest.extranoncePrefix().equals(channel.prefix());
            sendActiveJob(sameAgain ? latest : newContent());
        } else if (what < 0.6) {
            if (chance.happens(nature.futureJobs())) {
                announceFutures();
            }
        } else if (what < 0.8) {
            retarget();
        } else if (what < 0.9) {
            changePrefix();
        } else if (what < 0.94) {
            channel.groupId(chance.u32());
            send(new SetGroupChannel(channel.groupId(), List.of(channel.id())));
        } else if (rude) {
            beRude();
        }
        if (rude && mood == PoolMood.TALKS_NONSENSE) {
            nonsense.talk(channel, this::send, end::send);
        }
    }

    private void retarget() {
        Target next = newTarget(channel.easiestTaken());
        channel.target(next);
        send(new SetTarget(address(), next));
    }

    private void changePrefix() {
        int length = chance.happens(0.5)
                ? channel.prefix().length()
                : chance.between(1, LONGEST_EXTRANONCE - channel.granted());
        channel.prefix(pool.newPrefix(length));
        send(new SetExtranoncePrefix(channel.id(), channel.prefix()));
        if (chance.happens(0.5)) {
            sendActiveJob(newContent());
        } else if (chance.happens(0.5)) {
            announceFutures();
        }
    }

    private void beRude() {
        if (chance.happens(0.5)) {
            send(new Reconnect(chance.happens(0.3) ? "" : pool.someHost(), 0));
        } else if (chance.happens(0.5)) {
            send(new CloseChannel(address(), "no-reason"));
        } else {
            close();
        }
    }

    /** The channel's own id, or its group's: either will do. */
    private long address() {
        return chance.happens(0.5) ? channel.id() : channel.groupId();
    }

    void calmDown() {
        if (over || mood == PoolMood.HEALTHY) {
            return;
        }
        boolean useless = channel == null || tip == null || silent;
        if (useless || chance.happens(0.5)) {
            close();
        } else {
            mood = PoolMood.HEALTHY;
        }
    }

    void standStill() {
        still = true;
    }

    private void send(Sv2Message message) {
        if (!over && !silent) {
            end.send(message.toFrameBytes());
        }
    }

    private void close() {
        over = true;
        end.close();
    }
}
