package sluice.proxy.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.AfterHold;
import sluice.config.FailoverConfig;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.mining.job.VectorJobs;
import sluice.upstream.Upstream;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

@Timeout(60)
class MinerPortTest {
    private static final int MAX_CONNECTIONS = 3;
    private static final int END = -1;

    @TempDir
    Path home;

    private final List<Socket> sockets = new ArrayList<>();
    private Gateway gateway;

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        if (gateway != null) {
            gateway.close();
        }
    }

    /** A source of work that never has any. */
    private record NoWork() implements UpstreamFactory {
        @Override
        public String name() {
            return "none";
        }

        @Override
        public Upstream create(UpstreamSurroundings here, Optional<String> userIdentity) {
            return new Upstream() {
                @Override
                public void start(Consumer<UpstreamEvent> events) {}

                @Override
                public void send(UpstreamCommand command) {}
            };
        }
    }

    /** A source of work that comes and goes as a test wants. */
    private static final class FickleWork implements UpstreamFactory, Upstream {
        private EventLoop loop;
        private Consumer<UpstreamEvent> events;

        @Override
        public String name() {
            return "fickle";
        }

        @Override
        public Upstream create(UpstreamSurroundings here, Optional<String> userIdentity) {
            loop = here.loop();
            return this;
        }

        @Override
        public synchronized void start(Consumer<UpstreamEvent> to) {
            events = to;
        }

        @Override
        public void send(UpstreamCommand command) {}

        private synchronized boolean isStarted() {
            return events != null;
        }

        private synchronized void says(UpstreamEvent... all) {
            loop.execute(() -> List.of(all).forEach(events));
        }

        void comes() {
            says(
                    new UpstreamEvent.ChannelOpened(new UpstreamChannel(
                            "fickle", VectorJobs.UPSTREAM_PREFIX, VectorJobs.GRANTED, Difficulty.targetOf(1), true)),
                    new UpstreamEvent.JobAnnounced(VectorJobs.upstreamJob(OptionalLong.empty(), true)),
                    new UpstreamEvent.TipChanged(7, VectorJobs.SHARE_TIP));
        }

        void goes() {
            says(new UpstreamEvent.Lost(UpstreamEvent.Step.MINING, "gone"));
        }
    }

    private Gateway start(int port, Duration handshakeTimeout) throws IOException {
        return start(settings(port, handshakeTimeout, MAX_CONNECTIONS), new NoWork(), FailoverConfig.DEFAULT);
    }

    private Gateway start(GatewaySettings settings, UpstreamFactory work, FailoverConfig failover) throws IOException {
        return Gateway.start(settings, RoutingPlan.single(work), failover, InstantSource.system(), List.of());
    }

    private GatewaySettings settings(int port, Duration handshakeTimeout, int maxConnections) {
        return new GatewaySettings(
                "test",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                AuthoritySecretKey.of(HexFormat.of().parseHex("00".repeat(31) + "07")),
                VardiffConfig.DEFAULT,
                new LimitsConfig(maxConnections, handshakeTimeout, Duration.ofHours(1)),
                Sv1Config.DEFAULT,
                home,
                2);
    }

    private Socket connect() throws IOException {
        Socket socket =
                new Socket(gateway.address().getAddress(), gateway.address().getPort());
        socket.setSoTimeout(20_000);
        sockets.add(socket);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private void awaitReason(String reason, long count) {
        await().untilAsserted(() ->
                assertThat(gateway.settledSnapshot().disconnects()).containsEntry(reason, count));
    }

    @Test
    void takesConnectionsUpToTheLimitAndClosesOneMoreAtOnce() throws Exception {
        gateway = start(0, Duration.ofMinutes(1));
        for (int i = 0; i < MAX_CONNECTIONS; i++) {
            Socket miner = connect();
            send(miner, "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n");
            assertThat(miner.getInputStream().read()).isEqualTo('{');
        }
        assertThat(connect().getInputStream().read()).isEqualTo(END);
        awaitReason("too-many-connections", 1);
        assertThat(gateway.settledSnapshot().connections()).isEqualTo(MAX_CONNECTIONS);
        sockets.getFirst().close();
        await().until(() -> gateway.settledSnapshot().connections() == MAX_CONNECTIONS - 1);
        Socket next = connect();
        send(next, "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n");
        assertThat(next.getInputStream().read()).as("a place is free again").isEqualTo('{');
    }

    @Test
    void closesAClientThatSaysNothing() throws Exception {
        gateway = start(0, LimitsConfig.HANDSHAKE_TIMEOUT.least());
        assertThat(connect().getInputStream().read()).isEqualTo(END);
        awaitReason("silent-client", 1);
    }

    @Test
    void closesAClientOfAnotherProtocol() throws Exception {
        gateway = start(0, Duration.ofMinutes(1));
        Socket browser = connect();
        send(browser, "GET / HTTP/1.1\r\nHost: gateway.example\r\nUser-Agent: a browser of some kind\r\n\r\n");
        assertThat(browser.getInputStream().read()).isEqualTo(END);
        awaitReason("foreign-protocol", 1);
    }

    @Test
    void closesAClientThatStopsInsideItsFirstMessage() throws Exception {
        gateway = start(0, LimitsConfig.HANDSHAKE_TIMEOUT.least());
        // Whose bytes come when its time is over has said nothing in time, and another tries.
        await().until(() -> {
            Socket stranger = connect();
            assertThat(isClosedBehind(stranger, new byte[63])).isTrue();
            return gateway.settledSnapshot().disconnects().containsKey("handshake-timeout");
        });
    }

    private static boolean isClosedBehind(Socket stranger, byte[] said) {
        try {
            stranger.getOutputStream().write(said);
            return stranger.getInputStream().read() == END;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void saysWhichAddressCannotBeHad() throws Exception {
        gateway = start(0, Duration.ofMinutes(1));
        int taken = gateway.address().getPort();
        assertThatThrownBy(() -> start(taken, Duration.ofMinutes(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(String.valueOf(taken));
    }

    private boolean takesMiners() {
        try (Socket probe =
                new Socket(gateway.address().getAddress(), gateway.address().getPort())) {
            return probe.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    @Test
    void closesItsPortsAndConnectionsAfterTheHoldAndOpensTheSamePortsAgain() throws Exception {
        FickleWork work = new FickleWork();
        FailoverConfig normal = FailoverConfig.DEFAULT;
        gateway = start(
                settings(0, Duration.ofMinutes(1), 100),
                work,
                new FailoverConfig(
                        Duration.ZERO,
                        AfterHold.CLOSE,
                        normal.failbackAfter(),
                        normal.switchTimeout(),
                        normal.noJobTimeout(),
                        normal.rejectsTimeout(),
                        normal.redistributeAfter(),
                        normal.rebalanceInterval()));
        await().until(work::isStarted);
        await().until(() -> !takesMiners());
        for (int times = 0; times < 3; times++) {
            work.comes();
            await().until(this::takesMiners);
            Socket miner = connect();
            send(miner, "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n");
            assertThat(miner.getInputStream().read()).isEqualTo('{');
            work.goes();
            while (miner.getInputStream().read() != END) {}
            await().until(() -> !takesMiners());
        }
        awaitReason("no-upstream", 3);
    }

    @Test
    void listensInTheEndOrNotAsItWasToldLast() throws Exception {
        FickleWork work = new FickleWork();
        gateway = start(settings(0, Duration.ofMinutes(1), 100), work, FailoverConfig.DEFAULT);
        MinerPort port = gateway.port();
        for (int times = 0; times < 20; times++) {
            port.suspend();
            port.resume();
        }
        await().until(this::takesMiners);
        for (int times = 0; times < 20; times++) {
            port.resume();
            port.suspend();
        }
        await().during(Duration.ofMillis(300)).until(() -> !takesMiners());
        port.resume();
        await().until(this::takesMiners);
    }

    @Test
    void strangersAreShownOutWhileTheMinersLoopsAreBusy() throws Exception {
        FickleWork work = new FickleWork();
        gateway = start(settings(0, Duration.ofMinutes(1), 100), work, FailoverConfig.DEFAULT);
        await().until(work::isStarted);
        CompletableFuture<Void> busy = new CompletableFuture<>();
        List<EventLoop> loops = new ArrayList<>();
        work.loop.parent().forEach(loop -> loops.add((EventLoop) loop));
        loops.forEach(loop -> loop.execute(busy::join));
        try {
            for (int times = 0; times < 4; times++) {
                Socket stranger = connect();
                send(stranger, "GET / HTTP/1.1\r\n\r\n");
                assertThat(stranger.getInputStream().read()).isEqualTo(END);
            }
        } finally {
            busy.complete(null);
        }
    }

    @Test
    void whatAMinerSendsAtOnceIsAnsweredInItsOrder() throws Exception {
        gateway = start(0, Duration.ofMinutes(1));
        StringBuilder requests = new StringBuilder();
        for (int id = 1; id <= 60; id++) {
            requests.append("{\"id\":")
                    .append(id)
                    .append(",\"method\":\"mining.extranonce.subscribe\",\"params\":[]}\n");
        }
        Socket miner = connect();
        send(miner, requests.toString());
        BufferedReader answers =
                new BufferedReader(new InputStreamReader(miner.getInputStream(), StandardCharsets.UTF_8));
        for (int id = 1; id <= 60; id++) {
            assertThat(answers.readLine()).contains("\"id\":" + id + ",");
        }
    }

    @Test
    void whoeverCameInIsReportedAsGoneAlsoWhereTheGatewayClosesMeanwhile() throws Exception {
        Set<Long> came = ConcurrentHashMap.newKeySet();
        Set<Long> left = ConcurrentHashMap.newKeySet();
        gateway = Gateway.start(
                settings(0, Duration.ofMinutes(1), 100),
                RoutingPlan.single(new NoWork()),
                FailoverConfig.DEFAULT,
                InstantSource.system(),
                List.of(event -> {
                    switch (event) {
                        case GatewayEvent.MinerConnected connected -> came.add(connected.connectionId());
                        case GatewayEvent.MinerDisconnected gone -> left.add(gone.connectionId());
                        default -> {}
                    }
                }));
        for (int i = 0; i < 60; i++) {
            send(connect(), "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n");
        }
        await().until(() -> !came.isEmpty());
        gateway.close();
        assertThat(left).containsExactlyInAnyOrderElementsOf(came);
    }
}
