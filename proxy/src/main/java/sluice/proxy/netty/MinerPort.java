package sluice.proxy.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.config.AddressFilter;
import sluice.upstream.netty.Transport;

/** One port for SV1 and SV2 miners: listens, and hands each socket to the {@link Reception}. */
final class MinerPort implements AutoCloseable {
    /** Connections the kernel may hold for us: a farm comes back from a power cut all at once. */
    static final int BACKLOG = 4_096;

    /** Connections that are accepted in one turn of a loop: a crowd at the door does not keep those inside waiting. */
    static final int ACCEPT_SLICE = 4;

    /** Bytes that the kernel keeps for a miner that does not read, besides those that we keep. */
    static final int SEND_BUFFER_CAPACITY = 128 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(MinerPort.class);
    // A port that another process took meanwhile may be free again soon.
    private static final Duration REOPEN_PAUSE = Duration.ofSeconds(1);

    private final PortSettings settings;
    private final Optional<TlsIdentity> tls;
    private final Reception reception;
    private volatile AddressFilter filter;
    private ServerBootstrap bootstrap;
    private InetSocketAddress address;
    private EventLoop owner;
    // What follows is confined to the owner.
    private Channel channel;
    private ChannelFuture closing;
    private boolean binding;
    private boolean suspended;
    private boolean closed;

    /**
     * @param filter from where it takes connections, to begin with
     * @param tls what it speaks TLS with; empty: it speaks none
     */
    MinerPort(PortSettings settings, AddressFilter filter, Optional<TlsIdentity> tls, Reception reception) {
        this.settings = settings;
        this.filter = filter;
        this.tls = tls;
        this.reception = reception;
    }

    PortSettings settings() {
        return settings;
    }

    Optional<TlsIdentity> tls() {
        return tls;
    }

    /** From where connections are taken now. */
    AddressFilter filter() {
        return filter;
    }

    /** From where connections are taken that come from now on. May be called on any thread. */
    void filter(AddressFilter next) {
        filter = next;
    }

    /** Begins to listen. Throws IOException that names the address if that cannot be had. */
    void open() throws IOException {
        owner = reception.loop();
        Transport transport = Transport.of(owner);
        bootstrap = new ServerBootstrap()
                .group(owner)
                .channel(transport.serverSocketChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(ACCEPT_SLICE))
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_CAPACITY)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(MinerConnection.MAX_BACKLOG / 2, MinerConnection.MAX_BACKLOG))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel accepted) {
                        accepted.config().setRecvByteBufAllocator(new ReadSlice());
                        reception.receive(accepted, MinerPort.this);
                    }
                });
        transport.detectSilentDeath(bootstrap);
        var bound = bootstrap.bind(settings.listen()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + settings.listen().getHostString() + ":"
                            + settings.listen().getPort() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        address = (InetSocketAddress) bound.channel().localAddress();
        owner.execute(() -> channel = bound.channel());
    }

    /** The address it is bound to, or was while it is {@link #suspend suspended}. */
    InetSocketAddress address() {
        return address;
    }

    /** Stops listening until {@link #resume}. Returns at once; may be called on any thread. */
    void suspend() {
        owner.execute(() -> {
            suspended = true;
            unbind();
        });
    }

    /** Listens again at the same address, and tries until it can. Returns at once; may be called on any thread. */
    void resume() {
        owner.execute(() -> {
            suspended = false;
            bind();
        });
    }

    private void unbind() {
        if (channel != null) {
            closing = channel.close();
            channel = null;
        }
    }

    private void bind() {
        if (closed || suspended || binding || channel != null) {
            return;
        }
        if (closing != null && !closing.isDone()) {
            closing.addListener(done -> owner.execute(this::bind));
            return;
        }
        binding = true;
        bootstrap.bind(address).addListener((ChannelFuture bound) -> owner.execute(() -> onBound(bound)));
    }

    private void onBound(ChannelFuture bound) {
        binding = false;
        if (!bound.isSuccess()) {
            LOG.warn("cannot listen on {} again: {}", address, bound.cause().getMessage());
            owner.schedule(this::bind, REOPEN_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } else if (closed || suspended) {
            closing = bound.channel().close();
        } else {
            channel = bound.channel();
        }
    }

    /** Stops listening for good, and returns when that is done. */
    @Override
    public void close() {
        if (owner == null) {
            return;
        }
        owner.submit(() -> {
                    closed = true;
                    unbind();
                })
                .awaitUninterruptibly();
        ChannelFuture last = closing;
        if (last != null) {
            last.awaitUninterruptibly();
        }
    }
}
