package sluice.proxy.provider.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sluice.config.Sv2PoolAddress;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.upstream.netty.HandshakeWorkers;
import sluice.upstream.netty.LocalTemplateSource;
import sluice.upstream.netty.TemplateProviderSource;
import sluice.upstream.netty.Transport;
import sluice.upstream.provider.TemplateProviderSettings;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict.Outcome;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.SimulatedChain;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

/** Our clients at our server, over loopback. */
@Timeout(60)
class TemplateServerTest {
    private static final AuthoritySecretKey AUTHORITY = AuthoritySecretKey.of(bytes(5));
    private static final int PATIENCE_SECONDS = 20;

    private final EventLoopGroup loops = Transport.best().newEventLoops(1, "template-client-test");
    private final ExecutorService workers = HandshakeWorkers.start(1);
    private final List<Client> clients = new ArrayList<>();
    private final EventLoop loop = loops.next();
    private TemplateServer server;

    @AfterEach
    void stop() {
        clients.forEach(client -> loop.execute(() -> client.source.send(new TemplateCommand.Close("test is over"))));
        if (server != null) {
            server.close();
        }
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        workers.shutdownNow();
    }

    @Test
    @Tag("TPS-7")
    @Tag("TDP-8")
    void aBlockThatAClientFindsIsAcceptedByTheChain() throws Exception {
        start(64, chain(Duration.ofHours(1)));
        Client client = connect();
        Template template = client.next(TemplateEvent.NewTip.class).template();
        Template whole = template.with(
                client.next(TemplateEvent.TransactionsArrived.class).transactions());
        BlockSolution block = solve(whole);

        client.send(new TemplateCommand.SubmitBlock(block));

        assertThat(client.next(TemplateEvent.BlockJudged.class).verdict().outcome())
                .isEqualTo(Outcome.ACCEPTED);
        assertThat(client.next(TemplateEvent.NewTip.class).template().tip().prevHash())
                .isEqualTo(block.hash());
    }

    @Test
    @Tag("TPS-6")
    void everyClientHearsOfABlockThatOneOfThemFound() throws Exception {
        start(64, chain(Duration.ofHours(1)));
        List<Client> several = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            several.add(connect());
        }
        Template template = null;
        for (Client one : several) {
            template = one.next(TemplateEvent.NewTip.class).template();
            one.next(TemplateEvent.TransactionsArrived.class);
        }

        BlockSolution block = solve(template);
        several.getLast().send(new TemplateCommand.SubmitBlock(block));

