package sluice.proxy.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.config.AddressFilter;
import sluice.config.AddressRange;
import sluice.config.LimitsConfig;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.protocol.sv2.wire.Limits;
import sluice.proxy.admission.Admission;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.session.MinerContext;
import sluice.proxy.session.MinerSession;
import sluice.upstream.netty.CertificateIssuer;
import sluice.upstream.netty.EphemeralKeys;
import sluice.upstream.netty.HandshakeSettings;
import sluice.upstream.netty.HandshakeWorkers;
import sluice.upstream.netty.Transport;

/** What becomes of connections of which it is not known yet what they speak. */
@Timeout(60)
class ReceptionTest {
    private static final int END = -1;
    private static final int READ_MILLIS = 20_000;
    private static final InetSocketAddress LOOPBACK = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    Path home;

    private final List<GatewayEvent> published = new ArrayList<>();
    private final GatewayEvents events = new GatewayEvents("test", List.of(published::add));
    private final EventLoopGroup door = Transport.best().newEventLoops(1, "door");
    private final ExecutorService workers = HandshakeWorkers.start(1);
    private LoopFixture loop;
    private Reception reception;

    @BeforeEach
    void open() {
        loop = new LoopFixture(home, command -> {});
        reception = reception(loop.miners);
    }

    private Reception reception(MinerLoop miners) {
        Secp256k1 engine = Secp256k1.best();
        SecureRandom random = new SecureRandom();
        EphemeralKeys keys = new EphemeralKeys(engine, random);
        return new Reception(
                door.next(),
                List.of(miners),
                new HandshakeSettings(engine, keys, workers, Duration.ofMinutes(10), Limits.MINING_FROM_CLIENT),
                new CertificateIssuer(
                        engine,
                        AuthoritySecretKey.of(HexFormat.of().parseHex("00".repeat(31) + "07")),
                        keys.get(),
                        Duration.ofDays(2),
                        InstantSource.system(),
                        random),
                new NobodyArrives(),
                new Admission(LimitsConfig.DEFAULT),
                events,
                InstantSource.system());
    }

    @AfterEach
    void close() {
        door.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        workers.shutdownNow();
        loop.close();
        events.close();
    }

    private record NobodyArrives() implements SessionFactory {
        @Override
        public MinerSession sv1(MinerContext context, long connectionId, MinerOrigin origin) {
            throw new AssertionError("an SV1 miner");
        }

        @Override
        public MinerSession sv2(MinerContext context, long connectionId, MinerOrigin origin) {
            throw new AssertionError("an SV2 miner");
        }
    }

    private MinerPort port(List<AddressRange> proxies) throws IOException {
        MinerPort port = new MinerPort(
                new PortSettings("default", LOOPBACK, proxies, Duration.ofMinutes(10)),
                AddressFilter.NONE,
                Optional.empty(),
                reception);
        port.open();
        return port;
    }

    private static Socket connect(MinerPort port) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(READ_MILLIS);
        socket.connect(port.address(), READ_MILLIS);
        return socket;
    }

    private <T extends GatewayEvent> List<T> all(Class<T> kind) throws InterruptedException {
        assertThat(events.awaitDelivery(Duration.ofSeconds(20))).isTrue();
        return published.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private void awaitConnected(int count) {
        await().untilAsserted(
                        () -> assertThat(all(GatewayEvent.MinerConnected.class)).hasSize(count));
    }

    @Test
    void closesWhoeverIsStillThereAndDoesNotLeaveThatToItsLoop() throws Exception {
        MinerPort port = port(List.of());
        try (Socket silent = connect(port);
                Socket shakesHands = connect(port)) {
            shakesHands.getOutputStream().write(HexFormat.of().parseHex("9a".repeat(40)));
            awaitConnected(2);

            port.close();
            reception.close();

            assertThat(silent.getInputStream().read()).isEqualTo(END);
            assertEnds(shakesHands);
            assertThat(all(GatewayEvent.MinerDisconnected.class))
                    .hasSize(2)
                    .allMatch(gone -> gone.reason().equals(Gateway.SHUTTING_DOWN));
        }
    }

    @Test
    void closesWhoHasNotSaidYetForWhomItConnectsWithoutBlamingIt() throws Exception {
        MinerPort port = port(List.of(AddressRange.parse("127.0.0.0/8")));
        try (Socket silent = connect(port);
                Socket heard = connect(port)) {
            // Accepted in this order: where the second has been heard, the first is there.
            heard.getOutputStream()
                    .write("PROXY TCP4 10.0.0.7 10.0.0.1 4000 3333\r\n".getBytes(StandardCharsets.US_ASCII));
            awaitConnected(1);

            port.close();
            reception.close();

            assertThat(silent.getInputStream().read()).isEqualTo(END);
            assertThat(heard.getInputStream().read()).isEqualTo(END);
            assertThat(all(GatewayEvent.MinerDisconnected.class)).hasSize(1);
            assertThat(all(GatewayEvent.ConnectionsRefused.class)).isEmpty();
        }
    }

    /** The same loop; whoever registers a socket goes on only when that has closed. */
    private static EventLoop heldUp(EventLoop loop, CompletableFuture<Channel> registered) {
        return (EventLoop) Proxy.newProxyInstance(
                EventLoop.class.getClassLoader(), new Class<?>[] {EventLoop.class}, (self, method, arguments) -> {
                    Object result = method.invoke(loop, arguments);
                    if (method.getName().equals("register")) {
                        Channel socket = (Channel) arguments[0];
                        ((Future<?>) result).awaitUninterruptibly();
                        registered.complete(socket);
                        socket.closeFuture().awaitUninterruptibly();
                    }
                    return result;
                });
    }

    @ParameterizedTest
    @CsvSource({"false,closed-by-miner", "true,connection-broken"})
    void reportsWhoClosesBeforeItsSessionBeginsAtItsNewLoop(boolean resets, String reason) throws Exception {
        EventLoopGroup miners = Transport.best().newEventLoops(1, "miners");
        try {
            CompletableFuture<Channel> registered = new CompletableFuture<>();
            reception = reception(loop.minersOn(heldUp(miners.next(), registered)));
            MinerPort port = port(List.of());
            try (Socket hasty = connect(port)) {
                GuardedGateway.say(hasty, GuardedGateway.SUBSCRIBE);
                hasty.setSoLinger(resets, 0);
                registered.get(READ_MILLIS, TimeUnit.MILLISECONDS);
            }
            await().untilAsserted(() -> assertThat(all(GatewayEvent.MinerDisconnected.class))
                    .singleElement()
                    .satisfies(gone -> assertThat(gone.reason()).isEqualTo(reason)));
            port.close();
            reception.close();
        } finally {
            miners.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    private static void assertEnds(Socket socket) throws IOException {
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(END);
        } catch (SocketException reset) {
            // What was sent last was not read any more: an end as well.
        }
    }
}
