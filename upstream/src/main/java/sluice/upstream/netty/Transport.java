package sluice.upstream.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/** Which of Netty's transports carries sockets; loops and channels of one transport belong together. */
public enum Transport {
    /** Linux; a third less memory per connection than NIO. */
    EPOLL(EpollSocketChannel.class, EpollServerSocketChannel.class, EpollServerDomainSocketChannel.class) {
        @Override
        public SocketAddress unixAddress(Path socket) {
            return new DomainSocketAddress(socket.toString());
        }

        @Override
        IoHandlerFactory ioHandlers() {
            return EpollIoHandler.newFactory();
        }

        @Override
        void detectSilentDeath(Bootstrap bootstrap) {
            super.detectSilentDeath(bootstrap);
            int seconds = (int) SILENT_DEATH.toSeconds();
            bootstrap
                    .option(EpollChannelOption.TCP_USER_TIMEOUT, (int) SILENT_DEATH.toMillis())
                    .option(EpollChannelOption.TCP_KEEPIDLE, seconds / 2)
                    .option(EpollChannelOption.TCP_KEEPINTVL, seconds / 6)
                    .option(EpollChannelOption.TCP_KEEPCNT, 3);
        }

        @Override
        public void detectSilentDeath(ServerBootstrap bootstrap) {
            super.detectSilentDeath(bootstrap);
            int seconds = (int) SILENT_MINER_TIMEOUT.toSeconds();
            bootstrap
                    .childOption(EpollChannelOption.TCP_USER_TIMEOUT, (int) SILENT_MINER_TIMEOUT.toMillis())
                    .childOption(EpollChannelOption.TCP_KEEPIDLE, seconds / 2)
                    .childOption(EpollChannelOption.TCP_KEEPINTVL, seconds / 6)
                    .childOption(EpollChannelOption.TCP_KEEPCNT, 3);
        }
    },
    /** Everywhere. */
    NIO(NioSocketChannel.class, NioServerSocketChannel.class, NioServerDomainSocketChannel.class) {
        @Override
        public SocketAddress unixAddress(Path socket) {
            return UnixDomainSocketAddress.of(socket);
        }

        @Override
        IoHandlerFactory ioHandlers() {
            return NioIoHandler.newFactory();
        }
    };

    /** A peer that acknowledges nothing for so long is gone, where the transport lets us say so. */
    static final Duration SILENT_DEATH = Duration.ofSeconds(30);

    /**
     * The same for a miner: a farm whose network was away for a moment comes back with as many new connections, and the old
     * ones must not hold all places for the hours that the kernel would wait.
     */
    static final Duration SILENT_MINER_TIMEOUT = Duration.ofSeconds(90);

    private final Class<? extends SocketChannel> socketChannel;
    private final Class<? extends ServerSocketChannel> serverSocketChannel;
    private final Class<? extends ServerChannel> unixServerChannel;

    Transport(
            Class<? extends SocketChannel> socketChannel,
            Class<? extends ServerSocketChannel> serverSocketChannel,
            Class<? extends ServerChannel> unixServerChannel) {
        this.socketChannel = socketChannel;
        this.serverSocketChannel = serverSocketChannel;
        this.unixServerChannel = unixServerChannel;
    }

    abstract IoHandlerFactory ioHandlers();

    /** Makes the kernel end connections whose peer vanished without a word, before shares pile up for it unnoticed. */
    void detectSilentDeath(Bootstrap bootstrap) {
        bootstrap.option(ChannelOption.SO_KEEPALIVE, true);
    }

    /** As the other, for the connections that a port accepts. */
    public void detectSilentDeath(ServerBootstrap bootstrap) {
        bootstrap.childOption(ChannelOption.SO_KEEPALIVE, true);
    }

    /** The transport this machine should use. */
    public static Transport best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    /** The transport whose channels {@code loop} can carry. */
    public static Transport of(EventLoop loop) {
        return loop instanceof IoEventLoop io && io.isIoType(EpollIoHandler.class) ? EPOLL : NIO;
    }

    /** Event loops on daemon threads called {@code name}: they end with the main thread. */
    public MultiThreadIoEventLoopGroup newEventLoops(int threads, String name) {
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), ioHandlers());
    }

    public Class<? extends SocketChannel> socketChannel() {
        return socketChannel;
    }

    public Class<? extends ServerSocketChannel> serverSocketChannel() {
        return serverSocketChannel;
    }

    /** What listens on Unix sockets. */
    public Class<? extends ServerChannel> unixServerChannel() {
        return unixServerChannel;
    }

    /** The address of a Unix socket, as {@link #unixServerChannel} takes it. */
    public abstract SocketAddress unixAddress(Path socket);
}
