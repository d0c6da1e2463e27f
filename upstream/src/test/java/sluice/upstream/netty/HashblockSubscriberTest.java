package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.node.NodeInput.BlockNoticed;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class HashblockSubscriberTest {
    private static final byte[] HASH = HexFormat.of().parseHex("00".repeat(31) + "01");
    private static final byte[] SEQUENCE = {7, 1, 0, 0};

    private final BlockingQueue<BlockNoticed> notices = new LinkedBlockingQueue<>();
    private final EventLoopGroup loops = Transport.best().newEventLoops(1, "zmq-test");
    private final EventLoop loop = loops.next();
    private HashblockSubscriber subscriber;

    @AfterEach
    void close() {
        if (subscriber != null) {
            loop.submit(subscriber::close).syncUninterruptibly();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void listenTo(RecordedPublisher publisher) {
        subscriber =
                new HashblockSubscriber("node-1", publisher.endpoint(), loop, new SplittableRandom(1), notices::add);
        loop.submit(subscriber::start).syncUninterruptibly();
    }

    private BlockNoticed next() throws InterruptedException {
        BlockNoticed notice = notices.poll(30, TimeUnit.SECONDS);
        assertThat(notice).isNotNull();
        return notice;
    }

    @Test
    void hearsTheBlocksThatARealNodePublishedAndNothingElse() throws Exception {
        try (RecordedPublisher publisher = new RecordedPublisher(RecordedPublisher.recorded())) {
            listenTo(publisher);
            List<JsonNode> recorded = RecordedPublisher.messages("hashblock");
            assertThat(recorded).isNotEmpty();
            for (JsonNode message : recorded) {
                assertThat(next())
                        .isEqualTo(new BlockNoticed(
                                Hash256.fromDisplay(message.get("body").asString()),
                                OptionalLong.of(Integer.toUnsignedLong(Integer.reverseBytes(Integer.parseUnsignedInt(
                                        message.get("seq_hex").asString(), 16))))));
            }
            assertThat(notices).isEmpty();
        }
    }

    @Test
    void aPublisherThatHangsUpIsConnectedToAgain() throws Exception {
        byte[] saying = RecordedPublisher.saying(RecordedPublisher.text("hashblock"), HASH, SEQUENCE);
        try (RecordedPublisher publisher = new RecordedPublisher(saying)) {
            listenTo(publisher);
            for (int connection = 1; connection <= 3; connection++) {
                assertThat(next().sequence()).hasValue(0x107);
                publisher.hangUp();
            }
        }
    }

    @Test
    void afterACloseItIsNotConnectedToAgain() throws Exception {
        try (RecordedPublisher publisher = new RecordedPublisher(RecordedPublisher.recorded())) {
            listenTo(publisher);
            next();
            loop.submit(subscriber::close).syncUninterruptibly();
            publisher.awaitHangUp();
            assertThat(publisher.subscribed()).isEqualTo(1);
        }
    }

    @Test
    void aPublisherMayLeaveOutTheNumber() {
        assertThat(notice(RecordedPublisher.text("hashblock"), HASH)
                        .orElseThrow()
                        .sequence())
                .isEmpty();
    }

    @Test
    void whatIsNoNoticeIsNone() {
        assertThat(notice(RecordedPublisher.text("hashblock"))).isEmpty();
        assertThat(notice(RecordedPublisher.text("hashblocks"), HASH, SEQUENCE)).isEmpty();
        assertThat(notice(RecordedPublisher.text("hashblock"), new byte[31], SEQUENCE))
                .isEmpty();
        assertThat(notice(RecordedPublisher.text("hashblock"), HASH, new byte[5], new byte[1])
                        .orElseThrow()
                        .sequence())
                .isEmpty();
    }

    private static Optional<BlockNoticed> notice(byte[]... frames) {
        return HashblockSubscriber.notice(new ArrayList<>(List.of(frames)));
    }
}
