package sluice.proxy.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.protocol.sv2.message.mining.UpdateChannelError;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.profile.MinerProfile;

/**
 * The open channels of one SV2 connection, their ids, groups and targets, and how they end (SV2 5.3.7-5.3.9, 5.3.21).
 * Confined to the session.
 */
final class Sv2Channels {
    /** Channels one connection may have open, counting those it closed on this tip: a proxy may bring a whole farm. */
    static final int MAX_CHANNELS = 8_192;

    /** The first channel id. Groups have the ids below, so no group is ever taken for a channel (SV2 5.1.3). */
    static final long FIRST_ID = 16;

    /** Between two looks at all channels' share rates at least. */
    static final Duration VARDIFF_PAUSE = Duration.ofSeconds(1);

    private static final long LAST_ID = 0xffff_ffffL;

    private final long connectionId;
    private final MinerContext context;
    private final MinerOrigin origin;
    private final AssignedRoute route;
    private final Sv2Indexes indexes;
    private final Sv2Outbox out;
    private final Map<Long, Sv2Channel> open = new LinkedHashMap<>();
    private final int[] members = new int[ExtranonceShape.values().length];
    // Channels whose rating changed so much that they may need a job of their own.
    private final Set<Sv2Channel> leaping = new LinkedHashSet<>();
    private String userAgent = "";
    private long nextId = FIRST_ID;
    private Instant nextLook = Instant.MAX;
    // A closed channel's index rests until its jobs are stale. Without this a miner that opens and closes for ever
    // would
    // take every index there is from the others.
    private int closedOnThisTip;
    private Sv2Channel latest;

    Sv2Channels(
            long connectionId,
            MinerContext context,
            MinerOrigin origin,
            AssignedRoute route,
            Sv2Indexes indexes,
            Sv2Outbox out) {
        this.indexes = indexes;
        this.connectionId = connectionId;
        this.context = context;
        this.origin = origin;
        this.route = route;
        this.out = out;
    }

    /** An id for one more channel, or empty where this connection has its share. */
    OptionalLong newId() {
        return open.size() + closedOnThisTip >= MAX_CHANNELS || nextId > LAST_ID
                ? OptionalLong.empty()
                : OptionalLong.of(nextId++);
    }

    void add(Sv2Channel channel) {
        open.put(channel.id(), channel);
        members[channel.shape().ordinal()]++;
    }

    MinerOrigin origin() {
        return origin;
    }

    /** What the machine calls itself. */
    void userAgent(String text) {
        userAgent = text;
    }

    MinerProfile profileOf(String userIdentity) {
        return context.profiles().of(origin, userIdentity, userAgent);
    }

    /** Of the connection as a whole: that of its oldest channel. */
    Optional<MinerProfile> profile() {
        return open.values().stream().findFirst().map(Sv2Channel::profile);
    }

    void tellOfProfile(Sv2Channel channel, Instant now) {
        if (!channel.profile().names().isEmpty()) {
            out.publish(new GatewayEvent.MinerProfiled(
                    now, connectionId, channel.id(), channel.mining().userIdentity(), userAgent, channel.profile()));
        }
    }

    /** The profiles of the gateway changed. */
    void onProfilesChanged(Instant now) {
        for (Sv2Channel channel : open.values()) {
            MinerProfile next = profileOf(channel.mining().userIdentity());
            if (!next.equals(channel.profile())) {
                channel.profile(next, now);
                tellOfProfile(channel, now);
                follow(channel, now);
            }
        }
        watchAll(now);
    }

    void checkBudget(Sv2Channel channel, MiningJob job, Instant now) {
        if (channel.isFirstBeyondBudget(job)) {
            out.publish(new GatewayEvent.CoinbaseBeyondBudget(
                    now, connectionId, channel.id(), channel.profile(), job.coinbaseSize(channel.shape())));
        }
    }

    /** Channels that work on a job far from their target, once. */
    List<Sv2Channel> takeFarOff() {
        if (leaping.isEmpty()) {
            return List.of();
        }
        List<Sv2Channel> far = leaping.stream().filter(Sv2Channel::isFarOff).toList();
        leaping.clear();
        return far;
    }

    /** The extended channels that a message to this id, of a channel or of a group, is for. */
    List<Sv2Channel> addressedBy(long id) {
        return open.values().stream()
                .filter(channel -> !channel.isStandard())
                .filter(channel -> channel.id() == id || Sv2Frames.groupId(channel.shape()) == id)
                .toList();
    }

    /** The channel with this id, or null. */
    Sv2Channel find(long id) {
        // Nearly all connections have one channel, and the others send several shares of one in a row.
        if (latest == null || latest.id() != id) {
            latest = open.get(id);
        }
        return latest;
    }

