package sluice.upstream.netty;

import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;
import sluice.upstream.session.Sv1PoolSession;
import sluice.upstream.session.Sv1PoolSettings;

/**
 * One SV1 pool as a source of work: an {@link Sv1PoolSession} over plain TCP ({@code stratum+tcp}) or TLS
 * ({@code stratum+ssl}). Confined to its loop.
 */
public final class Sv1PoolConnection extends ReconnectingPool {
    /** What a TLS server's certificate must name: the host we dialled (RFC 2818). */
    private static final String HOST_IS_VERIFIED = "HTTPS";

    private final Optional<SslContext> tls;
    private final Duration handshakeTimeout;

    /**
     * @param host a name, an IPv4 address, or an IPv6 address without brackets
     * @param encrypted speak TLS, with a server that the JDK's trust store vouches for under the name {@code host}
     * @param loop where everything happens; also says which transport is used
     * @param clock for deadlines
     * @param random spreads reconnections
     */
    public Sv1PoolConnection(
            String host,
            int port,
            boolean encrypted,
            Sv1PoolSettings settings,
            EventLoop loop,
            InstantSource clock,
            RandomGenerator random) {
        this(
                host,
                port,
                encrypted ? Optional.of(tls(SslContextBuilder.forClient())) : Optional.empty(),
                settings,
                loop,
                clock,
                Dialling.ofSystem(random));
    }

    /** @param tls what {@link #tls(SslContextBuilder)} made; absent for plain TCP */
    Sv1PoolConnection(
            String host,
            int port,
            Optional<SslContext> tls,
            Sv1PoolSettings settings,
            EventLoop loop,
            InstantSource clock,
            Dialling dialling) {
        super(settings.upstream(), new Endpoint(host, port), new Sv1PoolSession(settings), loop, clock, dialling);
        this.tls = tls;
        this.handshakeTimeout = dialling.timeouts().handshake();
    }

    static SslContext tls(SslContextBuilder trust) {
        try {
            return trust.sslProvider(SslProvider.JDK)
                    .endpointIdentificationAlgorithm(HOST_IS_VERIFIED)
                    .build();
        } catch (SSLException brokenJdk) {
            throw new IllegalStateException("this JDK has no usable TLS", brokenJdk);
        }
    }

    @Override
    void install(ChannelPipeline pipeline, Endpoint dialled) {
        tls.ifPresent(context -> {
            SslHandler handler = context.newHandler(pipeline.channel().alloc(), dialled.host(), dialled.port());
            handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
            pipeline.addLast(handler);
        });
        pipeline.addLast(new Sv1PoolCodec(tls.isPresent()));
    }
}
