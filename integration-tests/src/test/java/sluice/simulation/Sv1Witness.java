package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.util.Optional;
import java.util.function.BiConsumer;
import sluice.protocol.Bytes;
import sluice.protocol.sv1.Sv1ClientDecoder;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1ServerDecoder;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.session.MinerInput;

/** Watches one SV1 session: every request has its one answer before the next is read. */
final class Sv1Witness extends Witness {
    private final Sv1View view = new Sv1View(this);
    private final Sv1ClientDecoder requests = new Sv1ClientDecoder();
    private final Sv1ServerDecoder answers = new Sv1ServerDecoder();

    Sv1Witness(Books books, long connectionId, ExtranonceShape shape, BiConsumer<ToldChannel, ToldJob> jobsStarted) {
        super(books, connectionId, shape, jobsStarted);
    }

    @Override
    void read(MinerInput input) {
        if (input instanceof MinerInput.LineReceived received) {
            Sv1ClientMessage message;
            try {
                byte[] line = received.line().toArray();
                message = requests.decode(line, 0, line.length);
            } catch (ProtocolViolation unreadable) {
                return;
            }
            view.said(message).ifPresent(this::expect);
        }
    }

    @Override
    void hear(Bytes line) {
        require(line.at(line.length() - 1) == '\n', "a line without an end");
        view.heard(answers.decode(line.slice(0, line.length() - 1)));
    }

    @Override
    Iterable<ToldChannel> channels() {
        return view.channel().stream().toList();
    }

    @Override
    Optional<ToldChannel> channelFor(Submission share) {
        return view.channel();
    }

    @Override
    Optional<String> workerOf(ToldChannel channel, Submission share) {
        return share.worker().isEmpty()
                ? Optional.of(view.workers().getFirst())
                : Optional.of(share.worker()).filter(view.workers()::contains);
    }

    @Override
    long headerVersion(ToldJob job, Submission share) {
        return job.version() | share.version();
    }

    @Override
    void checkAnswers(Optional<Expectation> share, Optional<Submission.Verdict> now) {
        share.ifPresent(one -> require(
                now.isPresent() && (now.get() == Submission.Verdict.ACCEPTED) == one.good(),
                "%s is answered with %s",
                one,
                now));
        require(view.outstanding() == 0 && view.unansweredRequests() == 0, "a request has no answer");
    }
}
