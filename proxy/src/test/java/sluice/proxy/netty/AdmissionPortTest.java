package sluice.proxy.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sluice.proxy.netty.GuardedGateway.END;
import static sluice.proxy.netty.GuardedGateway.SUBSCRIBE;
import static sluice.proxy.netty.GuardedGateway.isAnswered;
import static sluice.proxy.netty.GuardedGateway.say;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.LimitsConfig;
import sluice.proxy.event.GatewayEvent;

/** Who gets in by a port, and who it takes a connection for where a load balancer stands before it. */
@Timeout(60)
class AdmissionPortTest {
    private static final String BAD_LINE = "{\"id\":1,\"id\":2,\"method\":\"mining.subscribe\",\"params\":[]}\n";
    private static final byte[] V2_SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");

    @TempDir
    Path home;

    private GuardedGateway gateway;

    @AfterEach
    void close() {
        if (gateway != null) {
            gateway.close();
        }
    }

    private void start(LimitsConfig limits, String... proxies) throws IOException {
        gateway = new GuardedGateway(home, limits, Optional.empty(), proxies);
    }

    @Test
    void anAddressHasItsOwnBoundOnConnections() throws Exception {
        start(LimitsConfig.DEFAULT.withMaxConnections(100, 2));
        try (Socket first = gateway.connectFrom("127.0.0.5");
                Socket second = gateway.connectFrom("127.0.0.5")) {
            for (Socket miner : List.of(first, second)) {
                say(miner, SUBSCRIBE);
                assertThat(isAnswered(miner)).isTrue();
            }
            assertThat(gateway.serves("127.0.0.5")).isFalse();
            assertThat(gateway.serves("127.0.0.6")).isTrue();
        }
        gateway.awaitClosed("too-many-connections-from-address", 1);
        await().until(() -> gateway.serves("127.0.0.5"));
    }

    @Test
    void refusedConnectionsAreCountedExactlyAndReportedTogether() throws Exception {
        start(LimitsConfig.DEFAULT.withAcceptRates(1_000, 1));
        for (int i = 0; i < 104; i++) {
            gateway.connectFrom("127.0.0.5").close();
        }
        await().untilAsserted(
                        () -> assertThat(gateway.closed("accept-rate-of-address") + gateway.closed("closed-silent"))
                                .isEqualTo(104));
        List<GatewayEvent.ConnectionsRefused> reports = gateway.events(GatewayEvent.ConnectionsRefused.class);
        assertThat(reports.stream()
                        .mapToLong(GatewayEvent.ConnectionsRefused::count)
                        .sum())
                .isEqualTo(gateway.closed("accept-rate-of-address"));
        assertThat(reports)
                .hasSizeLessThan(20)
                .allMatch(report -> report.latest().equals("127.0.0.5"));
        assertThat(gateway.gateway().settledSnapshot().connections()).isZero();
    }

    @Test
    void whoIsDeniedWhileTheGatewayRunsIsRefusedFromThenOnAndKeepsWhatIsOpen() throws Exception {
        start(LimitsConfig.DEFAULT);
        try (Socket miner = gateway.connectFrom("127.0.0.5")) {
            say(miner, SUBSCRIBE);
            assertThat(isAnswered(miner)).isTrue();
            gateway.deny("127.0.0.4/30");
            assertThat(gateway.serves("127.0.0.5")).isFalse();
            assertThat(gateway.serves("127.0.0.8")).isTrue();
            gateway.awaitClosed("address-denied", 1);
            say(miner, "{\"id\":2,\"method\":\"mining.ping\",\"params\":[]}\n");
            miner.getInputStream().skipNBytes(100);
        }
    }

    /** Sends rubbish from this address until it is banned. */
    private void getBanned(String address) {
        await().until(() -> {
            try (Socket miner = gateway.connectFrom(address)) {
                say(miner, BAD_LINE);
                assertThat(isAnswered(miner)).isFalse();
            } catch (IOException closedAlready) {
                // Refused at the door.
            }
            return !gateway.events(GatewayEvent.AddressBanned.class).isEmpty();
        });
    }

    @Test
    void anAddressThatOnlySendsRubbishIsBanned() throws Exception {
        start(LimitsConfig.DEFAULT.withBans(3, Duration.ofMinutes(10)));
        getBanned("127.0.0.5");
        assertThat(gateway.serves("127.0.0.5")).isFalse();
        assertThat(gateway.serves("127.0.0.6")).isTrue();
        assertThat(gateway.events(GatewayEvent.AddressBanned.class))
                .isNotEmpty()
                .allSatisfy(ban -> {
                    assertThat(ban.address()).isEqualTo("127.0.0.5");
                    assertThat(ban.reason()).isEqualTo("bad-json");
                });
        await().untilAsserted(() -> assertThat(gateway.closed("address-banned")).isPositive());
    }

