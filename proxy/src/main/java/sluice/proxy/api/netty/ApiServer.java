package sluice.proxy.api.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import sluice.config.ApiConfig;
import sluice.config.ApiTokenConfig;
import sluice.config.ListenAddress;
import sluice.config.TlsFiles;
import sluice.proxy.api.ApiCatalogue;
import sluice.proxy.api.ApiGate;
import sluice.proxy.api.ApiTally;
import sluice.proxy.api.ApiTokens;
import sluice.proxy.api.CallerProof;
import sluice.proxy.netty.TlsIdentity;
import sluice.upstream.netty.Transport;

/** Where the API can be reached: a port, a Unix socket, or both, on one loop of their own. */
public final class ApiServer implements AutoCloseable {
    /** Connections the kernel may hold for us. */
    static final int BACKLOG = 64;

    /** Bytes that are read of one connection at a time. */
    static final int READ_SLICE = 8_192;

    /** Bytes that may wait for a caller that reads slowly, before more are made for it. */
    static final int MAX_BACKLOG = 128 * 1024;

    private static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(2);

    private final InstantSource clock;
    private final ApiDeadlines deadlines;
    private final Transport transport = Transport.best();
    private final EventLoopGroup loops = transport.newEventLoops(1, "api");
    private final EventLoop loop = loops.next();
    private final ChannelGroup connections = new DefaultChannelGroup(loop);
    private final ApiTally tally = new ApiTally();
    private final List<Channel> listening = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private Optional<UnixSocketFile> socketFile = Optional.empty();
    // Of each port that speaks TLS.
    private final List<TlsIdentity> identities = new CopyOnWriteArrayList<>();
    private Optional<InetSocketAddress> place = Optional.empty();
    // None where there is no API, but a port for others.
    private ApiGate gate;

    public ApiServer(InstantSource clock) {
        this(clock, ApiDeadlines.DEFAULT);
    }

    ApiServer(InstantSource clock, ApiDeadlines deadlines) {
        this.clock = clock;
        this.deadlines = deadlines;
    }

    /** The API's loop: where handlers run, and where whatever they wait for must be completed. */
    public Executor executor() {
        return loop;
    }

    /** What was refused so far; for the API's loop only. */
    public ApiTally tally() {
        return tally;
    }

    /** Open now; for the API's loop only. */
    int connections() {
        return connections.size();
    }

    /** Begins to answer. Throws IOException that names the place if it cannot be had; close then. */
    public void open(ApiConfig config, ApiCatalogue catalogue) throws IOException {
        gate = new ApiGate(catalogue, new ApiTokens(config.tokens()), tally);
        if (config.listen().isPresent()) {
            ListenAddress address = config.listen().get();
            place = Optional.of(
                    (InetSocketAddress) listen(address, config.tls(), gate).localAddress());
        }
        if (config.unixSocket().isPresent()) {
            Path path = config.unixSocket().get();
            UnixSocketFile.removeAbandoned(path);
            listen(
                    bootstrap(gate, Optional.empty()).channel(transport.unixServerChannel()),
                    transport.unixAddress(path),
                    path.toString());
            socketFile = Optional.of(UnixSocketFile.restrict(path));
        }
    }

    /** Begins to answer others on a port of their own; returns its address. Throws IOException as above. */
    public InetSocketAddress open(
            ListenAddress address, Optional<TlsFiles> tls, ApiCatalogue catalogue, CallerProof callers)
            throws IOException {
        return (InetSocketAddress)
                listen(address, tls, new ApiGate(catalogue, callers, tally)).localAddress();
    }

    private Channel listen(ListenAddress address, Optional<TlsFiles> tls, ApiGate callers) throws IOException {
        Optional<TlsIdentity> identity = Optional.empty();
        if (tls.isPresent()) {
            identity = Optional.of(new TlsIdentity(tls.get()));
            identities.add(identity.get());
        }
        return listen(
                bootstrap(callers, identity)
                        .channel(transport.serverSocketChannel())
                        .option(ChannelOption.SO_REUSEADDR, true),
                new InetSocketAddress(InetAddress.getByName(address.host()), address.port()),
                address.toString());
    }

    private ServerBootstrap bootstrap(ApiGate callers, Optional<TlsIdentity> tls) {
        return new ServerBootstrap()
                .group(loops)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_SLICE))
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(MAX_BACKLOG / 2, MAX_BACKLOG))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        if (connections.size() >= ApiConnection.MAX_CONNECTIONS) {
                            tally.refused("too-many-connections");
                            accepted.close();
                            return;
                        }
                        connections.add(accepted);
                        ApiConnection.install(accepted, callers, tally, deadlines, clock, tls);
                    }
                });
    }

    private Channel listen(ServerBootstrap bootstrap, SocketAddress address, String text) throws IOException {
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot serve the API on " + text + ": " + bound.cause().getMessage(), bound.cause());
        }
        listening.add(bound.channel());
        return bound.channel();
    }

    /** The port's address; empty where there is none. */
    public Optional<InetSocketAddress> address() {
        return place;
    }

    /**
     * Has its ports read their certificates again, for connections that come from now on. Returns what is wrong where one goes
     * on with what it has.
     */
    public Optional<String> reloadCertificate() {
        Optional<String> wrong = Optional.empty();
        for (TlsIdentity identity : identities) {
            try {
                identity.reload();
            } catch (IOException e) {
                wrong = Optional.of(e.getMessage());
            }
        }
        return wrong;
    }

    /** Who may call from now on; every connection is closed, so that nothing goes on that was opened with a token that is no more. */
    public void tokens(List<ApiTokenConfig> tokens) {
        ApiTokens next = new ApiTokens(tokens);
        loop.execute(() -> {
            if (gate != null) {
                gate.tokens(next);
            }
            connections.close();
        });
    }

    /** Stops listening and closes every connection. A second call does nothing. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        listening.forEach(channel -> channel.close().awaitUninterruptibly());
        connections.close().awaitUninterruptibly(SHUTDOWN_PATIENCE.toMillis());
        loops.shutdownGracefully(0, SHUTDOWN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
        socketFile.ifPresent(UnixSocketFile::remove);
    }
}
