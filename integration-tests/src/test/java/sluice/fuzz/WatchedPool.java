package sluice.fuzz;

import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv1.Sv1ClientDecoder;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1Encoder;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.wire.Frame;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.session.CustomJobAnswer;
import sluice.upstream.session.PoolAction;
import sluice.upstream.session.PoolDeadline;
import sluice.upstream.session.PoolInput;
import sluice.upstream.session.PoolSession;

/**
 * A conversation with a pool, the route behind it and two miners, who get whatever job it sends: each conversation ends
 * with one Lost, and nothing that the pool says breaks anybody further down.
 */
final class WatchedPool {
    private static final Sv1ClientDecoder CLIENT = new Sv1ClientDecoder();
    private static final int MAX_CUSTOM_JOBS = 16;

    final FuzzedFarm farm;
    private final PoolSession session;
    private final WatchedSv1Session sv1;
    private final WatchedSv2Session sv2;
    private final Set<PoolDeadline> deadlines = EnumSet.noneOf(PoolDeadline.class);
    private boolean conversing;
    private final boolean countsVerdicts;
    private long submitted;
    private long answered;
    private long requestId;
    private final Set<Long> customJobs = new HashSet<>();
    private long lastCustomJob;

    /** @param countsVerdicts the session counts them itself; else the pool does, and may say what it likes */
    WatchedPool(boolean countsVerdicts, Function<Target, PoolSession> session) {
        this.countsVerdicts = countsVerdicts;
        this.farm = new FuzzedFarm();
        this.session = session.apply(FuzzedFarm.EASY);
        farm.feeding().upstream(command -> feed(new PoolInput.CommandGiven(command)));
        sv1 = new WatchedSv1Session(farm);
        sv2 = new WatchedSv2Session(farm);
        farm.members(input -> {
            sv1.feed(input);
            sv2.feed(input);
        });
        sv1.says("{\"id\":1,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\"],{}]}");
        sv1.says("{\"id\":2,\"method\":\"mining.subscribe\",\"params\":[]}");
        sv1.says("{\"id\":3,\"method\":\"mining.authorize\",\"params\":[\"w\",\"\"]}");
        sv2.setsUp(0);
        sv2.opensStandard("standard", 1, Target.MAX);
        sv2.opensExtended("extended", 1, Target.MAX, 4);
    }

    boolean isConversing() {
        return conversing;
    }

    /** The id of the last request for a channel. */
    long requestId() {
        return requestId;
    }

    /** Does what {@code op} means where it is not the pool that does it. */
    void take(int op, FuzzInput input) {
        switch (op) {
            case 'C' -> connect();
            case 'T' -> farm.now = farm.now.plusSeconds(input.u8());
            case 'D' -> reachDeadline(input.u8());
            case 'X' -> disconnect("gone");
            case 'Q' -> feed(new PoolInput.CommandGiven(new UpstreamCommand.Close("enough")));
            case 'U' -> farm.feeding().demand(input.u8() * 1e12, FuzzedFarm.target(input));
            case 'S' -> sv1.submits(input);
            case 'H' -> sv2.submitsStandard(input);
            case 'E' -> sv2.submitsExtended(input);
            default -> {}
        }
        MinerTargets.forward(farm, sv1.takeForwarded());
        MinerTargets.forward(farm, sv2.takeForwarded());
    }

    void connect() {
        if (!conversing) {
            conversing = true;
            deadlines.clear();
            submitted = 0;
            answered = 0;
            feed(new PoolInput.Connected("pool.example.com", 3333));
        }
    }

    void disconnect(String reason) {
        if (conversing) {
            feed(new PoolInput.Disconnected(reason));
            Claim.that(!conversing, "no Lost");
        }
    }

    void end() {
        disconnect("end");
        sv1.close();
        sv2.close();
        Claim.that(farm.indexes.inUse() == 0, "%d indexes are never released", farm.indexes.inUse());
    }

