package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.util.Optional;
import java.util.function.BiConsumer;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.mining.SubmitSharesStandard;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.session.MinerInput;

/** Watches one SV2 session. */
final class Sv2Witness extends Witness {
    private final Sv2View view = new Sv2View(this);
    private boolean standardShare;

    Sv2Witness(Books books, long connectionId, ExtranonceShape shape, BiConsumer<ToldChannel, ToldJob> jobsStarted) {
        super(books, connectionId, shape, jobsStarted);
    }

    @Override
    void read(MinerInput input) {
        if (input instanceof MinerInput.FrameReceived received) {
            Sv2Message message;
            try {
                message = Sv2Codec.decode(received.frame()).orElse(null);
            } catch (ProtocolViolation unreadable) {
                return;
            }
            // Before setup nothing else means anything.
            if (message == null || !view.isSetUp()) {
                return;
            }
            standardShare = message instanceof SubmitSharesStandard;
            view.said(message).ifPresent(this::expect);
        }
    }

    @Override
    void hear(Bytes frame) {
        view.heard(Sv2Codec.decode(Frame.parse(frame.toArray())).orElseThrow());
    }

    @Override
    Iterable<ToldChannel> channels() {
        return view.channels();
    }

    @Override
    Optional<ToldChannel> channelFor(Submission share) {
        return Optional.ofNullable(view.open(share.channelId()))
                .filter(channel -> channel.isStandard() == standardShare);
    }

    @Override
    Optional<String> workerOf(ToldChannel channel, Submission share) {
        return Optional.of(share.worker().isEmpty() ? channel.user() : share.worker());
    }

    @Override
    long headerVersion(ToldJob job, Submission share) {
        return share.version();
    }

    @Override
    void checkAnswers(Optional<Expectation> share, Optional<Submission.Verdict> now) {
        // Acceptance may wait for its batch; a refusal may not.
        share.ifPresent(one -> require(
                now.map(verdict -> (verdict == Submission.Verdict.ACCEPTED) == one.good())
                        .orElse(one.good()),
                "%s is answered with %s",
                one,
                now));
    }
}
