package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.security.SecureRandom;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import sluice.config.DeclarationMode;
import sluice.config.Sv2PoolAddress;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobToken;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobTokenSuccess;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJob;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobSuccess;
import sluice.protocol.sv2.message.jobdeclaration.PushSolution;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobSuccess;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamCommand.SubmitShare;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.declaration.CustomJobs;
import sluice.upstream.declaration.CustomJobsSettings;
import sluice.upstream.declaration.DeclaratorSettings;
import sluice.upstream.failover.Backoff;
import sluice.upstream.session.PayoutCheck;
import sluice.upstream.session.PoolPatience;
import sluice.upstream.session.PoolSettings;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.SimulatedChain;
import sluice.upstream.template.SoloMiner;

class DeclaringUpstreamTest {
    private static final AuthoritySecretKey AUTHORITY = HandshakeFixture.authority(41);
    private static final String HOST = InetAddress.getLoopbackAddress().getHostAddress();
    private static final Bytes OUTPUTS = TxOut.serialiseList(List.of(new TxOut(0, Script.p2wpkh(Bytes.zeros(20)))));
    private static final long JOB_AT_POOL = 777;

    private final EventLoopGroup loops = Transport.best().newEventLoops(2, "declaring-test");
    private final ExecutorService workers = HandshakeWorkers.start(2);
    private final EventLoop loop = loops.next();
    private final InstantSource clock = InstantSource.system();
    private final ScriptedPool pool = new ScriptedPool(loops, workers, AUTHORITY);
    private final ScriptedPool server = new ScriptedPool(loops, workers, AUTHORITY);
    private final SimulatedChain chain = new SimulatedChain(
            SimulatedChain.Settings.regtest(Duration.ofHours(1)), new SplittableRandom(3), clock.instant());
    private final BlockingQueue<UpstreamEvent> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<BlockSolution> blocks = new LinkedBlockingQueue<>();
    private final BlockingQueue<Runnable> recorded = new LinkedBlockingQueue<>();
    private final SoloMiner miner = new SoloMiner();
    private DeclaringUpstream upstream;
    private ScriptedPool.Peer atPool;
    private ScriptedPool.Peer atServer;

    @BeforeEach
    void start() throws Exception {
        PoolSettings settings = new PoolSettings(
                "declared", "farm.one", Target.MAX, false, "test", PoolPatience.DEFAULT, PayoutCheck.NONE, true);
        upstream = new DeclaringUpstream(
                loop,
                new PoolConnection(address(pool), settings, loop, workers, clock, new SecureRandom(), dialling()),
                new JobDeclarator(
                        new DeclaratorSettings(
                                "declared", address(server), "farm.one", DeclarationMode.FULL_TEMPLATE, "test"),
                        loop,
                        workers,
                        clock,
                        new SecureRandom(),
                        dialling()),
                new LocalTemplateSource(loop, chain, clock),
                new CustomJobs(new CustomJobsSettings(
                        "declared", DeclarationMode.FULL_TEMPLATE, Bytes.EMPTY, PayoutCheck.NONE)),
                clock,
                (block, merklePath, kept) -> {
                    blocks.add(block);
                    recorded.add(kept);
                });
        loop.execute(() -> upstream.start(event -> {
            miner.follow(event);
            events.add(event);
        }));
        atPool = pool.accept();
        atPool.next(SetupConnection.class);
        atPool.send(new SetupConnectionSuccess(2, 0b10));
        OpenExtendedMiningChannel open = atPool.next(OpenExtendedMiningChannel.class);
        atPool.send(new OpenExtendedMiningChannelSuccess(
                open.requestId(),
                ScriptedPool.CHANNEL,
                Target.ofCompact(0x207fffffL),
                open.minExtranonceSize(),
                Bytes.fromHex("a1a2"),
                1));
        atServer = server.accept();
        atServer.next(SetupConnection.class);
        atServer.send(new SetupConnectionSuccess(2, 0));
    }

    private static Dialling dialling() {
        return new Dialling(
                HostResolver.ofSystem(),
                StepTimeouts.DEFAULT,
                new Backoff(Duration.ofMillis(10), Duration.ofMillis(20), new SplittableRandom(1)));
    }

