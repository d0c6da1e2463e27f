package sluice.proxy.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import sluice.config.AddressFilter;
import sluice.config.AddressRange;
import sluice.config.FailoverConfig;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.TlsFiles;
import sluice.config.VardiffConfig;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.goal.RoutingPlan;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

/** A gateway with one port on loopback and no work, and sockets to it from addresses of one's choice. */
final class GuardedGateway implements AutoCloseable {
    static final String SUBSCRIBE = "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n";
    static final int END = -1;

    private static final String NAME = "default";

    private final Gateway gateway;
    private final List<GatewayEvent> events = new java.util.concurrent.CopyOnWriteArrayList<>();

    /** @param proxies load balancers in front of it */
    GuardedGateway(Path home, LimitsConfig limits, Optional<TlsFiles> tls, String... proxies) throws IOException {
        MinersPort port = new MinersPort(
                NAME,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                AddressFilter.NONE,
                tls,
                List.of(proxies).stream().map(AddressRange::parse).toList());
        gateway = Gateway.start(
                new GatewaySettings(
                        "test",
                        List.of(port),
                        AuthoritySecretKey.of(HexFormat.of().parseHex("00".repeat(31) + "07")),
                        VardiffConfig.DEFAULT,
                        limits,
                        Sv1Config.DEFAULT,
                        home,
                        2),
                RoutingPlan.single(new NoWork()),
                FailoverConfig.DEFAULT,
                InstantSource.system(),
                List.of(events::add));
    }

    /** A source of work that never has any. */
    private record NoWork() implements UpstreamFactory {
        @Override
        public String name() {
            return "none";
        }

        @Override
        public Upstream create(UpstreamSurroundings surroundings, Optional<String> userIdentity) {
            return new Upstream() {
                @Override
                public void start(Consumer<UpstreamEvent> events) {}

                @Override
                public void send(UpstreamCommand command) {}
            };
        }
    }

    Gateway gateway() {
        return gateway;
    }

    /** From now on nobody gets in from these. */
    void deny(String... ranges) {
        gateway.filter(
                NAME,
                new AddressFilter(
                        List.of(),
                        List.of(ranges).stream().map(AddressRange::parse).toList()));
    }

    /** A socket that comes from this address of loopback. */
    Socket connectFrom(String address) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        socket.setSoTimeout(20_000);
        socket.connect(gateway.address());
        return socket;
    }

    static void say(Socket socket, String text) throws IOException {
        say(socket, text.getBytes(StandardCharsets.UTF_8));
    }

    static void say(Socket socket, byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Whether an answer comes, and not the end. */
    static boolean isAnswered(Socket socket) {
        try {
            InputStream in = socket.getInputStream();
            return in.read() == '{';
        } catch (IOException reset) {
            return false;
        }
    }

    /** Whether a miner from there is answered when it subscribes. */
    boolean serves(String address) throws IOException {
        try (Socket miner = connectFrom(address)) {
            try {
                say(miner, SUBSCRIBE);
            } catch (IOException closedAlready) {
                return false;
            }
            return isAnswered(miner);
        }
    }

    long closed(String reason) throws InterruptedException {
        return gateway.settledSnapshot().disconnects().getOrDefault(reason, 0L);
    }

    void awaitClosed(String reason, long count) {
        await().untilAsserted(() -> assertThat(closed(reason)).as(reason).isEqualTo(count));
    }

    <T extends GatewayEvent> List<T> events(Class<T> type) throws InterruptedException {
        gateway.settledSnapshot();
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public void close() {
        gateway.close();
    }
}
