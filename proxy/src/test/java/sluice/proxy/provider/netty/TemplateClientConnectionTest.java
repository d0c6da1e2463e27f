package sluice.proxy.provider.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.template.CoinbaseOutputConstraints;
import sluice.protocol.sv2.message.template.NewTemplate;
import sluice.protocol.sv2.message.template.SetNewPrevHash;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.proxy.provider.TemplateClientInput;
import sluice.proxy.provider.TemplateClientSession;
import sluice.upstream.template.SimulatedChain;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

class TemplateClientConnectionTest {
    private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

    /** What Netty counts for each message that waits. */
    private static final int MESSAGE_OVERHEAD = 96;

    private final EventLoop loop = new DefaultEventLoop();
    private final SimulatedChain chain =
            new SimulatedChain(SimulatedChain.Settings.regtest(Duration.ofHours(1)), new SplittableRandom(1), START);
    private final List<Sv2Message> sent = new ArrayList<>();
    private boolean reads = true;
    private EmbeddedChannel channel;

    @BeforeEach
    void connect() {
        TemplateClients clients = new TemplateClients(loop, new NoSource(), InstantSource.fixed(START));
        long[] ids = {0, 0};
        TemplateClientConnection connection = new TemplateClientConnection(
                clients,
                "template client 1",
                new TemplateClientSession("template client 1", () -> ++ids[0], () -> ++ids[1]));
        channel = new EmbeddedChannel(new Socket(), connection);
        channel.config()
                .setOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(
                                TemplateClientConnection.MAX_BACKLOG / 2, TemplateClientConnection.MAX_BACKLOG));
        clients.joined(connection);
        connection.feed(new TemplateClientInput.SourceReported(new TemplateEvent.NewTip(chain.current())));
    }

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void sendsWhatTheSessionSays() {
        say(setup());
        say(new CoinbaseOutputConstraints(31, 0));

        assertThat(sent)
                .extracting(Object::getClass)
                .containsExactly(SetupConnectionSuccess.class, NewTemplate.class, SetNewPrevHash.class);
    }

    @Test
    void readsNoMoreOfAClientForWhichTooMuchWaitsAndClosesItWhenMoreComes() {
        say(setup());
        waitsForTheSocket(TemplateClientConnection.MAX_BACKLOG - MESSAGE_OVERHEAD);
        assertThat(channel.config().isAutoRead()).isTrue();
        waitsForTheSocket(1);
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(channel.isOpen()).isTrue();

        say(new CoinbaseOutputConstraints(31, 0));

        assertThat(sent).hasSize(1);
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void closesAConnectionThatBreaksTheProtocol() {
        channel.pipeline().fireExceptionCaught(new ProtocolViolation("frame-too-large", "77777 bytes"));

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void closesAConnectionWhoseSetupDoesNotCome() {
        channel.advanceTimeBy(10, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();

        assertThat(channel.isOpen()).isFalse();
    }

    private static SetupConnection setup() {
        return new SetupConnection(SetupConnection.TEMPLATE_DISTRIBUTION, 2, 2, 0, "127.0.0.1", 8442, "", "", "", "");
    }

    private void say(Sv2Message message) {
        channel.writeInbound(Frame.parse(message.toFrame()));
    }

    /** So many bytes more are in the kernel's hands, which does not take them. */
    private void waitsForTheSocket(int bytes) {
        reads = false;
        channel.write(channel.alloc().buffer(bytes).writeZero(bytes));
    }

    /** Takes messages as the frame codec does; other bytes stay where they are. */
    private final class Socket extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
            if (message instanceof Sv2Message typed) {
                sent.add(typed);
                promise.trySuccess();
            } else {
                super.write(ctx, message, promise);
            }
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            if (reads) {
                ctx.flush();
            }
        }
    }

    private static final class NoSource implements TemplateSource {
        @Override
        public void start(Consumer<TemplateEvent> events) {
            // The test feeds what comes.
        }

        @Override
        public void send(TemplateCommand command) {
            // Nobody is there.
        }
    }
}
