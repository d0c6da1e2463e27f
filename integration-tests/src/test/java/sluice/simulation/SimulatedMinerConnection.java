package sluice.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.sv1.Sv1Limits;
import sluice.protocol.sv1.Sv1LineCodec;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.goal.DirectorInput;
import sluice.proxy.session.MinerAction;
import sluice.proxy.session.MinerDeadline;
import sluice.proxy.session.MinerInput;
import sluice.proxy.session.MinerSession;

/** One miner's connection by the rules of the gateway's own shell, with a witness beside the session. */
final class SimulatedMinerConnection implements Link.Receiver {
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final SimulatedLoop home;
    private final long connectionId;
    private final MinerSession session;
    private final Witness witness;
    private final Port.Visit visit;
    private final Link.End end;
    private final int maxBacklog;
    private final Runnable onEnd;
    private final Chance chance;
    private final Sv1LineCodec lines = new Sv1LineCodec(Sv1Limits.CLIENT);
    private final Map<MinerDeadline, VirtualTime.Timer> deadlines = new EnumMap<>(MinerDeadline.class);
    private DirectorInput.MinerFacts facts;
    private Instant identifiedAt;
    private boolean closing;
    private boolean concluded;
    private boolean ended;
    private String closeReason = "closed-by-miner";
    private String closeDetail = "";

    SimulatedMinerConnection(
            SimulatedLoop home,
            long connectionId,
            MinerSession session,
            Witness witness,
            Port.Visit visit,
            Link.End end,
            int maxBacklog,
            Chance chance,
            Runnable onEnd) {
        this.home = home;
        this.connectionId = connectionId;
        this.session = session;
        this.witness = witness;
        this.visit = visit;
        this.end = end;
        this.maxBacklog = maxBacklog;
        this.chance = chance;
        this.onEnd = onEnd;
    }

    void start() {
        end.attach(this);
        home.add(this);
        feed(new MinerInput.Started());
    }

    long connectionId() {
        return connectionId;
    }

    /** What pins are held against; empty until the miner has said who it is. */
    Optional<DirectorInput.MinerFacts> facts() {
        return Optional.ofNullable(facts);
    }

    /** When the miner said who it is. */
    Instant identifiedAt() {
        return identifiedAt;
    }

    MinerSession session() {
        return session;
    }

    SimulatedLoop home() {
        return home;
    }

    Witness witness() {
        return witness;
    }

    boolean isEnded() {
        return ended;
    }

    @Override
    public void received(Bytes bytes) {
        if (closing) {
            return;
        }
        try {
            if (visit.protocol() == Port.Protocol.SV2) {
                feed(new MinerInput.FrameReceived(Frame.parse(bytes.toArray())));
            } else {
                byte[] raw = bytes.toArray();
                lines.feed(
                        raw,
                        0,
                        raw.length,
                        (source, from, length) -> feed(new MinerInput.LineReceived(Bytes.of(source, from, length))));
            }
        } catch (ProtocolViolation violation) {
            disconnect(violation.reason(), violation.detail());
        }
    }

    @Override
    public void ended(String reason) {
        inactive();
    }

    void feed(MinerInput input) {
        if (!closing) {
            run(give(input));
        }
    }

    private List<MinerAction> give(MinerInput input) {
        witness.before(input);
        List<MinerAction> actions;
        try {
            actions = session.on(input, home.world().time().instant());
        } catch (RuntimeException bug) {
            throw new BrokenInvariant("the session of connection " + connectionId + " throws at " + input, bug);
        }
        witness.after(actions);
        return actions;
    }

    private void run(List<MinerAction> actions) {
        for (MinerAction action : actions) {
            switch (action) {
                case MinerAction.Send send -> send(send.bytes());
                case MinerAction.Forward forward -> forward(forward);
                case MinerAction.Publish publish -> home.publish(publish.event());
                case MinerAction.SetDeadline set -> setDeadline(set);
                case MinerAction.DemandChanged changed -> home.demandChanged(this);
                case MinerAction.Identified identified -> {
                    facts = new DirectorInput.MinerFacts(
                            connectionId, identified.userIdentity(), visit.address(), visit.host(), identified.index());
                    identifiedAt = home.world().time().instant();
                    home.identified(this);
                }
                // Who may connect is not simulated.
                case MinerAction.Proved proved -> {}
                case MinerAction.Offended offended -> {}
                case MinerAction.Disconnect disconnect -> disconnect(disconnect.reason(), disconnect.detail());
            }
        }
    }

    private void send(Bytes bytes) {
        if (closing) {
            return;
        }
        if (end.unread() > maxBacklog) {
            disconnect("slow-reader", "more than " + maxBacklog + " bytes wait for it");
            return;
        }
        end.send(bytes);
    }

    private void forward(MinerAction.Forward forward) {
        if (!home.forward(forward.share())) {
            home.publish(new GatewayEvent.ShareUnforwardable(
                    home.world().time().instant(), forward.share().userIdentity(), "route-mailbox-full"));
        }
    }

    /** Closes the connection behind what the session still owes its miner. */
    void shutDown(String reason) {
        if (!closing) {
            conclude(reason);
            disconnect(reason, "");
        }
    }

    private void conclude(String reason) {
        if (!concluded) {
            concluded = true;
            run(give(new MinerInput.Closed(reason)));
        }
    }

    void disconnect(String reason, String detail) {
        if (closing) {
            return;
        }
        closing = true;
        closeReason = reason;
        closeDetail = detail;
        end.close();
        home.world().time().after(chance.between(Duration.ZERO, LINGER), this::inactive);
    }

    private void inactive() {
        if (ended) {
            return;
        }
        ended = true;
        closing = true;
        end.close();
        home.remove(this);
        deadlines.values().forEach(VirtualTime.Timer::cancel);
        conclude(closeReason);
        home.publish(new GatewayEvent.MinerDisconnected(
                home.world().time().instant(), connectionId, closeReason, closeDetail));
        witness.closed();
        onEnd.run();
    }

    private void setDeadline(MinerAction.SetDeadline set) {
        if (closing) {
            return;
        }
        MinerDeadline deadline = set.deadline();
        VirtualTime.Timer earlier = deadlines.put(
                deadline, home.world().time().at(set.at(), () -> feed(new MinerInput.DeadlineReached(deadline))));
        if (earlier != null) {
            earlier.cancel();
        }
    }
}
