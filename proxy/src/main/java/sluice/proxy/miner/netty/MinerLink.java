package sluice.proxy.miner.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.protocol.sv1.Sv1Encoder;
import sluice.protocol.sv1.Sv1ServerMessage;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.proxy.miner.ClientAction;
import sluice.proxy.miner.ClientDeadline;
import sluice.proxy.miner.ClientEvent;
import sluice.proxy.miner.ClientInput;
import sluice.proxy.miner.MinerClient;
import sluice.proxy.miner.Work;
import sluice.upstream.netty.HandshakeCompleted;

/** One connection of a CPU miner: feeds its session and does what the session wants. Confined to the connection's loop. */
final class MinerLink extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(MinerLink.class);

    /** What a connection tells its miner, on the loop. */
    interface Owner {
        void work(Work work);

        void counted(ClientEvent event);

        /** @param host empty for the present host, and {@code port} 0 for the present port */
        void redirected(String host, int port);

        /** The last call: nothing is outstanding any more. */
        void lost(MinerLink link, String reason);
    }

    private final MinerClient client;
    private final boolean encrypted;
    private final Owner owner;
    private final InstantSource clock;
    private final Map<ClientDeadline, ScheduledFuture<?>> deadlines = new EnumMap<>(ClientDeadline.class);
    private ChannelHandlerContext context;
    private boolean closing;
    private String closeReason = "the server closed the connection";

    /** @param encrypted whether a Noise handshake goes before */
    MinerLink(MinerClient client, boolean encrypted, Owner owner, InstantSource clock) {
        this.client = client;
        this.encrypted = encrypted;
        this.owner = owner;
        this.clock = clock;
    }

    MinerClient client() {
        return client;
    }

    /** Whether the connection ends: what is sent now goes nowhere. */
    boolean isClosing() {
        return closing;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (!encrypted) {
            feed(new ClientInput.Connected());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof HandshakeCompleted) {
            feed(new ClientInput.Connected());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case Sv1ServerMessage received -> feed(new ClientInput.Sv1Received(received));
            case Frame frame ->
                Sv2Codec.decode(frame).ifPresent(received -> feed(new ClientInput.Sv2Received(received)));
            default -> throw new IllegalStateException("a miner's pipeline cannot produce " + message.getClass());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        switch (cause) {
            case ProtocolViolation violation -> close(violation.getMessage());
            case IOException broken -> close("connection broken: " + broken.getMessage());
            default -> {
                LOG.error("bug in the miner: closing its connection", cause);
                close("internal error: " + cause);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        deadlines.values().forEach(deadline -> deadline.cancel(false));
        for (ClientAction action : client.on(new ClientInput.Closed(), clock.instant())) {
            switch (action) {
                case ClientAction.StopWork stop -> owner.work(null);
                case ClientAction.Publish(ClientEvent event) -> owner.counted(event);
                default -> LOG.debug("not done on a closed connection: {}", action);
            }
        }
        owner.lost(this, closeReason);
    }

    /** Gives the session one input and does what it wants. */
    void feed(ClientInput input) {
        if (closing) {
            return;
        }
        for (ClientAction action : client.on(input, clock.instant())) {
            switch (action) {
                case ClientAction.SendSv1 send -> write(Unpooled.wrappedBuffer(Sv1Encoder.encode(send.message())));
                case ClientAction.SendSv2 send -> write(send.message());
                case ClientAction.StartWork(Work work) -> owner.work(work);
                case ClientAction.StopWork stop -> owner.work(null);
                case ClientAction.SetDeadline set -> setDeadline(set);
                case ClientAction.Publish(ClientEvent event) -> owner.counted(event);
                case ClientAction.Tell(String text) -> LOG.info("{}", text);
                case ClientAction.Disconnect disconnect -> close(disconnect.reason() + ": " + disconnect.detail());
                case ClientAction.Reconnect(String host, int port) -> {
                    owner.redirected(host, port);
                    close("the server asked to reconnect");
                }
            }
        }
        context.flush();
    }

    void close(String reason) {
        if (closing) {
            return;
        }
        closing = true;
        closeReason = reason;
        context.flush();
        context.close();
    }

    private void write(Object message) {
        if (!closing) {
            context.write(message).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }
    }

    private void setDeadline(ClientAction.SetDeadline set) {
        ScheduledFuture<?> earlier = deadlines.get(set.deadline());
        if (earlier != null) {
            earlier.cancel(false);
        }
        long millis = Math.max(0, Duration.between(clock.instant(), set.at()).toMillis());
        deadlines.put(
                set.deadline(),
                context.executor()
                        .schedule(
                                () -> feed(new ClientInput.DeadlineReached(set.deadline())),
                                millis,
                                TimeUnit.MILLISECONDS));
    }
}
