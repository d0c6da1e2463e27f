package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetGroupChannel;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.wire.Frame;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.share.ForwardedShare;

/**
 * A miner that knows nothing but what came over the wire, and holds everything that comes against the rules of SV2 5.3: a
 * test that uses it checks them all along.
 */
final class Sv2Client {
    final Sv2MinerSession session;
    final List<Sv2Message> inbox = new ArrayList<>();
    final List<Bytes> frames = new ArrayList<>();
    final List<GatewayEvent> events = new ArrayList<>();
    final List<ForwardedShare> forwarded = new ArrayList<>();
    final Map<MinerDeadline, Instant> deadlines = new EnumMap<>(MinerDeadline.class);
    final Map<Long, Sv2ClientChannel> channels = new LinkedHashMap<>();
    MinerAction.Disconnect disconnect;
    int demandChanges;
    final List<String> identities = new ArrayList<>();

    int proved;
    final List<String> offences = new ArrayList<>();
    private final Sv2Farm farm;
    private final Map<Long, Set<Long>> groupFutures = new LinkedHashMap<>();
    private boolean standardJobsOnly;
    private boolean selectsWork;
    private long requests;
    // The channel whose Success came last and which must get its first job before anything else (SV2 5.3.3).
    private Sv2ClientChannel fresh;

    Sv2Client(Sv2Farm farm, long connectionId) {
        this.farm = farm;
        session = new Sv2MinerSession(farm.context, connectionId, Sv2Farm.LIMITS, MinerOrigin.LOCAL);
    }

    void send(Sv2Message message) {
        if (message instanceof sluice.protocol.sv2.message.common.SetupConnection setup) {
            standardJobsOnly = (setup.flags() & 1) != 0;
            selectsWork = (setup.flags() & 2) != 0;
        }
        sendFrame(message.toFrameBytes());
    }

    void sendFrame(Bytes frame) {
        feed(new MinerInput.FrameReceived(Frame.parse(frame.toArray())));
    }

    void reach(MinerDeadline deadline) {
        deadlines.remove(deadline);
        feed(new MinerInput.DeadlineReached(deadline));
    }

    void feed(MinerInput input) {
        for (MinerAction action : List.copyOf(session.on(input, farm.now))) {
            assertThat(disconnect)
                    .as("an action behind a disconnect: %s", action)
                    .isNull();
            switch (action) {
                case MinerAction.Send send -> receive(send.bytes());
                case MinerAction.Forward forward -> forwarded.add(forward.share());
                case MinerAction.Publish publish -> events.add(publish.event());
                case MinerAction.SetDeadline set -> deadlines.put(set.deadline(), set.at());
                case MinerAction.DemandChanged changed -> demandChanges++;
                case MinerAction.Identified identified -> identities.add(identified.userIdentity());
                case MinerAction.Proved proof -> proved++;
                case MinerAction.Offended offence -> offences.add(offence.reason());
                case MinerAction.Disconnect end -> disconnect = end;
            }
        }
        assertThat(fresh).as("a channel without its first job").isNull();
    }

    Sv2ClientChannel openStandard() {
        send(new OpenStandardMiningChannel(++requests, "farm.standard", 0f, Target.MAX));
        return newest();
    }

    Sv2ClientChannel openExtended(int minExtranonceSize) {
        send(new OpenExtendedMiningChannel(++requests, "farm.extended", 0f, Target.MAX, minExtranonceSize));
        return newest();
    }

    /** The message of this type that came last; nothing of that type may have come before it since {@link #clear}. */
    <T> T only(Class<T> type) {
        List<T> all = all(type);
        assertThat(all)
                .as("messages of type %s in %s", type.getSimpleName(), inbox)
                .hasSize(1);
        return all.getFirst();
    }

