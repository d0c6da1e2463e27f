package sluice.proxy.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sluice.proxy.netty.GuardedGateway.SUBSCRIBE;
import static sluice.proxy.netty.GuardedGateway.isAnswered;
import static sluice.proxy.netty.GuardedGateway.say;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.LimitsConfig;
import sluice.config.TlsFiles;
import sluice.proxy.event.GatewayEvent;

/** A port for stratum+ssl. */
@Timeout(120)
class TlsPortTest {
    private static final LimitsConfig HASTY = new LimitsConfig(100, Duration.ofSeconds(1), Duration.ofHours(1));

    @TempDir
    Path home;

    private TlsFiles files;
    private GuardedGateway gateway;

    @BeforeEach
    void begin() throws Exception {
        files = new TlsFiles(home.resolve("gateway.crt"), home.resolve("gateway.key"));
        PemIdentity.make("EC", home).write(files);
    }

    @AfterEach
    void close() {
        if (gateway != null) {
            gateway.close();
        }
    }

    private void start(LimitsConfig limits, String... proxies) throws IOException {
        gateway = new GuardedGateway(home, limits, Optional.of(files), proxies);
    }

    private SSLSocket connect() throws Exception {
        return PemIdentity.client(gateway.connectFrom("127.0.0.5"));
    }

    private X509Certificate shown() throws Exception {
        try (SSLSocket socket = connect()) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void anSv1MinerIsServed(String protocol) throws Exception {
        start(LimitsConfig.DEFAULT);
        try (SSLSocket miner = connect()) {
            miner.setEnabledProtocols(new String[] {protocol});
            say(miner, SUBSCRIBE);
            assertThat(isAnswered(miner)).isTrue();
            assertThat(miner.getSession().getProtocol()).isEqualTo(protocol);
        }
        assertThat(gateway.events(GatewayEvent.MinerConnected.class))
                .singleElement()
                .satisfies(connected -> assertThat(connected.remoteAddress()).isEqualTo("127.0.0.5"));
    }

    @Test
    void plainTextIsRefusedWithAReasonThatSaysSo() throws Exception {
        start(LimitsConfig.DEFAULT);
        try (Socket miner = gateway.connectFrom("127.0.0.5")) {
            say(miner, SUBSCRIBE);
            assertThat(isAnswered(miner)).isFalse();
        }
        gateway.awaitClosed("plain-text-on-tls-port", 1);
        assertThat(gateway.events(GatewayEvent.MinerDisconnected.class)
                        .getLast()
                        .detail())
                .isEqualTo("this port speaks TLS only: use stratum+ssl://");
    }

    @Test
    void aClientThatDoesNotTrustTheCertificateIsCountedAsSuch() throws Exception {
        start(LimitsConfig.DEFAULT);
        try (SSLSocket miner = PemIdentity.distrustingClient(gateway.connectFrom("127.0.0.5"))) {
            assertThatThrownBy(miner::startHandshake).isInstanceOf(SSLException.class);
        }
        gateway.awaitClosed("tls-failed", 1);
    }

    @Test
    void whoeverDoesNotBeginOrFinishTheHandshakeIsClosedAtTheDeadline() throws Exception {
        start(HASTY);
        try (Socket silent = gateway.connectFrom("127.0.0.5");
                Socket half = gateway.connectFrom("127.0.0.6")) {
            say(half, new byte[] {0x16, 0x03, 0x01, 0x01, 0x00});
            assertThat(isAnswered(silent)).isFalse();
            assertThat(isAnswered(half)).isFalse();
        }
        assertThat(gateway.gateway().settledSnapshot().connections()).isZero();
    }

    @Test
    void behindALoadBalancerTlsBeginsBehindTheHeader() throws Exception {
        start(LimitsConfig.DEFAULT, "127.0.0.5");
        Socket plain = gateway.connectFrom("127.0.0.5");
        say(plain, "PROXY TCP4 198.51.100.7 10.0.0.1 5000 3333\r\n");
        try (SSLSocket miner = PemIdentity.client(plain)) {
            say(miner, SUBSCRIBE);
            assertThat(isAnswered(miner)).isTrue();
        }
        assertThat(gateway.events(GatewayEvent.MinerConnected.class))
                .singleElement()
                .satisfies(connected -> assertThat(connected.remoteAddress()).isEqualTo("198.51.100.7"));
    }

    @Test
    void aNewCertificateIsShownToThoseWhoComeLaterAndTheOthersAreNotDisturbed() throws Exception {
        start(LimitsConfig.DEFAULT);
        X509Certificate before = shown();
        try (SSLSocket miner = connect()) {
            say(miner, SUBSCRIBE);
            assertThat(isAnswered(miner)).isTrue();
            PemIdentity.make("RSA", home).write(files);
            assertThat(gateway.gateway().reloadCertificates()).isEmpty();
            assertThat(shown()).isNotEqualTo(before);
            say(miner, "{\"id\":2,\"method\":\"mining.ping\",\"params\":[]}\n");
            miner.getInputStream().skipNBytes(100);
        }
    }

    @Test
    void aBadNewCertificateKeepsTheOldOneAndSaysWhy() throws Exception {
        start(LimitsConfig.DEFAULT);
        X509Certificate before = shown();
        String goodKey = Files.readString(files.key());

        PemIdentity.make("EC", home).write(new TlsFiles(files.certificate(), home.resolve("other.key")));
        assertRejected("gateway.key is not the key of the certificate in ");
        PemIdentity.make("RSA", home).write(new TlsFiles(files.certificate(), home.resolve("other.key")));
        assertRejected("gateway.key is not the key of the certificate, which is for RSA");
        Files.writeString(files.key(), goodKey.replace("PRIVATE KEY", "EC PRIVATE KEY"));
        assertRejected("make one with openssl pkcs8 -topk8 -nocrypt");
        Files.writeString(files.certificate(), "no certificate", StandardCharsets.US_ASCII);
        assertRejected("gateway.crt");
        Files.delete(files.certificate());
        assertRejected("gateway.crt");
        assertThat(shown()).isEqualTo(before);
    }

    private void assertRejected(String reason) {
        assertThat(gateway.gateway().reloadCertificates())
                .hasSize(1)
                .hasEntrySatisfying("default", said -> assertThat(said).contains(reason));
    }

    @Test
    void aBadCertificateAtTheStartLeavesNothingRunning() throws Exception {
        Files.writeString(files.key(), "");
        assertThatThrownBy(() -> start(LimitsConfig.DEFAULT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("gateway.key has no private key in PKCS#8");
    }
}
