package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import sluice.proxy.declaration.DeclaredJobs;
import sluice.proxy.declaration.netty.DeclarationPort;
import sluice.proxy.provider.netty.TemplatePort;
import sluice.proxy.provider.netty.TemplateServerSettings;
import sluice.upstream.netty.HandshakeSettings;
import sluice.upstream.netty.ServerIdentity;

/** The gateway's ports for clients that are no miners, on the control loop, where its templates are. */
final class ServedClients {
    private final Optional<TemplatePort> templates;
    private final Optional<DeclarationPort> declarations;

    /**
     * @param noise handshakes of connections whose payloads have at most so many bytes
     * @param jobs that clients declare; present where {@code ports} has a port for them
     */
    ServedClients(
            ClientPorts ports,
            EventLoop loop,
            IntFunction<HandshakeSettings> noise,
            Supplier<ServerIdentity> identity,
            TemplateHub hub,
            BlockDesk blocks,
            ControlActor control,
            Optional<DeclaredJobs> jobs,
            InstantSource clock) {
        templates = ports.templates()
                .map(listen -> new TemplatePort(
                        listen,
                        TemplateServerSettings.DEFAULT_MAX_CLIENTS,
                        loop,
                        noise.apply(TemplatePort.PAYLOAD_CEILING),
                        identity,
                        new DeskTemplates(hub.subscribe(), blocks, clock),
                        clock));
        declarations = ports.declarations()
                .map(port -> new DeclarationPort(
                        port.listen(),
                        loop,
                        noise.apply(DeclarationPort.MAX_PAYLOAD),
                        identity,
                        hub.subscribe(),
                        jobs.orElseThrow(),
                        control::found,
                        clock));
    }

    void open() throws IOException {
        if (templates.isPresent()) {
            templates.get().open();
        }
        if (declarations.isPresent()) {
            declarations.get().open();
        }
    }

    Optional<InetSocketAddress> templateAddress() {
        return templates.map(TemplatePort::address);
    }

    Optional<InetSocketAddress> declarationAddress() {
        return declarations.map(DeclarationPort::address);
    }

    void closeDeclarations(String reason, Duration patience) {
        declarations.ifPresent(port -> port.close(reason).awaitUninterruptibly(patience.toMillis()));
    }

    void close(String reason, Duration patience) {
        templates.ifPresent(port -> port.close(reason).awaitUninterruptibly(patience.toMillis()));
        closeDeclarations(reason, patience);
    }
}