    Collection<Sv2Channel> all() {
        return open.values();
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    boolean neverOpened() {
        return nextId == FIRST_ID;
    }

    boolean hasMembers(ExtranonceShape shape) {
        return members[shape.ordinal()] > 0;
    }

    double hashrate() {
        double sum = 0;
        for (Sv2Channel channel : open.values()) {
            sum += channel.hashrate();
        }
        return sum;
    }

    Target hardestDemanded() {
        Target hardest = Target.MAX;
        for (Sv2Channel channel : open.values()) {
            hardest = Target.hardest(hardest, channel.demanded());
        }
        return hardest;
    }

    void onTipChanged() {
        closedOnThisTip = 0;
    }

    /**
     * What the upstream asks of the job in force, or of jobs to come, changed: so may the targets of all channels. A harder
     * target waits for the first job that it holds for.
     */
    void retargetAll(Instant now) {
        for (Sv2Channel channel : open.values()) {
            retarget(channel, now);
        }
    }

    private void retarget(Sv2Channel channel, Instant now) {
        Target next = channel.served(route.easiestTarget());
        if (!next.equals(channel.mining().target())) {
            setTarget(channel, next, now);
        }
    }

    private void setTarget(Sv2Channel channel, Target next, Instant now) {
        channel.mining().target(next);
        out.send(new SetTarget(channel.id(), next));
        out.publish(new GatewayEvent.MinerTargetChanged(now, connectionId, channel.id(), next));
    }

    /** An accepted share of this difficulty, which may show that the miner is faster than held to be. */
    void onShare(Sv2Channel channel, double difficulty, Instant now) {
        if (channel.onShare(difficulty, now)) {
            follow(channel, now);
        }
    }

    /** The channel is rated anew. */
    private void follow(Sv2Channel channel, Instant now) {
        retarget(channel, now);
        out.demandChanged();
        if (channel.isFarOff()) {
            leaping.add(channel);
        }
    }

    /** A channel opened: its silence is to be noticed in time. */
    void watch(Sv2Channel channel, Instant now) {
        lookBy(channel.nextLook(), now);
    }

    /** Jobs of other difficulties move the moments at which silence says something. */
    void watchAll(Instant now) {
        Instant earliest = Instant.MAX;
        for (Sv2Channel channel : open.values()) {
            Instant due = channel.nextLook();
            earliest = due.isBefore(earliest) ? due : earliest;
        }
        lookBy(earliest, now);
    }

    private void lookBy(Instant due, Instant now) {
        if (!context.profiles().vardiff().enabled() || !due.isBefore(nextLook)) {
            return;
        }
        // Thousands of channels are not looked at all the time.
        Instant soonest = now.plus(VARDIFF_PAUSE);
        nextLook = due.isBefore(soonest) ? soonest : due;
        out.deadline(MinerDeadline.VARDIFF, nextLook);
    }

    void onVardiff(Instant now) {
        for (Sv2Channel channel : open.values()) {
            if (channel.onTick(now)) {
                follow(channel, now);
            }
        }
        nextLook = Instant.MAX;
        watchAll(now);
    }

    void onUpdate(UpdateChannel update, Instant now) {
        Sv2Channel channel = find(update.channelId());
        if (channel == null) {
            out.send(new UpdateChannelError(update.channelId(), MiningErrorCode.INVALID_CHANNEL_ID));
        } else if (!isHashrate(update.nominalHashRate())) {
            out.send(new UpdateChannelError(update.channelId(), MiningErrorCode.INVALID_NOMINAL_HASHRATE));
        } else if (!isServable(update.maximumTarget())) {
            out.send(new UpdateChannelError(update.channelId(), MiningErrorCode.MAX_TARGET_OUT_OF_RANGE));
        } else {
            channel.update(update.nominalHashRate(), update.maximumTarget(), now);
            // Also where nothing changed: there is no other answer that says "done" (SV2 5.3.7).
            setTarget(channel, channel.served(route.easiestTarget()), now);
            follow(channel, now);
        }
    }

    /** Whether a claimed hashrate is a number of hashes: no NaN, no infinity, no sign, also not that of -0.0. */
    static boolean isHashrate(float claimed) {
        return Float.isFinite(claimed) && Float.floatToRawIntBits(claimed) >= 0;
    }

    static boolean isServable(Target maxTarget) {
        return !maxTarget.isHarderThan(Sv2Channel.HARDEST_TARGET);
    }

    /** The miner closes a channel, or all of a group; ids that are neither are ignored (SV2 5.3.9). */
    void onClose(CloseChannel close, Instant now) {
        closeWhere(
                channel -> channel.id() == close.channelId() || Sv2Frames.groupId(channel.shape()) == close.channelId(),
                "closed-by-miner",
                false,
                now);
    }

    /** We close the channels that {@code unservable} names, each with a reason for its miner. */
    void closeUnservable(Predicate<Sv2Channel> unservable, String reason, Instant now) {
        closeWhere(unservable, reason, true, now);
    }

    /** The connection is gone. */
    void releaseAll(String reason, Instant now) {
        closeWhere(channel -> true, reason, false, now);
    }

    private void closeWhere(Predicate<Sv2Channel> chosen, String reason, boolean tell, Instant now) {
        List<Sv2Channel> closing = new ArrayList<>();
        for (Sv2Channel channel : open.values()) {
            if (chosen.test(channel)) {
                closing.add(channel);
            }
        }
        for (Sv2Channel channel : closing) {
            acknowledge(channel);
            if (tell) {
                out.send(new CloseChannel(channel.id(), reason));
            }
            remove(channel);
            out.publish(new GatewayEvent.ChannelClosed(now, connectionId, channel.id(), reason));
            out.demandChanged();
        }
    }

    private void remove(Sv2Channel channel) {
        open.remove(channel.id());
        members[channel.shape().ordinal()]--;
        closedOnThisTip++;
        latest = null;
        leaping.remove(channel);
        indexes.release(channel.mining().index());
    }

    /** Sends the SubmitShares.Success that is due, if any. */
    void acknowledge(Sv2Channel channel) {
        if (!channel.batch().isEmpty()) {
            out.send(channel.batch().take(channel.id()));
        }
    }
}
