package sluice.proxy.declaration;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.declaration.DeclarationConversation.FULL_TEMPLATE;
import static sluice.proxy.declaration.DeclarationConversation.setup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobToken;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobSuccess;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactionsSuccess;
import sluice.protocol.sv2.wire.Frame;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict.Outcome;

/** A client that has gone mad: good frames with bytes changed, cut short, or out of order. */
class MutatedDeclarationTest {
    private static final int ROUNDS = 80;

    @Test
    void neverBreaksTheSessionAndGetsNoBadBlockPastIt() {
        SplittableRandom random = new SplittableRandom(20_261_128);
        int accepted = 0;
        int blocks = 0;
        for (int round = 0; round < ROUNDS; round++) {
            DeclarationConversation talk = new DeclarationConversation();
            talk.start().tip().say(setup(FULL_TEMPLATE));
            ClientJob known = talk.job(talk.chain.current());
            ClientJob later = talk.job(talk.clientsTemplate());
            List<Frame> frames = new ArrayList<>();
            frames.add(frame(new AllocateMiningJobToken("miner", 5)));
            frames.add(frame(known.declaration()));
            frames.add(frame(later.declaration()));
            frames.add(frame(new ProvideMissingTransactionsSuccess(
                    later.declaration().requestId(),
                    later.transactions()
                            .subList(
                                    known.transactions().size(),
                                    later.transactions().size()))));
            for (int i = 0; i < 3; i++) {
                frames.add(frame(known.push("0" + i)));
                frames.add(frame(later.push("0" + i)));
            }
            for (Frame frame : frames) {
                talk.feed(new DeclarationInput.FrameReceived(random.nextInt(3) == 0 ? mutated(frame, random) : frame));
            }

            for (DeclarationAction action : talk.takeAll()) {
                if (action instanceof DeclarationAction.Send(DeclareMiningJobSuccess success)) {
                    accepted++;
                }
                if (action instanceof DeclarationAction.SubmitBlock(BlockSolution solution, MerklePath path)) {
                    blocks++;
                    // A changed time or reward is for the chain to judge; whatever else was changed may not come so
                    // far.
                    assertThat(talk.chain.submit(solution.block().orElseThrow(), talk.now()))
                            .matches(
                                    verdict -> verdict.outcome() != Outcome.REJECTED
                                            || verdict.reason().startsWith("time-too-")
                                            || verdict.reason().startsWith("bad-version")
                                            || verdict.reason().equals("bad-cb-amount"),
                                    "a block, or one of another time or value");
                }
            }
        }

        assertThat(accepted).isPositive();
        assertThat(blocks).isPositive();
    }

    private static Frame frame(Sv2Message message) {
        return Frame.parse(message.toFrame());
    }

    private static Frame mutated(Frame frame, SplittableRandom random) {
        byte[] payload = frame.payload().toArray();
        if (payload.length > 0 && random.nextInt(3) == 0) {
            payload = Arrays.copyOf(payload, random.nextInt(payload.length));
        }
        for (int i = random.nextInt(3); i > 0 && payload.length > 0; i--) {
            payload[random.nextInt(payload.length)] = (byte) random.nextInt();
        }
        int type = random.nextInt(10) == 0 ? 0x50 + random.nextInt(0x12) : frame.messageType();
        return new Frame(0, false, type, Bytes.wrap(payload));
    }
}
