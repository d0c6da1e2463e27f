package sluice.proxy.client.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.upstream.netty.HandshakeSettings;
import sluice.upstream.netty.NoiseResponderHandler;
import sluice.upstream.netty.ServerIdentity;
import sluice.upstream.netty.Transport;

/** Where clients of one kind connect: as many as there may be, each through Noise, all on one loop. */
public final class ClientPort {
    private static final Logger LOG = LoggerFactory.getLogger(ClientPort.class);

    private final Settings settings;
    private final EventLoop loop;
    private final HandshakeSettings noise;
    private final Supplier<ServerIdentity> identity;
    private final Function<String, ChannelHandler> newClient;
    private Channel listening;
    private int connections;
    private long lastClient;

    /**
     * What a port is.
     *
     * @param kind what a client of it is called in the log
     * @param maxClients connections at a time; one more is closed at once
     * @param maxBacklog bytes that may wait for a client
     */
    public record Settings(String kind, InetSocketAddress listen, int maxClients, int maxBacklog) {}

    /** @param newClient makes the handler of the client of this name; called on {@code loop} */
    public ClientPort(
            Settings settings,
            EventLoop loop,
            HandshakeSettings noise,
            Supplier<ServerIdentity> identity,
            Function<String, ChannelHandler> newClient) {
        this.settings = settings;
        this.loop = loop;
        this.noise = noise;
        this.identity = identity;
        this.newClient = newClient;
    }

    /** Begins to listen. Throws IOException that names the address if it cannot be had. */
    public void open() throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(Transport.of(loop).serverSocketChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(settings.maxBacklog() / 2, settings.maxBacklog()))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel accepted) {
                        accept(accepted);
                    }
                })
                .bind(settings.listen())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + settings.listen().getHostString() + ":"
                            + settings.listen().getPort() + ": " + bound.cause().getMessage(),
                    bound.cause());
        }
        listening = bound.channel();
    }

    private void accept(SocketChannel accepted) {
        accepted.closeFuture().addListener(closed -> connections--);
        if (++connections > settings.maxClients()) {
            LOG.warn(
                    "{} is turned away: there are {} clients of the kind {} already",
                    accepted.remoteAddress(),
                    settings.maxClients(),
                    settings.kind());
            accepted.close();
            return;
        }
        String name = settings.kind() + " " + ++lastClient;
        LOG.info("{} connects from {}", name, accepted.remoteAddress());
        accepted.pipeline().addLast(new NoiseResponderHandler(noise, identity), newClient.apply(name));
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** Stops listening; connections stay. */
    public void close() {
        if (listening != null) {
            listening.close().awaitUninterruptibly();
        }
    }
}
