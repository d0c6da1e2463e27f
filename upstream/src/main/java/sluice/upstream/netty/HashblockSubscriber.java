package sluice.upstream.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.failover.Backoff;
import sluice.upstream.node.NodeInput;

/**
 * Listens to what a node publishes about new blocks over ZMQ, and connects again for as long as it takes. Confined to its
 * loop.
 */
final class HashblockSubscriber {
    /** For a connection, and then for the publisher's greeting. */
    static final Duration STEP_TIMEOUT = Duration.ofSeconds(5);

    private static final Duration FIRST_PAUSE_CEILING = Duration.ofMillis(500);
    private static final Duration LAST_PAUSE_CEILING = Duration.ofSeconds(10);

    private static final String TOPIC = "hashblock";
    private static final byte[] TOPIC_BYTES = TOPIC.getBytes(StandardCharsets.US_ASCII);
    private static final Logger LOG = LoggerFactory.getLogger(HashblockSubscriber.class);

    private final String name;
    private final URI endpoint;
    private final EventLoop loop;
    private final Consumer<NodeInput.BlockNoticed> to;
    private final HostResolver resolver = HostResolver.ofSystem();
    private final Backoff backoff;
    private String complaint = "";
    private Channel channel;
    private ScheduledFuture<?> next;
    private boolean closed;

    HashblockSubscriber(
            String name, URI endpoint, EventLoop loop, RandomGenerator random, Consumer<NodeInput.BlockNoticed> to) {
        this.name = name;
        this.endpoint = endpoint;
        this.loop = loop;
        this.to = to;
        this.backoff = new Backoff(FIRST_PAUSE_CEILING, LAST_PAUSE_CEILING, random);
    }

    void start() {
        resolver.resolve(endpoint.getHost())
                .whenCompleteAsync(
                        (addresses, failure) -> {
                            if (failure == null) {
                                dial(addresses.getFirst());
                            } else {
                                lost("the name " + endpoint.getHost() + " is not known");
                            }
                        },
                        loop);
    }

    void close() {
        closed = true;
        if (next != null) {
            next.cancel(false);
        }
        if (channel != null) {
            channel.close();
        }
    }

    private void dial(InetAddress address) {
        if (closed) {
            return;
        }
        Transport transport = Transport.of(loop);
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(transport.socketChannel())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) STEP_TIMEOUT.toMillis())
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel fresh) {
                        ZmqSubscription subscription = new ZmqSubscription(TOPIC);
                        fresh.pipeline().addLast(subscription).addLast(new Listener(subscription));
                    }
                });
        transport.detectSilentDeath(bootstrap);
        ChannelFuture connecting = bootstrap.connect(new InetSocketAddress(address, endpoint.getPort()));
        channel = connecting.channel();
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                lost("no connection: " + done.cause().getMessage());
            }
        });
    }

    private void lost(String reason) {
        channel = null;
        if (closed) {
            return;
        }
        if (!reason.equals(complaint)) {
            complaint = reason;
            LOG.warn("{}: published blocks cannot be heard at {}: {}", name, endpoint, reason);
        }
        next = loop.schedule(this::start, backoff.next().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** One connection. */
    private final class Listener extends SimpleChannelInboundHandler<ZmqSubscription.Message> {
        private final ZmqSubscription subscription;
        private String reason = "the publisher hung up";

        private Listener(ZmqSubscription subscription) {
            this.subscription = subscription;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            loop.schedule(
                    () -> {
                        if (!subscription.isSubscribed()) {
                            reason = "the publisher says nothing";
                            ctx.close();
                        }
                    },
                    STEP_TIMEOUT.toMillis(),
                    TimeUnit.MILLISECONDS);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ZmqSubscription.Message message) {
            notice(message.frames()).ifPresent(notice -> {
                backoff.reset();
                complaint = "";
                to.accept(notice);
            });
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            reason = cause.getMessage();
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            lost(reason);
        }
    }

    /** Topic, hash in display order and, from most publishers, a number of four bytes, little-endian. */
    static Optional<NodeInput.BlockNoticed> notice(List<byte[]> frames) {
        if (frames.size() < 2
                || !Arrays.equals(frames.getFirst(), TOPIC_BYTES)
                || frames.get(1).length != Hash256.LENGTH) {
            return Optional.empty();
        }
        Hash256 hash = Hash256.fromDisplay(HexFormat.of().formatHex(frames.get(1)));
        boolean numbered = frames.size() > 2 && frames.get(2).length == Integer.BYTES;
        OptionalLong number = numbered
                ? OptionalLong.of(Integer.toUnsignedLong(ByteBuffer.wrap(frames.get(2))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getInt()))
                : OptionalLong.empty();
        return Optional.of(new NodeInput.BlockNoticed(hash, number));
    }
}
