package sluice.proxy.provider.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
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
import sluice.upstream.netty.CertificateIssuer;
import sluice.upstream.netty.EphemeralKeys;
import sluice.upstream.netty.HandshakeSettings;
import sluice.upstream.netty.HandshakeWorkers;
import sluice.upstream.netty.Transport;

/** A template provider of our own (SV2 7): one source of templates, one port, as many clients as the settings say. */
public final class TemplateServer implements AutoCloseable {
    private static final Duration CERTIFICATE_VALIDITY = Duration.ofDays(2);
    private static final Duration HANDSHAKE_DEADLINE = Duration.ofSeconds(10);
    private static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(5);
    private static final String SHUTTING_DOWN = "shutting-down";

    private final AuthorityKey authorityKey;
    private final EventLoopGroup loops;
    private final ExecutorService handshakes = HandshakeWorkers.start(1);
    private final TemplatePort port;
    private final AtomicBoolean closed = new AtomicBoolean();

    private TemplateServer(TemplateServerSettings settings, TemplateSourceFactory source, InstantSource clock) {
        Secp256k1 engine = Secp256k1.best();
        SecureRandom random = new SecureRandom();
        authorityKey = settings.authority().publicKey(engine);
        loops = Transport.best().newEventLoops(1, "templates");
        EventLoop loop = loops.next();
        EphemeralKeys keys = new EphemeralKeys(engine, random);
        port = new TemplatePort(
                settings.listen(),
                settings.maxClients(),
                loop,
                new HandshakeSettings(engine, keys, handshakes, HANDSHAKE_DEADLINE, TemplatePort.PAYLOAD_CEILING),
                new CertificateIssuer(engine, settings.authority(), keys.get(), CERTIFICATE_VALIDITY, clock, random),
                source.create(loop, handshakes),
                clock);
    }

    /** Begins to listen, and asks the source for templates. Throws IOException that names the address if it cannot be had. */
    public static TemplateServer start(
            TemplateServerSettings settings, TemplateSourceFactory source, InstantSource clock) throws IOException {
        TemplateServer server = new TemplateServer(settings, source, clock);
        try {
            server.port.open();
        } catch (IOException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return port.address();
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
        port.close(SHUTTING_DOWN).awaitUninterruptibly(SHUTDOWN_PATIENCE.toMillis());
        loops.shutdownGracefully(50, SHUTDOWN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
        handshakes.shutdownNow();
    }
}