        several.getLast().next(TemplateEvent.BlockJudged.class);
        for (Client one : several) {
            assertThat(one.next(TemplateEvent.NewTip.class).template().tip().prevHash())
                    .isEqualTo(block.hash());
        }
    }

    @Test
    @Tag("TPS-6")
    void refreshesComeAsTheMempoolFills() throws Exception {
        start(64, chain(Duration.ofHours(1)));
        Client client = connect();
        client.next(TemplateEvent.NewTip.class);

        Template refreshed = client.await(TemplateEvent.Refreshed.class).template();

        assertThat(refreshed.coinbase().value()).isGreaterThan(5_000_000_000L);
        assertThat(client.await(TemplateEvent.TransactionsArrived.class))
                .satisfies(arrived -> assertThat(arrived.templateId()).isPositive());
    }

    @Test
    void aServerCanPassTheTemplatesOfAnotherOn() throws Exception {
        start(64, chain(Duration.ofHours(1)));
        TemplateServer first = server;
        try (TemplateServer second = TemplateServer.start(
                settings(4),
                (at, handshakes) -> new TemplateProviderSource(
                        settings(first, CoinbaseReserve.NONE),
                        at,
                        handshakes,
                        InstantSource.system(),
                        new SecureRandom()),
                InstantSource.system())) {
            server = second;
            Client client = connect();
            server = first;
            Template template = client.next(TemplateEvent.NewTip.class).template();
            TemplateEvent.TransactionsArrived arrived = client.await(TemplateEvent.TransactionsArrived.class);
            Template whole = arrived.templateId() == template.id() ? template.with(arrived.transactions()) : template;

            client.send(new TemplateCommand.SubmitBlock(solve(whole)));

            assertThat(client.await(TemplateEvent.BlockJudged.class).verdict().outcome())
                    .isEqualTo(Outcome.ACCEPTED);
        }
    }

    @Test
    void tellsItsSourceTheRoomThatItsNeediestClientWants() throws Exception {
        BlockingQueue<TemplateCommand> commands = new LinkedBlockingQueue<>();
        start(64, (at, handshakes) -> new TemplateSource() {
            @Override
            public void start(Consumer<TemplateEvent> events) {
                // It has none.
            }

            @Override
            public void send(TemplateCommand command) {
                commands.add(command);
            }
        });

        connect(new CoinbaseReserve(100, 8));
        assertThat(commands.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isEqualTo(new TemplateCommand.ReserveCoinbase(new CoinbaseReserve(100, 8)));
        connect(new CoinbaseReserve(TemplateClients.MAX_SHARED_RESERVE + 1L, 0));
        connect(new CoinbaseReserve(0, TemplateClients.MAX_SHARED_SIGOPS + 1));
        connect(new CoinbaseReserve(TemplateClients.MAX_SHARED_RESERVE, TemplateClients.MAX_SHARED_SIGOPS));

        assertThat(commands.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isEqualTo(new TemplateCommand.ReserveCoinbase(
                        new CoinbaseReserve(TemplateClients.MAX_SHARED_RESERVE, TemplateClients.MAX_SHARED_SIGOPS)));
    }

    @Test
    void turnsOneClientTooManyAway() throws Exception {
        start(2, chain(Duration.ofHours(1)));
        connect().next(TemplateEvent.NewTip.class);
        connect().next(TemplateEvent.NewTip.class);

        try (Socket third =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            assertThat(third.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void closesWhatItHasOpenedAndItsPort() throws Exception {
        start(64, chain(Duration.ofHours(1)));
        Client client = connect();
        client.next(TemplateEvent.NewTip.class);
        int port = server.address().getPort();

        server.close();

        client.await(TemplateEvent.Unavailable.class);
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
                .isInstanceOf(IOException.class);
        server.close();
    }

    @Test
    void namesTheAddressThatItCannotHave() throws Exception {
        start(64, chain(Duration.ofHours(1)));

        assertThatThrownBy(() -> TemplateServer.start(
                        new TemplateServerSettings(server.address(), AUTHORITY, 1),
                        chain(Duration.ofHours(1)),
                        InstantSource.system()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "cannot listen on 127.0.0.1:" + server.address().getPort());
    }

    private void start(int maxClients, TemplateSourceFactory source) throws IOException {
        server = TemplateServer.start(settings(maxClients), source, InstantSource.system());
    }

    private static TemplateServerSettings settings(int maxClients) {
        return new TemplateServerSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), AUTHORITY, maxClients);
    }

    private static TemplateSourceFactory chain(Duration blockInterval) {
        InstantSource clock = InstantSource.system();
        return (at, handshakes) -> new LocalTemplateSource(
                at,
                new SimulatedChain(
                        SimulatedChain.Settings.regtest(blockInterval), new SplittableRandom(3), clock.instant()),
                clock);
    }

    private Client connect() {
        return connect(new CoinbaseReserve(31, 0));
    }

    private Client connect(CoinbaseReserve reserve) {
        Client client = new Client(new TemplateProviderSource(
                settings(server, reserve), loop, workers, InstantSource.system(), new SecureRandom()));
        clients.add(client);
        loop.execute(() -> client.source.start(client.events::add));
        return client;
    }

    private static TemplateProviderSettings settings(TemplateServer server, CoinbaseReserve reserve) {
        return new TemplateProviderSettings(
                "server",
                new Sv2PoolAddress("127.0.0.1", server.address().getPort(), Optional.of(server.authorityKey())),
                reserve,
                "test");
    }

    private static BlockSolution solve(Template template) {
        Coinbase coinbase = template.coinbase().payingTo(Script.p2wpkh(Bytes.zeros(20)), Bytes.EMPTY, 4);
        Bytes extranonce = Bytes.zeros(4);
        BlockHeader found = new BlockHeader(
                template.version(),
                template.tip().prevHash(),
                template.merklePath().root(coinbase.txid(extranonce)),
                template.curTime(),
                template.tip().nbits(),
                0);
        while (!found.meets(template.networkTarget())) {
            found = found.withNonce(found.nonce() + 1);
        }
        BlockHeader header = found;
        Bytes raw = coinbase.full(extranonce);
        return new BlockSolution(
                1,
                template.id(),
                template.height(),
                header.hash(),
                header,
                raw,
                template.transactions().map(transactions -> Block.assemble(header, raw, transactions.raw())),
                "farm.one");
    }

    private static byte[] bytes(int value) {
        byte[] all = new byte[AuthoritySecretKey.LENGTH];
        Arrays.fill(all, (byte) value);
        return all;
    }

    /** One client of ours, and all that it has heard and not told the test. */
    private final class Client {
        private final TemplateProviderSource source;
        private final BlockingQueue<TemplateEvent> events = new LinkedBlockingQueue<>();

        private Client(TemplateProviderSource source) {
            this.source = source;
        }

        void send(TemplateCommand command) {
            loop.execute(() -> source.send(command));
        }

        /** The next event but for refreshes and their transactions, which come when they will. */
        <T extends TemplateEvent> T next(Class<T> type) throws InterruptedException {
            TemplateEvent event = poll();
            while (!type.isInstance(event)
                    && (event instanceof TemplateEvent.Refreshed
                            || event instanceof TemplateEvent.TransactionsArrived)) {
                event = poll();
            }
            if (!type.isInstance(event)) {
                throw new AssertionError("expected " + type.getSimpleName() + ", got " + event);
            }
            return type.cast(event);
        }

        <T extends TemplateEvent> T await(Class<T> type) throws InterruptedException {
            TemplateEvent event = poll();
            while (!type.isInstance(event)) {
                event = poll();
            }
            return type.cast(event);
        }

        private TemplateEvent poll() throws InterruptedException {
            TemplateEvent event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("nothing more is heard");
            }
            return event;
        }
    }
}
