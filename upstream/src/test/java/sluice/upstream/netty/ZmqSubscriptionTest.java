package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CorruptedFrameException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sluice.upstream.netty.ZmqSubscription.Message;

class ZmqSubscriptionTest {
    private static final byte[] TOPIC = RecordedPublisher.text("hashblock");

    private final EmbeddedChannel channel = new EmbeddedChannel(new ZmqSubscription("hashblock"));

    private void hear(byte[] bytes) {
        channel.writeInbound(Unpooled.wrappedBuffer(bytes));
    }

    private List<String> said() {
        List<String> said = new ArrayList<>();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            said.add(ByteBufUtil.hexDump(out));
            out.release();
        }
        return said;
    }

    private List<Message> heard() {
        List<Message> heard = new ArrayList<>();
        for (Message message = channel.readInbound(); message != null; message = channel.readInbound()) {
            heard.add(message);
        }
        return heard;
    }

    @Test
    void saysByteForByteWhatTheRecordedSubscriberSaid() {
        hear(RecordedPublisher.handshake());
        assertThat(said()).isEqualTo(RecordedPublisher.subscriberSaid().subList(0, 3));
    }

    @Test
    void hearsTheSameHoweverTheBytesAreCut() {
        SplittableRandom random = new SplittableRandom(1);
        byte[] all = Unpooled.wrappedBuffer(RecordedPublisher.handshake(), RecordedPublisher.recorded())
                .copy()
                .array();
        for (int at = 0; at < all.length; ) {
            int end = Math.min(all.length, at + 1 + random.nextInt(20));
            hear(Arrays.copyOfRange(all, at, end));
            at = end;
        }
        List<Message> heard = heard();
        assertThat(heard.stream()
                        .filter(message -> Arrays.equals(message.frames().getFirst(), TOPIC)))
                .hasSize(3);
        assertThat(heard).allMatch(message -> message.frames().size() == 3);
    }

    @Test
    void aFrameOfTheLargestSizeIsTakenAndNoneBeyond() {
        hear(RecordedPublisher.handshake());
        hear(RecordedPublisher.saying(TOPIC, new byte[ZmqSubscription.MAX_FRAME_BYTES]));
        assertThat(heard()).hasSize(1);
        byte[] tooLarge = RecordedPublisher.saying(TOPIC, new byte[ZmqSubscription.MAX_FRAME_BYTES + 1]);
        assertThatThrownBy(() -> hear(tooLarge)).isInstanceOf(CorruptedFrameException.class);
    }

    @Test
    void ofAMessageOfManyFramesOnlySomeAreKept() {
        hear(RecordedPublisher.handshake());
        byte[][] frames = new byte[ZmqSubscription.MAX_FRAMES + 1][1];
        hear(RecordedPublisher.saying(frames));
        assertThat(heard())
                .singleElement()
                .satisfies(message -> assertThat(message.frames()).hasSize(ZmqSubscription.MAX_FRAMES));
    }

    @Test
    void whatIsNoPublisherIsToldByItsFirstByte() {
        assertThatThrownBy(() -> hear(RecordedPublisher.text("HTTP/1.1 400"))).hasMessageContaining("no ZMQ publisher");
    }

    @Test
    void aPublisherThatWantsSecurityIsLeft() {
        byte[] greeting = RecordedPublisher.handshake();
        greeting[12] = 'P';
        assertThatThrownBy(() -> hear(greeting)).hasMessageContaining("wants security");
    }
}