    private void reachDeadline(int choice) {
        if (conversing && !deadlines.isEmpty()) {
            PoolDeadline deadline = List.copyOf(deadlines).get(choice % deadlines.size());
            deadlines.remove(deadline);
            feed(new PoolInput.DeadlineReached(deadline));
        }
    }

    void feed(PoolInput input) {
        if (input instanceof PoolInput.CommandGiven(UpstreamCommand.SubmitShare share)) {
            submitted++;
        }
        for (PoolAction action : List.copyOf(session.on(input, farm.now))) {
            switch (action) {
                case PoolAction.Send(Sv2Message message) -> {
                    Claim.that(conversing, "%s to nobody", message);
                    Claim.that(
                            Sv2Codec.decode(Frame.parse(message.toFrame()))
                                    .orElseThrow()
                                    .equals(message),
                            "%s reads otherwise",
                            message);
                    if (message instanceof OpenExtendedMiningChannel open) {
                        requestId = open.requestId();
                    }
                }
                case PoolAction.SendLine(Sv1ClientMessage message) -> {
                    Claim.that(conversing, "%s to nobody", message);
                    byte[] line = Sv1Encoder.encode(message);
                    Claim.that(
                            !(CLIENT.decode(Bytes.of(line, 0, line.length - 1)) instanceof Sv1ClientMessage.Malformed),
                            "%s is malformed",
                            message);
                }
                case PoolAction.Emit(UpstreamEvent event) -> emitted(event);
                case PoolAction.CustomJobAnswered(CustomJobAnswer answer) -> customJobAnswered(answer);
                case PoolAction.SetDeadline set -> deadlines.add(set.deadline());
                case PoolAction.Disconnect disconnect -> Claim.isOneLineOfText(disconnect.reason());
                case PoolAction.Redirect redirect -> {
                    Claim.isOneLineOfText(redirect.host());
                    Claim.that(redirect.port() > 0 && redirect.port() <= 65_535, "port %d", redirect.port());
                }
                case PoolAction.Note note -> Claim.isOneLineOfText(note.text());
            }
        }
        Claim.that(session.isConversing() == conversing, "conversing: %s", session.isConversing());
    }

    private void customJobAnswered(CustomJobAnswer answer) {
        Claim.that(customJobs.remove(answer.requestId()), "a second word on custom job %d", answer.requestId());
        if (answer instanceof CustomJobAnswer.Refused refused) {
            Claim.isOneLineOfText(refused.errorCode());
        }
    }

    /** Wants a job of our own mined, whatever it is. */
    void giveCustomJob(FuzzInput input) {
        long id = ++lastCustomJob;
        customJobs.add(id);
        feed(new PoolInput.CustomJobGiven(new SetCustomMiningJob(
                0,
                id,
                Bytes.wrap(input.prefixed()),
                0x2000_0000L,
                Hash256.ZERO,
                input.u32(),
                input.u32(),
                2,
                Bytes.wrap(input.prefixed()),
                0xffff_ffffL,
                Bytes.wrap(input.prefixed()),
                0,
                Collections.nCopies(input.u8(), Hash256.ZERO))));
        Claim.that(customJobs.size() <= MAX_CUSTOM_JOBS, "%d custom jobs wait", customJobs.size());
    }

    private void emitted(UpstreamEvent event) {
        switch (event) {
            case UpstreamEvent.Lost lost -> {
                Claim.that(conversing, "lost twice: %s", lost);
                Claim.isOneLineOfText(lost.reason());
                conversing = false;
                customJobs.clear();
            }
            case UpstreamEvent.SharesAccepted accepted -> answered += accepted.count();
            case UpstreamEvent.ShareRejected rejected -> {
                Claim.isOneLineOfText(rejected.errorCode());
                answered++;
            }
            case UpstreamEvent.TargetChanged changed ->
                Claim.that(!changed.target().isZero(), "target 0");
            case UpstreamEvent.ChannelOpened opened ->
                Claim.that(!opened.channel().target().isZero(), "target 0");
            default -> {}
        }
        Claim.that(answered <= submitted || !countsVerdicts, "%d verdicts on %d shares", answered, submitted);
        farm.feeding().event(event);
    }
}
