package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import sluice.config.Sv2PoolAddress;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.sv2.message.MessageType;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.template.SubmitSolution;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.EllSwiftKeyPair;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.protocol.sv2.wire.Limits;
import sluice.upstream.failover.Backoff;
import sluice.upstream.provider.RecordedSession;
import sluice.upstream.provider.RecordedSession.Said;
import sluice.upstream.provider.TemplateProviderSettings;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;

/**
 * The recorded bytes of sv2-tp over a real socket. With the recorded ephemeral key our client has the recorded cipher keys, so
 * what it says in the recording client's words has the recording client's very bytes.
 */
@Timeout(60)
class RecordedProviderOverLoopbackTest {
    private static final String ALL = "sluice.upstream.provider.RecordedSession#NAMES";
    private static final int SEALED_HEADER = 22;
    private static final int TAG = 16;
    private static final int FRAME_HEADER = 6;

    private final EventLoopGroup loops = Transport.best().newEventLoops(1, "recorded-test");
    private final ExecutorService workers = HandshakeWorkers.start(1);
    private final BlockingQueue<TemplateEvent> events = new LinkedBlockingQueue<>();
    private final EventLoop loop = loops.next();
    private ServerSocket listening;
    private TemplateProviderSource source;

    @BeforeEach
    void listen() throws IOException {
        listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        listening.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        workers.shutdownNow();
    }

    @ParameterizedTest
    @FieldSource(ALL)
    void everythingThatWasRecordedIsUnderstood(String name) throws Exception {
        RecordedSession session = RecordedSession.of(name);
        dial(session, new CoinbaseReserve(200, 4));
        try (Socket client = accept(session)) {
            skipSetup(new DataInputStream(client.getInputStream()));
            for (Said said : session.frames()) {
                if (said.byProvider()) {
                    client.getOutputStream().write(said.wire());
                }
            }
            client.shutdownOutput();

            TemplateEvent last = await(TemplateEvent.Unavailable.class);

            // Its own word where it refused us; if not, that it hung up on a client that had done nothing wrong.
            String refusal = "the template provider refused the setup: ";
            assertThat(((TemplateEvent.Unavailable) last).reason())
                    .isIn(
                            refusal + "unsupported-protocol",
                            refusal + "protocol-version-mismatch",
                            "the template provider closed the connection");
        }
    }

    @Test
    void ourWordsHaveTheRecordedBytesUpToTheRecordersOwnProbe() throws Exception {
        RecordedSession session = RecordedSession.of("tdp_session_submit10");
        dial(session, new CoinbaseReserve(200, 4));
        try (Socket client = accept(session)) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            skipSetup(in);
            List<Said> recorded = session.frames();
            for (Said said : recorded.subList(1, 6)) {
                sayOrExpect(said, client.getOutputStream(), in);
            }

            // Template, tip: and the first request, byte for byte. Behind it the recorder asked for a template that
            // never was.
            assertThat(recorded.get(5).frame().messageType()).isEqualTo(MessageType.REQUEST_TRANSACTION_DATA.code());
            assertThat(events.take()).isInstanceOf(TemplateEvent.NewTip.class);
        }
    }

    @Test
    void aThousandTransactionsComeInSeveralChunksAndSolutionsHaveTheRecordedBytes() throws Exception {
        RecordedSession session = RecordedSession.of("tdp_session_1000tx_multichunk_and_bad_solutions");
        dial(session, new CoinbaseReserve(100, 1));
        try (Socket client = accept(session)) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            skipSetup(in);
            List<Said> recorded = session.frames();
            for (Said said : recorded.subList(1, 7)) {
                sayOrExpect(said, client.getOutputStream(), in);
            }
            Template template = ((TemplateEvent.NewTip) await(TemplateEvent.NewTip.class)).template();
            TemplateEvent.TransactionsArrived arrived =
                    (TemplateEvent.TransactionsArrived) await(TemplateEvent.TransactionsArrived.class);
            assertThat(arrived.transactions().raw()).hasSize(1_000);

            for (Said said : recorded.subList(7, 9)) {
                SubmitSolution solution =
                        (SubmitSolution) Sv2Codec.decode(said.frame()).orElseThrow();
                loop.execute(() -> source.send(new TemplateCommand.SubmitBlock(block(template, solution))));
                sayOrExpect(said, client.getOutputStream(), in);
            }
        }
    }

    private void sayOrExpect(Said said, OutputStream out, DataInputStream in) throws IOException {
        if (said.byProvider()) {
            out.write(said.wire());
        } else {
            byte[] ours = new byte[said.wire().length];
            in.readFully(ours);
            assertThat(ours).isEqualTo(said.wire());
        }
    }

    // It names its maker and version, so it differs, and has another length; one chunk it is in both.
    private static void skipSetup(DataInputStream in) throws IOException {
        int plain = FRAME_HEADER + 1 + 2 + 2 + 4;
        int strings =
                1 + "127.0.0.1".length() + 2 + 1 + "Sluice".length() + 1 + "gateway".length() + 1 + "test".length() + 1;
        in.skipNBytes(SEALED_HEADER + plain - FRAME_HEADER + strings + TAG);
    }

    private Socket accept(RecordedSession session) throws IOException {
        Socket client = listening.accept();
        byte[] act1 = client.getInputStream().readNBytes(64);
        assertThat(act1).isEqualTo(session.secret("initiator_ephemeral_ellswift"));
        client.getOutputStream().write(session.secret("msg2"));
        return client;
    }

    private void dial(RecordedSession session, CoinbaseReserve reserve) {
        Secp256k1 engine = Secp256k1.best();
        Instant then =
                Instant.ofEpochSecond(session.handshake().get("valid_from").asLong() + 3_600);
        source = new TemplateProviderSource(
                new TemplateProviderSettings(
                        "recorded",
                        new Sv2PoolAddress(
                                "127.0.0.1",
                                listening.getLocalPort(),
                                Optional.of(AuthorityKey.parse(session.authority()))),
                        reserve,
                        "test"),
                loop,
                new HandshakeSettings(
                        engine,
                        () -> EllSwiftKeyPair.of(
                                engine,
                                session.secret("initiator_ephemeral_priv"),
                                session.secret("initiator_ephemeral_ellswift")),
                        workers,
                        Duration.ofSeconds(10),
                        Limits.TEMPLATE_DISTRIBUTION_FROM_SERVER),
                InstantSource.fixed(then),
                new Dialling(
                        HostResolver.ofSystem(),
                        StepTimeouts.DEFAULT,
                        new Backoff(Duration.ofHours(1), Duration.ofHours(1), new SplittableRandom(1))));
        loop.execute(() -> source.start(events::add));
    }

    private TemplateEvent await(Class<? extends TemplateEvent> type) throws InterruptedException {
        TemplateEvent event = events.take();
        while (!type.isInstance(event)) {
            event = events.take();
        }
        return event;
    }

    private static BlockSolution block(Template template, SubmitSolution solution) {
        BlockHeader header = new BlockHeader(
                solution.version(),
                template.tip().prevHash(),
                template.merklePath()
                        .root(Transaction.parse(solution.coinbaseTx()).txid()),
                solution.headerTimestamp(),
                template.tip().nbits(),
                solution.headerNonce());
        return new BlockSolution(
                1,
                template.id(),
                template.height(),
                header.hash(),
                header,
                solution.coinbaseTx(),
                Optional.<Bytes>empty(),
                "farm.one");
    }
}
