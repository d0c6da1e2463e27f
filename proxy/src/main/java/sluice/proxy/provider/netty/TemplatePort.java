package sluice.proxy.provider.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.function.Supplier;
import sluice.protocol.sv2.wire.Limits;
import sluice.proxy.client.netty.ClientPort;
import sluice.upstream.netty.HandshakeSettings;
import sluice.upstream.netty.ServerIdentity;
import sluice.upstream.template.TemplateSource;

/** Where clients get templates (SV2 7), all of one source, on the source's loop. */
public final class TemplatePort {
    /** The longest payload of a client. */
    public static final int PAYLOAD_CEILING = Limits.TEMPLATE_DISTRIBUTION_FROM_CLIENT;

    private final TemplateClients clients;
    private final ClientPort port;

    /** @param source starts and ends with this port */
    public TemplatePort(
            InetSocketAddress listen,
            int maxClients,
            EventLoop loop,
            HandshakeSettings noise,
            Supplier<ServerIdentity> identity,
            TemplateSource source,
            InstantSource clock) {
        clients = new TemplateClients(loop, source, clock);
        port = new ClientPort(
                new ClientPort.Settings("template client", listen, maxClients, TemplateClientConnection.MAX_BACKLOG),
                loop,
                noise,
                identity,
                clients::newClient);
    }

    /** Begins to listen, and asks the source for templates. Throws IOException that names the address if it cannot be had. */
    public void open() throws IOException {
        port.open();
        clients.start();
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return port.address();
    }

    /** Stops listening, and closes every connection and the source. */
    public Future<?> close(String reason) {
        port.close();
        return clients.close(reason);
    }
}