    <T> List<T> all(Class<T> type) {
        return inbox.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T extends GatewayEvent> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    void clear() {
        inbox.clear();
        frames.clear();
        events.clear();
        forwarded.clear();
        demandChanges = 0;
    }

    Sv2ClientChannel newest() {
        Sv2ClientChannel newest = null;
        for (Sv2ClientChannel channel : channels.values()) {
            newest = channel;
        }
        return newest;
    }

    private void receive(Bytes bytes) {
        frames.add(bytes);
        Frame frame = Frame.parse(bytes.toArray());
        Sv2Message message = Sv2Codec.decode(frame).orElseThrow();
        assertThat(frame.channelMessage()).isEqualTo(message.type().channelMessage());
        inbox.add(message);
        switch (message) {
            case OpenStandardMiningChannelSuccess success ->
                join(new Sv2ClientChannel(
                        success.channelId(),
                        true,
                        success.extranoncePrefix(),
                        0,
                        success.groupChannelId(),
                        success.target()));
            case OpenExtendedMiningChannelSuccess success ->
                join(new Sv2ClientChannel(
                        success.channelId(),
                        false,
                        success.extranoncePrefix(),
                        success.extranonceSize(),
                        success.groupChannelId(),
                        success.target()));
            case NewMiningJob job -> onJob(job);
            case NewExtendedMiningJob job -> onJob(job);
            case SetNewPrevHash tip -> onTip(tip);
            case SetTarget target -> channels.get(target.channelId()).setTarget(target.maximumTarget());
            case CloseChannel close ->
                assertThat(channels.remove(close.channelId())).isNotNull();
            case SetGroupChannel group -> assertThat(standardJobsOnly).isFalse();
            default -> {}
        }
    }

    private void join(Sv2ClientChannel channel) {
        assertThat(fresh).isNull();
        for (Sv2ClientChannel other : channels.values()) {
            assertThat(channel.id()).isNotEqualTo(other.id());
            if (other.group() == channel.group()) {
                assertThat(channel.fullExtranonceSize())
                        .as("one extranonce length per group (SV2 5.1.3)")
                        .isEqualTo(other.fullExtranonceSize());
            }
        }
        channels.put(channel.id(), channel);
        if (!selectsWork) {
            fresh = channel;
        }
    }

    private void onJob(NewMiningJob job) {
        Sv2ClientChannel channel = channels.get(job.channelId());
        assertThat(channel.isStandard()).isTrue();
        requireFresh(channel, job.minNtime().isEmpty());
        channel.take(Sv2ClientJob.of(job));
    }

    private void onJob(NewExtendedMiningJob job) {
        assertThat(selectsWork).as("a job for a client that makes its own").isFalse();
        assertThat(standardJobsOnly).as("an extended job for a standard miner").isFalse();
        Sv2ClientChannel one = channels.get(job.channelId());
        if (one != null) {
            assertThat(one.isStandard()).isFalse();
            requireFresh(one, job.minNtime().isEmpty());
            one.take(Sv2ClientJob.of(job));
            return;
        }
        List<Sv2ClientChannel> members = members(job.channelId());
        if (job.minNtime().isEmpty()) {
            groupFutures
                    .computeIfAbsent(job.channelId(), group -> new HashSet<>())
                    .add(job.jobId());
        }
        members.forEach(member -> member.take(Sv2ClientJob.of(job)));
    }

    private void onTip(SetNewPrevHash tip) {
        Sv2ClientChannel one = channels.get(tip.channelId());
        if (one != null) {
            one.activate(tip);
            if (one == fresh) {
                fresh = null;
            }
            return;
        }
        assertThat(standardJobsOnly).as("a group's tip for a standard miner").isFalse();
        assertThat(groupFutures.getOrDefault(tip.channelId(), Set.of()))
                .as("future jobs of the group (SV2 5.3.17)")
                .contains(tip.jobId());
        groupFutures.remove(tip.channelId());
        members(tip.channelId()).forEach(member -> member.activate(tip));
    }

    private List<Sv2ClientChannel> members(long group) {
        assertThat(fresh).as("group traffic before a channel's first job").isNull();
        List<Sv2ClientChannel> members = channels.values().stream()
                .filter(channel -> channel.group() == group)
                .toList();
        assertThat(members).as("members of group %d", group).isNotEmpty();
        return members;
    }

    private void requireFresh(Sv2ClientChannel channel, boolean future) {
        if (fresh != null) {
            assertThat(channel).as("the first job behind a Success").isSameAs(fresh);
            assertThat(future).as("the first job is a future one").isTrue();
        }
    }
}
