package sluice.proxy.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.template.RequestTransactionData;
import sluice.protocol.sv2.wire.Frame;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict.Outcome;
import sluice.upstream.template.Template;

/** A client that has gone mad: good frames with bytes changed, cut short, or out of order. */
class MutatedClientTest {
    private static final int ROUNDS = 400;

    @Test
    void neverBreaksTheSessionAndGetsNoBadBlockPastIt() {
        SplittableRandom random = new SplittableRandom(20_261_122);
        int served = 0;
        int blocks = 0;
        for (int round = 0; round < ROUNDS; round++) {
            TemplateClientConversation talk = new TemplateClientConversation();
            talk.fill().start().tip();
            Template template = talk.chain.current();
            List<Frame> frames = new ArrayList<>();
            frames.add(frame(TemplateClientConversation.setup()));
            frames.add(frame(TemplateClientConversation.constraints()));
            frames.add(frame(new RequestTransactionData(1)));
            for (int i = 0; i < 4; i++) {
                frames.add(frame(TemplateClientConversation.solve(1, template, i)));
            }
            for (Frame frame : frames) {
                talk.feed(
                        new TemplateClientInput.FrameReceived(random.nextInt(3) == 0 ? mutated(frame, random) : frame));
            }

            for (TemplateClientAction action : talk.takeAll()) {
                if (action instanceof TemplateClientAction.Send) {
                    served++;
                }
                if (action instanceof TemplateClientAction.SubmitBlock(BlockSolution solution)) {
                    blocks++;
                    assertThat(solution.block()).isPresent();
                    // A changed time is for the chain to judge; whatever else was changed may not come so far.
                    assertThat(talk.chain.submit(solution.block().get(), talk.now()))
                            .matches(
                                    verdict -> verdict.outcome() != Outcome.REJECTED
                                            || verdict.reason().startsWith("time-too-")
                                            || verdict.reason().startsWith("bad-version"),
                                    "a block or one of another time");
                }
            }
        }

        assertThat(served).isPositive();
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
        int type = random.nextInt(10) == 0 ? 0x70 + random.nextInt(8) : frame.messageType();
        return new Frame(0, false, type, Bytes.wrap(payload));
    }
}
