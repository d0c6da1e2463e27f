package sluice.proxy.provider.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.protocol.sv2.wire.Limits;
import sluice.upstream.netty.CertificateIssuer;
import sluice.upstream.netty.EphemeralKeys;
import sluice.upstream.netty.HandshakeSettings;
import sluice.upstream.netty.HandshakeWorkers;
import sluice.upstream.netty.NoiseResponderHandler;
import sluice.upstream.netty.Transport;

/** A template provider of our own (SV2 7): one source of templates, one port, as many clients as the settings say. */
public final class TemplateServer implements AutoCloseable {
    private static final Duration CERTIFICATE_VALIDITY = Duration.ofDays(2);
    private static final Duration HANDSHAKE_DEADLINE = Duration.ofSeconds(10);
    private static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(5);
    private static final String SHUTTING_DOWN = "shutting-down";

    private final TemplateServerSettings settings;
    private final AuthorityKey authorityKey;
    private final EventLoopGroup loops;
    private final ExecutorService handshakes = HandshakeWorkers.start(1);
    private final TemplateClients clients;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final HandshakeSettings noise;
    private final CertificateIssuer identity;
    private Channel listening;

    private TemplateServer(TemplateServerSettings settings, TemplateSourceFactory source, InstantSource clock) {
        this.settings = settings;
        Secp256k1 engine = Secp256k1.best();
        SecureRandom random = new SecureRandom();
        authorityKey = settings.authority().publicKey(engine);
        loops = Transport.best().newEventLoops(1, "templates");
        EventLoop loop = loops.next();
        clients = new TemplateClients(loop, source.create(loop, handshakes), clock, settings.maxClients());
        EphemeralKeys keys = new EphemeralKeys(engine, random);
        noise = new HandshakeSettings(
                engine, keys, handshakes, HANDSHAKE_DEADLINE, Limits.TEMPLATE_DISTRIBUTION_FROM_CLIENT);
        identity = new CertificateIssuer(engine, settings.authority(), keys.get(), CERTIFICATE_VALIDITY, clock, random);
    }

    /** Begins to listen, and asks the source for templates. Throws IOException that names the address if it cannot be had. */
    public static TemplateServer start(
            TemplateServerSettings settings, TemplateSourceFactory source, InstantSource clock) throws IOException {
        TemplateServer server = new TemplateServer(settings, source, clock);
        try {
            server.listen();
        } catch (IOException e) {
            server.close();
            throw e;
        }
        server.clients.start();
        return server;
    }

    private void listen() throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channel(Transport.best().serverSocketChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(
                                TemplateClientConnection.MAX_BACKLOG / 2, TemplateClientConnection.MAX_BACKLOG))
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
        clients.accept(accepted)
                .ifPresent(connection ->
                        accepted.pipeline().addLast(new NoiseResponderHandler(noise, identity), connection));
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** The key that clients check. */
    public AuthorityKey authorityKey() {
        return authorityKey;
    }

    /** Stops listening and closes every connection. A second call does nothing. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        if (listening != null) {
            listening.close().awaitUninterruptibly();
        }
        clients.close(SHUTTING_DOWN).awaitUninterruptibly(SHUTDOWN_PATIENCE.toMillis());
        loops.shutdownGracefully(50, SHUTDOWN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
        handshakes.shutdownNow();
    }
}
