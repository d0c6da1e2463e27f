package sluice.proxy.declaration.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import sluice.protocol.Bytes;
import sluice.proxy.client.netty.ClientPort;
import sluice.proxy.declaration.DeclarationAction;
import sluice.proxy.declaration.DeclarationDesk;
import sluice.proxy.declaration.DeclarationInput;
import sluice.proxy.declaration.DeclarationSession;
import sluice.proxy.declaration.DeclaredJobs;
import sluice.upstream.netty.HandshakeSettings;
import sluice.upstream.netty.ServerIdentity;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

/** Where clients declare the jobs that they make themselves (SV2 6), all on one loop, on which our own templates come, too. */
public final class DeclarationPort {
    /** Connections at a time; one more is closed at once. */
    public static final int MAX_CLIENTS = 32;
    /** Bytes of a payload: all transactions of a full block, with their lengths. */
    public static final int MAX_PAYLOAD = 1 << 22;
    /** Bytes that may wait for a client that does not read: we never say much. */
    static final int MAX_BACKLOG = 1 << 20;

    private static final int TOKEN_LENGTH = 16;

    private final EventLoop loop;
    private final DeclarationDesk desk;
    private final TemplateSource source;
    private final Consumer<DeclarationAction.SubmitBlock> blocks;
    private final InstantSource clock;
    private final ClientPort port;
    private final Set<DeclarationConnection> open = new LinkedHashSet<>();

    /**
     * @param noise with {@link #MAX_PAYLOAD} as its ceiling
     * @param source starts and ends with this port
     * @param blocks takes a block that a client found, on {@code loop}
     */
    public DeclarationPort(
            InetSocketAddress listen,
            EventLoop loop,
            HandshakeSettings noise,
            Supplier<ServerIdentity> identity,
            TemplateSource source,
            DeclaredJobs jobs,
            Consumer<DeclarationAction.SubmitBlock> blocks,
            InstantSource clock) {
        this.loop = loop;
        this.source = source;
        this.blocks = blocks;
        this.clock = clock;
        SecureRandom random = new SecureRandom();
        this.desk = new DeclarationDesk(jobs, () -> token(random), new AtomicLong()::incrementAndGet);
        this.port = new ClientPort(
                new ClientPort.Settings("job declarator", listen, MAX_CLIENTS, MAX_BACKLOG),
                loop,
                noise,
                identity,
                name -> new DeclarationConnection(this, name, new DeclarationSession(desk)));
    }

    private static Bytes token(SecureRandom random) {
        byte[] token = new byte[TOKEN_LENGTH];
        random.nextBytes(token);
        return Bytes.wrap(token);
    }

    /** Begins to listen, and asks for templates. Throws IOException that names the address if it cannot be had. */
    public void open() throws IOException {
        port.open();
        loop.execute(() -> source.start(this::onTemplate));
    }

    private void onTemplate(TemplateEvent event) {
        desk.on(event);
        // One that breaks on it leaves meanwhile.
        List.copyOf(open).forEach(client -> client.feed(new DeclarationInput.TemplateChanged()));
    }

    InstantSource clock() {
        return clock;
    }

    void joined(DeclarationConnection client) {
        open.add(client);
    }

    void left(DeclarationConnection client) {
        open.remove(client);
    }

    void submit(DeclarationAction.SubmitBlock block) {
        blocks.accept(block);
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return port.address();
    }

    /** Stops listening, and closes every connection. */
    public Future<?> close(String reason) {
        port.close();
        return loop.submit(() -> {
            List.copyOf(open).forEach(client -> client.disconnect(reason, ""));
            source.send(new TemplateCommand.Close(reason));
        });
    }
}
