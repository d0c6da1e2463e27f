package sluice.fuzz;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import sluice.protocol.Bytes;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.session.MinerAction;
import sluice.proxy.session.MinerDeadline;
import sluice.proxy.session.MinerInput;
import sluice.proxy.session.MinerSession;

/** A miner's session, whose every answer is held against what holds for both protocols. */
abstract class WatchedSession {
    /** Bytes in answer to one input that nobody explains; jobs of pools come on top. */
    private static final int MOST_BYTES = 1 << 20;

    private final MinerSession session;
    private final Supplier<Instant> clock;
    private final Set<MinerDeadline> deadlines = EnumSet.noneOf(MinerDeadline.class);
    private final List<ForwardedShare> forwarded = new ArrayList<>();
    private boolean ended;
    private boolean closed;
    private int identified;
    private int proofs;
    private int openChannels;
    private long unjudged;
    private long unjudgedReported;

    WatchedSession(MinerSession session, Supplier<Instant> clock) {
        this.session = session;
        this.clock = clock;
    }

    /** What the session sent. */
    abstract void heard(Bytes bytes);

    /** The session refused a share without a look: there is no verdict of its own, but it counts. */
    void refusedUnjudged() {
        unjudged++;
    }

    /** A channel is no more. */
    void closed(long channel) {}

    /** Called behind each input, with the shares that were judged at it. */
    abstract void judged(MinerInput input, List<GatewayEvent.ShareSubmitted> shares);

    boolean isOver() {
        return ended;
    }

    /** One of the deadlines that the session has asked for, as its connection would reach it. */
    void reachDeadline(int choice) {
        if (!deadlines.isEmpty()) {
            MinerDeadline deadline = List.copyOf(deadlines).get(choice % deadlines.size());
            deadlines.remove(deadline);
            feed(new MinerInput.DeadlineReached(deadline));
        }
    }

    /** Shares that go up, since the last call. */
    List<ForwardedShare> takeForwarded() {
        List<ForwardedShare> taken = List.copyOf(forwarded);
        forwarded.clear();
        return taken;
    }

    void close() {
        if (!closed) {
            feed(new MinerInput.Closed("closed"));
            closed = true;
            Claim.that(openChannels == 0, "%d channels outlive their connection", openChannels);
            Claim.that(unjudgedReported == unjudged, "%d of %d unjudged shares counted", unjudgedReported, unjudged);
        }
    }

    void feed(MinerInput input) {
        boolean over = ended;
        boolean closing = input instanceof MinerInput.Closed;
        if (closed) {
            return;
        }
        long bytes = 0;
        List<GatewayEvent.ShareSubmitted> shares = new ArrayList<>();
        for (MinerAction action : List.copyOf(session.on(input, clock.get()))) {
            Claim.that(closing || !ended, "%s behind the end, at %s", action, input);
            switch (action) {
                case MinerAction.Send send -> {
                    bytes += send.bytes().length();
                    heard(send.bytes());
                }
                case MinerAction.Forward forward -> forwarded.add(forward.share());
                case MinerAction.Publish publish -> {
                    switch (publish.event()) {
                        case GatewayEvent.ShareSubmitted share -> shares.add(share);
                        case GatewayEvent.SharesUnjudged refused -> unjudgedReported += refused.count();
                        case GatewayEvent.ChannelOpened opened -> openChannels++;
                        case GatewayEvent.ChannelClosed gone -> {
                            openChannels--;
                            closed(gone.channelId());
                        }
                        default -> {}
                    }
                }
                case MinerAction.SetDeadline set -> deadlines.add(set.deadline());
                case MinerAction.Identified who -> Claim.that(++identified == 1, "identified again: %s", who);
                case MinerAction.DemandChanged changed -> {}
                case MinerAction.Proved proved -> Claim.that(++proofs == 1, "proved to be a miner again");
                case MinerAction.Offended offended -> Claim.isOneLineOfText(offended.reason());
                case MinerAction.Disconnect disconnect -> {
                    ended = true;
                    Claim.that(!disconnect.reason().isBlank(), "no reason");
                    Claim.isOneLineOfText(disconnect.reason());
                }
            }
        }
        Claim.that(!over || shares.isEmpty(), "a verdict behind the end");
        Claim.that(bytes <= MOST_BYTES, "%d bytes in answer to %s", bytes, input);
        Claim.that(openChannels >= 0, "more channels closed than opened");
        double hashrate = session.nominalHashrate();
        Claim.that(hashrate >= 0 && !Double.isInfinite(hashrate), "a hashrate of %s", hashrate);
        Claim.that(!session.hardestWantedTarget().isZero(), "wants a target that no hash meets");
        judged(input, shares);
    }
}