    private static Sv2PoolAddress address(ScriptedPool of) {
        return new Sv2PoolAddress(HOST, of.port(), Optional.of(HandshakeFixture.publicKey(AUTHORITY)));
    }

    @AfterEach
    void stop() {
        pool.close();
        server.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        workers.shutdownNow();
    }

    @Test
    @Tag("JDC-14")
    void minesADeclaredJobUpToItsBlock() throws Exception {
        openChannel();

        SubmitShare share = solve();
        BlockSolution block = blocks.poll(20, TimeUnit.SECONDS);
        assertThat(Block.parse(block.block().orElseThrow()).hash()).isEqualTo(block.hash());
        assertThat(loop.submit(() -> chain.submit(block.block().orElseThrow(), clock.instant()))
                        .get()
                        .reason())
                .isEmpty();
        loop.execute(recorded.poll(20, TimeUnit.SECONDS));
        assertThat(nextBut(AllocateMiningJobToken.class, PushSolution.class).nonce())
                .isEqualTo(share.nonce());
        SubmitSharesExtended sent = atPool.next(SubmitSharesExtended.class);
        assertThat(sent.jobId()).isEqualTo(JOB_AT_POOL);
        assertThat(sent.extranonce()).isEqualTo(share.extranonce());

        atPool.send(new SubmitSharesSuccess(ScriptedPool.CHANNEL, sent.sequenceNumber(), 1, 1));
        assertThat(next(UpstreamEvent.SharesAccepted.class).lastSequence()).isEqualTo(share.sequence());
    }

    @Test
    void closesBothConnectionsAndHasOneLastWord() throws Exception {
        openChannel();

        loop.execute(() -> upstream.send(new UpstreamCommand.Close("switched")));

        assertThat(next(UpstreamEvent.Lost.class).reason()).isEqualTo("closed by us: switched");
        atPool.next(CloseChannel.class);
        assertThat(atPool.isHungUpOn()).isTrue();
        assertThat(atServer.isHungUpOn()).isTrue();
        assertThat(events).isEmpty();
    }

    private void openChannel() throws InterruptedException {
        AllocateMiningJobToken asked = atServer.next(AllocateMiningJobToken.class);
        atServer.send(new AllocateMiningJobTokenSuccess(asked.requestId(), Bytes.fromHex("01"), OUTPUTS));
        DeclareMiningJob declared = nextBut(AllocateMiningJobToken.class, DeclareMiningJob.class);
        atServer.send(new DeclareMiningJobSuccess(declared.requestId(), Bytes.fromHex("02")));
        SetCustomMiningJob given = atPool.next(SetCustomMiningJob.class);
        assertThat(given.miningJobToken()).isEqualTo(Bytes.fromHex("02"));
        atPool.send(new SetCustomMiningJobSuccess(ScriptedPool.CHANNEL, given.requestId(), JOB_AT_POOL));
        next(UpstreamEvent.ChannelOpened.class);
        next(UpstreamEvent.JobAnnounced.class);
        next(UpstreamEvent.TipChanged.class);
    }

    private SubmitShare solve() throws Exception {
        return loop.submit(() -> {
                    SubmitShare share =
                            miner.solve(miner.active(), chain.current().networkTarget());
                    upstream.send(share);
                    return share;
                })
                .get(20, TimeUnit.SECONDS);
    }

    /** What the server hears next, but for messages of one kind. */
    private <T extends Sv2Message> T nextBut(Class<?> but, Class<T> type) throws InterruptedException {
        Sv2Message message = atServer.next();
        while (but.isInstance(message)) {
            message = atServer.next();
        }
        return type.cast(message);
    }

    private <T extends UpstreamEvent> T next(Class<T> type) throws InterruptedException {
        UpstreamEvent event = events.poll(20, TimeUnit.SECONDS);
        if (!type.isInstance(event)) {
            throw new AssertionError("expected " + type.getSimpleName() + ", got " + event);
        }
        return type.cast(event);
    }
}