    @Test
    void anAddressWhoseBytesBehindAHandshakeAreNoFramesIsBanned() throws Exception {
        start(LimitsConfig.DEFAULT.withBans(3, Duration.ofMinutes(10)));
        byte[] garbage = new byte[400];
        Arrays.fill(garbage, (byte) 0x9a);
        await().until(() -> {
            try (Socket stranger = gateway.connectFrom("127.0.0.5")) {
                say(stranger, garbage);
                stranger.getInputStream().readAllBytes();
            } catch (IOException closedAlready) {
                // With bytes of ours unread, or refused at the door.
            }
            return !gateway.events(GatewayEvent.AddressBanned.class).isEmpty();
        });
        assertThat(gateway.serves("127.0.0.5")).isFalse();
        assertThat(gateway.serves("127.0.0.6")).isTrue();
        assertThat(gateway.events(GatewayEvent.AddressBanned.class))
                .allSatisfy(ban -> assertThat(ban.reason()).isEqualTo("noise-frame-not-authentic"));
    }

    @Test
    void anAddressThatWasBannedIsLetInAgainAfterwards() throws Exception {
        start(LimitsConfig.DEFAULT.withBans(3, Duration.ofSeconds(2)));
        getBanned("127.0.0.5");
        await().until(() -> gateway.serves("127.0.0.5"));
    }

    @Test
    void probesAndHealthChecksBanNobody() throws Exception {
        start(LimitsConfig.DEFAULT.withBans(1, Duration.ofMinutes(10)));
        for (int i = 0; i < 20; i++) {
            gateway.connectFrom("127.0.0.5").close();
            try (Socket browser = gateway.connectFrom("127.0.0.5")) {
                say(browser, "GET / HTTP/1.1\r\n\r\n");
                assertThat(browser.getInputStream().read()).isEqualTo(END);
            }
            try (Socket desktop = gateway.connectFrom("127.0.0.5")) {
                say(desktop, HexFormat.of().parseHex("0300000b06e00000000000"));
                assertThat(desktop.getInputStream().read()).isEqualTo(END);
            }
        }
        assertThat(gateway.serves("127.0.0.5")).isTrue();
        assertThat(gateway.events(GatewayEvent.AddressBanned.class)).isEmpty();
    }

    @Test
    void oneByteNowAndThenDoesNotPutTheDeadlineOff() throws Exception {
        start(new LimitsConfig(100, Duration.ofMillis(600), Duration.ofHours(1)));
        // Where the first byte is late, the client is closed as one that says nothing, and another tries.
        await().until(() -> {
            try (Socket slow = gateway.connectFrom("127.0.0.5")) {
                slow.setSoTimeout(50);
                assertThat(isClosedWhileItSends(slow)).isTrue();
            }
            return gateway.closed("handshake-timeout") > 0;
        });
    }

    /** Whether it is closed before its line has come far: at this pace the bytes take five seconds, and are no line. */
    private static boolean isClosedWhileItSends(Socket slow) {
        boolean closed = false;
        for (int at = 0; at < 100 && !closed; at++) {
            closed = !sends(slow, (byte) (at == 0 ? '{' : ' ')) || hasEnded(slow);
        }
        return closed;
    }

