package sluice.proxy.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.proxy.session.StrangersTime;

class LobbyTest {
    private static final Duration SLICE = StrangersTime.SLICE;

    // Each thing that is said takes as long as the test says; the loop's own clock is moved with this one.
    private long nanos;
    private Duration effort = Duration.ZERO;
    private final List<String> heard = new ArrayList<>();
    private int batches;
    private boolean deafAfterNext;
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Lobby lobby = new Lobby(channel.eventLoop(), () -> nanos);
    private final Lobby.Door door = lobby.newDoor();

    LobbyTest() {
        channel.freezeTime();
        channel.pipeline().addLast(door, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                ByteBuf buffer = (ByteBuf) message;
                heard.add(buffer.toString(StandardCharsets.US_ASCII));
                buffer.release();
                nanos += effort.toNanos();
                if (deafAfterNext) {
                    deafAfterNext = false;
                    ctx.channel().config().setAutoRead(false);
                }
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext ctx) {
                batches++;
            }

            @Override
            public void channelInactive(ChannelHandlerContext ctx) {
                heard.add("the end");
            }
        });
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private ByteBuf say(String text) {
        ByteBuf buffer = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        channel.writeInbound(buffer);
        return buffer;
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }

    private void useUpTheTime() {
        effort = SLICE.multipliedBy(4);
        say("long");
        effort = Duration.ZERO;
        heard.clear();
        batches = 0;
    }

    @Test
    void aStrangerIsHeardAtOnceWhileThereIsTime() {
        say("one");
        assertThat(heard).containsExactly("one");
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void aStrangerWaitsForTheTimeThatStrangersTookAndIsNotReadMeanwhile() {
        useUpTheTime();
        say("one");
        say("two");
        assertThat(heard).isEmpty();
        assertThat(channel.config().isAutoRead()).isFalse();
        pass(SLICE.multipliedBy(3));
        assertThat(heard).isEmpty();
        pass(SLICE.multipliedBy(6));
        assertThat(heard).containsExactly("one", "two");
        assertThat(batches).isEqualTo(1 + 2);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void strangersAreServedInTheOrderInWhichTheyCameASliceAtATime() {
        List<String> served = new ArrayList<>();
        List<EmbeddedChannel> crowd = new ArrayList<>();
        useUpTheTime();
        for (int i = 0; i < 5; i++) {
            EmbeddedChannel other = new EmbeddedChannel();
            other.pipeline().addLast(lobby.newDoor(), new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    served.add((String) message);
                    nanos += SLICE.toNanos();
                }
            });
            crowd.add(other);
            other.writeInbound("stranger " + i);
        }
        pass(SLICE.multipliedBy(8));
        assertThat(served).containsExactly("stranger 0");
        for (int i = 1; i < 5; i++) {
            pass(SLICE.multipliedBy(2));
        }
        assertThat(served).containsExactly("stranger 0", "stranger 1", "stranger 2", "stranger 3", "stranger 4");
        crowd.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    @Test
    void aConnectionByWhichWorkCameWaitsForNobody() {
        useUpTheTime();
        door.open();
        say("share");
        assertThat(heard).containsExactly("share");
    }

    @Test
    void whatWaitsWhenWorkComesIsHeardFirst() {
        useUpTheTime();
        say("one");
        door.open();
        say("two");
        channel.runPendingTasks();
        assertThat(heard).containsExactly("one", "two");
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void whatAMinerThatWorksTakesIsNotTakenFromStrangers() {
        door.open();
        useUpTheTime();
        EmbeddedChannel stranger = new EmbeddedChannel(lobby.newDoor());
        stranger.writeInbound("hello");
        assertThat(stranger.<String>readInbound()).isEqualTo("hello");
        stranger.finishAndReleaseAll();
    }

    @Test
    void whatWaitsIsHeardBeforeTheEnd() {
        useUpTheTime();
        say("last words");
        channel.close();
        assertThat(heard).containsExactly("last words", "the end");
    }

    @Test
    void aHandlerThatStopsReadingWhileItIsServedIsObeyed() {
        useUpTheTime();
        say("one");
        deafAfterNext = true;
        pass(SLICE.multipliedBy(10));
        assertThat(heard).containsExactly("one");
        assertThat(channel.config().isAutoRead()).isFalse();
    }

    @Test
    void whatWaitsOnAConnectionWhoseHandlersGoIsReleased() {
        useUpTheTime();
        ByteBuf waiting = say("one");
        channel.pipeline().remove(door);
        assertThat(waiting.refCnt()).isZero();
        pass(SLICE.multipliedBy(10));
        assertThat(heard).isEmpty();
    }
}
