package sluice.upstream.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.wire.Frame;
import sluice.upstream.template.Template;

/** A provider that has gone mad: recorded frames with bytes changed, cut short, or out of order. */
class MutatedProviderTest {
    private static final int ROUNDS = 400;

    @ParameterizedTest
    @ValueSource(strings = {"tdp_session_submit10", "tdp_session_v1-jun2026"})
    void neverBreaksTheSessionAndNeverGivesATemplateThatNoBlockCanBeMadeOf(String name) {
        List<Frame> frames = RecordedSession.of(name).fromProvider().toList();
        SplittableRandom random = new SplittableRandom(20_261_122);
        int conversations = 0;
        int templates = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ProviderConversation talk = new ProviderConversation();
            talk.connect();
            for (Frame frame : frames) {
                if (random.nextInt(12) == 0) {
                    continue;
                }
                talk.hear(random.nextInt(4) == 0 ? mutated(frame, random) : frame);
                if (!talk.session.isConversing()) {
                    break;
                }
            }
            conversations += talk.session.isConversing() ? 1 : 0;
            for (Template template : talk.templates().values()) {
                templates++;
                Bytes coinbase = template.coinbase()
                        .payingTo(ProviderConversation.PAYOUT, Bytes.EMPTY, 8)
                        .full(Bytes.zeros(8));
                assertThat(coinbase.length()).isPositive();
            }
        }

        assertThat(conversations).isBetween(1, ROUNDS - 1);
        assertThat(templates).isPositive();
    }

    private static Frame mutated(Frame frame, SplittableRandom random) {
        byte[] payload = frame.payload().toArray();
        if (payload.length > 0 && random.nextBoolean()) {
            payload = Arrays.copyOf(payload, random.nextInt(payload.length));
        }
        for (int i = random.nextInt(4); i > 0 && payload.length > 0; i--) {
            payload[random.nextInt(payload.length)] = (byte) random.nextInt();
        }
        int type = random.nextInt(10) == 0 ? 0x70 + random.nextInt(8) : frame.messageType();
        return new Frame(0, false, type, Bytes.wrap(payload));
    }
}