    private static boolean sends(Socket socket, byte one) {
        try {
            say(socket, new byte[] {one});
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    private static boolean hasEnded(Socket socket) {
        try {
            return socket.getInputStream().read() == END;
        } catch (java.net.SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private static byte[] v2(int command, int family, byte[] addresses) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.writeBytes(V2_SIGNATURE);
        header.write(0x20 | command);
        header.write(family);
        header.write(addresses.length >> 8);
        header.write(addresses.length);
        header.writeBytes(addresses);
        return header.toByteArray();
    }

    private void assertTakenFor(String miner, byte[] header) throws Exception {
        try (Socket balancer = gateway.connectFrom("127.0.0.2")) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(header);
            all.writeBytes(SUBSCRIBE.getBytes(StandardCharsets.UTF_8));
            say(balancer, all.toByteArray());
            assertThat(isAnswered(balancer)).isTrue();
            assertThat(gateway.events(GatewayEvent.MinerConnected.class)
                            .getLast()
                            .remoteAddress())
                    .isEqualTo(miner);
        }
    }

    @Test
    void behindALoadBalancerAMinerIsWhoTheHeaderSays() throws Exception {
        start(LimitsConfig.DEFAULT, "127.0.0.2");
        gateway.deny("203.0.113.0/24");

        assertTakenFor(
                "198.51.100.7", "PROXY TCP4 198.51.100.7 10.0.0.1 5000 3333\r\n".getBytes(StandardCharsets.US_ASCII));
        assertTakenFor(
                "2001:db8:0:0:0:0:0:7",
                "PROXY TCP6 2001:db8::7 2001:db8::1 5000 3333\r\n".getBytes(StandardCharsets.US_ASCII));
        assertTakenFor("198.51.100.8", v2(1, 0x11, HexFormat.of().parseHex("c63364080a000001" + "13880d05")));
        assertTakenFor(
                "2001:db8:0:0:0:0:0:8",
                v2(
                        1,
                        0x21,
                        HexFormat.of()
                                .parseHex("20010db8" + "00".repeat(11) + "08" + "20010db8" + "00".repeat(11) + "01"
                                        + "13880d05")));
        assertTakenFor("127.0.0.2", v2(0, 0, new byte[0]));
        assertTakenFor("127.0.0.2", "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII));

        try (Socket balancer = gateway.connectFrom("127.0.0.2")) {
            say(balancer, "PROXY TCP4 203.0.113.9 10.0.0.1 5000 3333\r\n" + SUBSCRIBE);
            assertThat(isAnswered(balancer)).isFalse();
        }
        gateway.awaitClosed("address-denied", 1);
    }

    @Test
    void aHeaderThatComesByteByByteIsUnderstood() throws Exception {
        start(LimitsConfig.DEFAULT, "127.0.0.2");
        try (Socket balancer = gateway.connectFrom("127.0.0.2")) {
            balancer.setTcpNoDelay(true);
            String all = "PROXY TCP4 198.51.100.7 10.0.0.1 5000 3333\r\n" + SUBSCRIBE;
            for (byte one : all.getBytes(StandardCharsets.US_ASCII)) {
                say(balancer, new byte[] {one});
            }
            assertThat(isAnswered(balancer)).isTrue();
        }
    }

    @Test
    void limitsHoldForTheMinerAndNotForTheLoadBalancer() throws Exception {
        start(LimitsConfig.DEFAULT.withMaxConnections(100, 1), "127.0.0.2");
        try (Socket one = gateway.connectFrom("127.0.0.2");
                Socket other = gateway.connectFrom("127.0.0.2");
                Socket again = gateway.connectFrom("127.0.0.2")) {
            say(one, "PROXY TCP4 198.51.100.7 10.0.0.1 5000 3333\r\n" + SUBSCRIBE);
            assertThat(isAnswered(one)).isTrue();
            say(other, "PROXY TCP4 198.51.100.8 10.0.0.1 5000 3333\r\n" + SUBSCRIBE);
            assertThat(isAnswered(other)).isTrue();
            say(again, "PROXY TCP4 198.51.100.7 10.0.0.1 5000 3333\r\n" + SUBSCRIBE);
            assertThat(isAnswered(again)).isFalse();
        }
        gateway.awaitClosed("too-many-connections-from-address", 1);
    }

    @Test
    void nobodyButALoadBalancerMayConnect() throws Exception {
        start(LimitsConfig.DEFAULT, "127.0.0.2");
        try (Socket liar = gateway.connectFrom("127.0.0.3")) {
            assertThat(liar.getInputStream().read()).isEqualTo(END);
        }
        gateway.awaitClosed("not-a-load-balancer", 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SUBSCRIBE,
                "GET / HTTP/1.1\r\n\r\n",
                "PROXIES AND MORE\r\n",
            })
    void aConnectionWithoutAHeaderIsRefused(String said) throws Exception {
        start(LimitsConfig.DEFAULT, "127.0.0.2");
        try (Socket balancer = gateway.connectFrom("127.0.0.2")) {
            say(balancer, said);
            assertThat(isAnswered(balancer)).isFalse();
        }
        gateway.awaitClosed("proxy-header-missing", 1);
    }

    @Test
    void aHeaderThatIsWrongIsRefused() throws Exception {
        start(LimitsConfig.DEFAULT, "127.0.0.2");
        List<byte[]> wrong = List.of(
                "PROXY TCP4 not.an.address 10.0.0.1 5000 3333\r\n".getBytes(StandardCharsets.US_ASCII),
                ("PROXY TCP4 " + "1".repeat(200)).getBytes(StandardCharsets.US_ASCII),
                v2(1, 0x11, new byte[ProxyHeaderHandler.MAX_TLV_BYTES + 300]));
        for (byte[] header : wrong) {
            try (Socket balancer = gateway.connectFrom("127.0.0.2")) {
                say(balancer, header);
                assertThat(isAnswered(balancer)).isFalse();
            }
        }
        gateway.awaitClosed("proxy-header-invalid", wrong.size());
    }

    @Test
    void aLoadBalancerThatSaysNothingIsClosedAtTheDeadline() throws Exception {
        start(new LimitsConfig(100, Duration.ofMillis(200), Duration.ofHours(1)), "127.0.0.2");
        try (Socket balancer = gateway.connectFrom("127.0.0.2")) {
            assertThat(balancer.getInputStream().read()).isEqualTo(END);
        }
        gateway.awaitClosed("proxy-header-missing", 1);
    }
}
