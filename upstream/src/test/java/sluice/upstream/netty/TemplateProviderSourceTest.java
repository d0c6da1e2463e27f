package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.time.Duration;
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
import sluice.config.Sv2PoolAddress;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.template.CoinbaseOutputConstraints;
import sluice.protocol.sv2.message.template.NewTemplate;
import sluice.protocol.sv2.message.template.RequestTransactionData;
import sluice.protocol.sv2.message.template.SetNewPrevHash;
import sluice.protocol.sv2.message.template.SubmitSolution;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.upstream.failover.Backoff;
import sluice.upstream.provider.TemplateProviderSettings;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict.Outcome;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;

class TemplateProviderSourceTest {
    private static final AuthoritySecretKey AUTHORITY = HandshakeFixture.authority(21);
    private static final Hash256 TIP = Hash256.fromHex("11".repeat(32));
    private static final long NBITS = 0x207fffffL;

    private final EventLoopGroup loops = Transport.best().newEventLoops(2, "provider-test");
    private final ExecutorService workers = HandshakeWorkers.start(2);
    private final BlockingQueue<TemplateEvent> events = new LinkedBlockingQueue<>();
    private final EventLoop loop = loops.next();
    private ScriptedPool provider;
    private TemplateProviderSource source;

    @BeforeEach
    void start() {
        provider = new ScriptedPool(loops, workers, AUTHORITY);
        source = new TemplateProviderSource(
                new TemplateProviderSettings(
                        "provider",
                        new Sv2PoolAddress(
                                InetAddress.getLoopbackAddress().getHostAddress(),
                                provider.port(),
                                Optional.of(HandshakeFixture.publicKey(AUTHORITY))),
                        new CoinbaseReserve(31, 0),
                        "test"),
                loop,
                HandshakeFixture.settings(workers),
                InstantSource.system(),
                new Dialling(
                        HostResolver.ofSystem(),
                        StepTimeouts.DEFAULT,
                        new Backoff(Duration.ofMillis(10), Duration.ofMillis(20), new SplittableRandom(1))));
        loop.execute(() -> source.start(events::add));
    }

    @AfterEach
    void stop() {
        provider.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        workers.shutdownNow();
    }

    @Test
    void hasTemplatesFromTheFirstMessageToTheBlock() throws Exception {
        ScriptedPool.Peer peer = serve(1);
        Template template = next(TemplateEvent.NewTip.class).template();
        BlockSolution block = solve(template);

        send(new TemplateCommand.SubmitBlock(block));

        assertThat(peer.next(SubmitSolution.class).coinbaseTx()).isEqualTo(block.coinbase());
        peer.send(template(2)).send(tip(2, block.hash()));
        assertThat(next(TemplateEvent.BlockJudged.class).verdict().outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(next(TemplateEvent.NewTip.class).template().tip().prevHash()).isEqualTo(block.hash());
    }

    @Test
    void comesBackAfterTheProviderHungUp() throws Exception {
        serve(1).hangUp();
        next(TemplateEvent.NewTip.class);
        assertThat(next(TemplateEvent.Unavailable.class).reason())
                .isEqualTo("the template provider closed the connection");

        serve(1);

        assertThat(next(TemplateEvent.NewTip.class).template().id()).isEqualTo(2);
    }

    @Test
    void saysWhyEachAttemptFailedWhileNobodyIsThere() throws Exception {
        ScriptedPool.Peer peer = serve(1);
        next(TemplateEvent.NewTip.class);
        int port = provider.port();
        provider.close();
        peer.hangUp();
        next(TemplateEvent.Unavailable.class);

        assertThat(next(TemplateEvent.Unavailable.class).reason()).endsWith("refused by 127.0.0.1:" + port);
        assertThat(next(TemplateEvent.Unavailable.class).reason()).endsWith("refused by 127.0.0.1:" + port);
    }

    @Test
    void bringsABlockThatWasFoundInBetweenToTheNextConnection() throws Exception {
        serve(7).hangUp();
        Template template = next(TemplateEvent.NewTip.class).template();
        next(TemplateEvent.Unavailable.class);
        send(new TemplateCommand.SubmitBlock(solve(template)));

        ScriptedPool.Peer again = provider.accept();
        again.next(SetupConnection.class);
        again.send(new SetupConnectionSuccess(2, 0));

        again.next(CoinbaseOutputConstraints.class);
        assertThat(again.next(SubmitSolution.class).templateId()).isEqualTo(7);
    }

    @Test
    void takesALastBlockWhenItIsClosedAndStaysAway() throws Exception {
        ScriptedPool.Peer peer = serve(1);
        Template template = next(TemplateEvent.NewTip.class).template();

        send(new TemplateCommand.Close("switched"));
        send(new TemplateCommand.SubmitBlock(solve(template)));

        peer.next(SubmitSolution.class);
        assertThat(peer.isHungUpOn()).isTrue();
        assertThat(provider.isDialledWithin(300)).isFalse();
        assertThat(events).isEmpty();
    }

    @Test
    void closesAtOnceWhatWasNeverOpen() throws Exception {
        ScriptedPool.Peer peer = provider.accept();
        peer.next(SetupConnection.class);
        peer.hangUp();
        next(TemplateEvent.Unavailable.class);

        send(new TemplateCommand.Close("switched"));

        assertThat(events).isEmpty();
    }

    private ScriptedPool.Peer serve(long templateId) throws InterruptedException {
        ScriptedPool.Peer peer = provider.accept();
        peer.next(SetupConnection.class);
        peer.send(new SetupConnectionSuccess(2, 0));
        assertThat(peer.next(CoinbaseOutputConstraints.class)).isEqualTo(new CoinbaseOutputConstraints(31, 0));
        peer.send(template(templateId)).send(tip(templateId, TIP));
        assertThat(peer.next(RequestTransactionData.class).templateId()).isEqualTo(templateId);
        return peer;
    }

    private static NewTemplate template(long id) {
        return new NewTemplate(
                id,
                true,
                0x20000000L,
                2,
                Bytes.fromHex("029700"),
                0xfffffffeL,
                5_000_000_000L,
                0,
                Bytes.EMPTY,
                150,
                List.of());
    }

    private static SetNewPrevHash tip(long templateId, Hash256 prevHash) {
        return new SetNewPrevHash(
                templateId,
                prevHash,
                InstantSource.system().instant().getEpochSecond(),
                NBITS,
                Target.ofCompact(NBITS));
    }

    private static BlockSolution solve(Template template) {
        Coinbase coinbase = template.coinbase().payingTo(Script.p2wpkh(Bytes.zeros(20)), Bytes.EMPTY, 4);
        Bytes extranonce = Bytes.zeros(4);
        BlockHeader header = new BlockHeader(
                template.version(),
                template.tip().prevHash(),
                template.merklePath().root(coinbase.txid(extranonce)),
                template.curTime(),
                template.tip().nbits(),
                0);
        return new BlockSolution(
                1,
                template.id(),
                template.height(),
                header.hash(),
                header,
                coinbase.full(extranonce),
                Optional.empty(),
                "farm.one");
    }

    private void send(TemplateCommand command) {
        loop.execute(() -> source.send(command));
    }

    private <T extends TemplateEvent> T next(Class<T> type) throws InterruptedException {
        TemplateEvent event = events.poll(20, TimeUnit.SECONDS);
        if (!type.isInstance(event)) {
            throw new AssertionError("expected " + type.getSimpleName() + ", got " + event);
        }
        return type.cast(event);
    }
}
