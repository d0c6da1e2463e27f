package sluice.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sluice.protocol.Bytes;
import sluice.protocol.sv1.Sv1ClientDecoder;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1Encoder;
import sluice.protocol.sv1.Sv1Id;
import sluice.protocol.sv1.Sv1Response;
import sluice.protocol.sv1.Sv1Result;
import sluice.protocol.sv1.Sv1ServerDecoder;
import sluice.protocol.sv1.Sv1ServerMessage;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.session.MinerInput;
import sluice.proxy.session.Sv1MinerSession;

/** An SV1 miner's session: each request gets one answer, each share one verdict, and no job id comes twice. */
final class WatchedSv1Session extends WatchedSession {
    private static final Sv1ClientDecoder CLIENT = new Sv1ClientDecoder();
    private static final Sv1ServerDecoder SERVER = new Sv1ServerDecoder();
    private static final String UNJUDGED = "Too many bad shares";

    private final Set<String> jobIds = new HashSet<>();
    private final List<Sv1ServerMessage.Notify> jobs = new ArrayList<>();
    private final List<Sv1Response> answers = new ArrayList<>();
    private int extranonce2Size = 4;
    private int unjudged;

    WatchedSv1Session(FuzzedFarm farm) {
        super(new Sv1MinerSession(1, farm.sv1(), MinerOrigin.LOCAL), () -> farm.now);
        feed(new MinerInput.Started());
    }

    void says(byte[] line) {
        feed(new MinerInput.LineReceived(Bytes.wrap(line)));
    }

    void says(String line) {
        says(line.getBytes(UTF_8));
    }

    /** A share of one of the last jobs, as far as it has come. */
    void submits(FuzzInput input) {
        if (jobs.isEmpty()) {
            return;
        }
        Sv1ServerMessage.Notify job = jobs.get(jobs.size() - 1 - input.below(Math.min(4, jobs.size())));
        int how = input.u8();
        String bits = (how & 1) == 0 ? "" : ",\"%08x\"".formatted(input.u32());
        says("{\"id\":%s,\"method\":\"mining.submit\",\"params\":[\"%s\",\"%s\",\"%s\",\"%08x\",\"%08x\"%s]}"
                .formatted(
                        (how & 2) == 0 ? "7" : "null",
                        (how & 4) == 0 ? "" : "stranger",
                        job.jobId(),
                        "%02x".formatted(input.u8()).repeat((how & 8) == 0 ? extranonce2Size : 3),
                        job.ntime() + ((how & 16) == 0 ? 0 : input.u16()),
                        input.u16(),
                        bits));
    }

    @Override
    void heard(Bytes bytes) {
        Claim.that(bytes.length() > 1 && bytes.at(bytes.length() - 1) == '\n', "a line without its end");
        Sv1ServerMessage message = SERVER.decode(bytes.slice(0, bytes.length() - 1));
        switch (message) {
            case Sv1ServerMessage.Notify job -> {
                Claim.that(jobIds.add(job.jobId()), "job %s twice", job.jobId());
                jobs.add(job);
            }
            case Sv1Response response -> {
                answers.add(response);
                if (response.error()
                        .filter(error -> error.text().equals(UNJUDGED))
                        .isPresent()) {
                    unjudged++;
                    refusedUnjudged();
                }
                if (response.result() instanceof Sv1Result.Subscribed subscribed) {
                    extranonce2Size = subscribed.extranonce2Size();
                }
            }
            case Sv1ServerMessage.SetDifficulty set -> {}
            case Sv1ServerMessage.SetVersionMask set -> {}
            default -> throw new AssertionError("no miner expects " + message);
        }
        Claim.that(Bytes.wrap(Sv1Encoder.encode(message)).equals(bytes), "%s is not what it reads like", message);
    }

    @Override
    void judged(MinerInput input, List<GatewayEvent.ShareSubmitted> shares) {
        Optional<Sv1ClientMessage> said = said(input);
        boolean live = !isOver();
        if (live && said.isPresent()) {
            Claim.that(
                    shares.size() + unjudged == (said.get() instanceof Sv1ClientMessage.Submit ? 1 : 0),
                    "%d verdicts on %s",
                    shares.size(),
                    said.get());
            Optional<Sv1Id> asked = idOf(said.get()).filter(id -> !id.isNotification());
            Claim.that(answers.size() == (asked.isPresent() ? 1 : 0), "%d answers to %s", answers.size(), said.get());
            asked.ifPresent(id -> Claim.that(answers.getFirst().id().equals(id), "another id than %s", id));
        }
        Claim.that(said.isPresent() || answers.isEmpty() && shares.isEmpty(), "an answer to nothing");
        answers.clear();
        unjudged = 0;
    }

    private static Optional<Sv1ClientMessage> said(MinerInput input) {
        try {
            return input instanceof MinerInput.LineReceived(Bytes line)
                    ? Optional.of(CLIENT.decode(line))
                    : Optional.empty();
        } catch (ProtocolViolation noMessage) {
            return Optional.empty();
        }
    }

    private static Optional<Sv1Id> idOf(Sv1ClientMessage message) {
        return switch (message) {
            case Sv1ClientMessage.Configure it -> Optional.of(it.id());
            case Sv1ClientMessage.Subscribe it -> Optional.of(it.id());
            case Sv1ClientMessage.Authorize it -> Optional.of(it.id());
            case Sv1ClientMessage.Submit it -> Optional.of(it.id());
            case Sv1ClientMessage.SuggestDifficulty it -> Optional.of(it.id());
            case Sv1ClientMessage.SuggestTarget it -> Optional.of(it.id());
            case Sv1ClientMessage.ExtranonceSubscribe it -> Optional.of(it.id());
            case Sv1ClientMessage.MultiVersion it -> Optional.of(it.id());
            case Sv1ClientMessage.GetTransactions it -> Optional.of(it.id());
            case Sv1ClientMessage.Capabilities it -> Optional.of(it.id());
            case Sv1ClientMessage.Ping it -> Optional.of(it.id());
            case Sv1ClientMessage.Unknown it -> Optional.of(it.id());
            case Sv1ClientMessage.Malformed it -> Optional.of(it.id());
            case Sv1Response it -> Optional.empty();
        };
    }
}
