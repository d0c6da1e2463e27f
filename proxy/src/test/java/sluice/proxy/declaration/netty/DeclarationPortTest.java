package sluice.proxy.declaration.netty;

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
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.NoiseHandshake;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.proxy.declaration.DeclaredJobs;
import sluice.proxy.declaration.PoolPayout;
import sluice.upstream.netty.CertificateIssuer;
import sluice.upstream.netty.EphemeralKeys;
import sluice.upstream.netty.HandshakeSettings;
import sluice.upstream.netty.HandshakeWorkers;
import sluice.upstream.netty.LocalTemplateSource;
import sluice.upstream.netty.Transport;
import sluice.upstream.template.SimulatedChain;

@Timeout(60)
class DeclarationPortTest {
    private static final InstantSource CLOCK = InstantSource.system();

    private final EventLoopGroup loops = Transport.best().newEventLoops(1, "declaration-port-test");
    private final ExecutorService workers = HandshakeWorkers.start(1);
    private final List<Socket> sockets = new ArrayList<>();
    private DeclarationPort port;

    @BeforeEach
    void start() throws IOException {
        port = port(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        port.open();
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        port.close("test is over").syncUninterruptibly();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        workers.shutdownNow();
    }

    @Test
    void letsSoManyClientsInAndClosesOneMoreAtOnce() throws Exception {
        EphemeralKeys keys = new EphemeralKeys(Secp256k1.best(), new SecureRandom());
        for (int i = 0; i < DeclarationPort.MAX_CLIENTS; i++) {
            Socket socket = connect();
            socket.getOutputStream()
                    .write(NoiseHandshake.initiator(Secp256k1.best(), keys.get())
                            .act1());
            assertThat(socket.getInputStream().readNBytes(NoiseHandshake.ACT2_LENGTH))
                    .hasSize(NoiseHandshake.ACT2_LENGTH);
        }

        assertThat(connect().getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void takesWhateverBelongsToABlock() {
        int transactions = Block.MAX_WEIGHT / 240;
        int largestAnswer = 4 + 2 + Block.MAX_WEIGHT + 3 * transactions;

        assertThat(DeclarationPort.MAX_PAYLOAD).isGreaterThan(largestAnswer).isLessThan(largestAnswer + 200_000);
    }

    @Test
    void namesTheAddressThatItCannotHave() {
        DeclarationPort second = port(port.address());

        assertThatThrownBy(second::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "cannot listen on 127.0.0.1:" + port.address().getPort());
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(port.address().getAddress(), port.address().getPort());
        sockets.add(socket);
        return socket;
    }

    private DeclarationPort port(InetSocketAddress listen) {
        Secp256k1 engine = Secp256k1.best();
        SecureRandom random = new SecureRandom();
        EphemeralKeys keys = new EphemeralKeys(engine, random);
        byte[] authority = new byte[AuthoritySecretKey.LENGTH];
        Arrays.fill(authority, (byte) 5);
        EventLoop loop = loops.next();
        return new DeclarationPort(
                listen,
                loop,
                new HandshakeSettings(engine, keys, workers, Duration.ofSeconds(10), DeclarationPort.MAX_PAYLOAD),
                new CertificateIssuer(
                        engine, AuthoritySecretKey.of(authority), keys.get(), Duration.ofDays(1), CLOCK, random),
                new LocalTemplateSource(
                        loop,
                        new SimulatedChain(
                                SimulatedChain.Settings.regtest(Duration.ofHours(1)),
                                new SplittableRandom(3),
                                CLOCK.instant()),
                        CLOCK),
                new DeclaredJobs(new PoolPayout(Bytes.fromHex("51"))),
                block -> {},
                CLOCK);
    }
}
