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
import org.junit.jupiter.api.Test;
import sluice.config.Sv2PoolAddress;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobError;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobSuccess;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.failover.Backoff;
import sluice.upstream.session.CustomJobAnswer;
import sluice.upstream.session.PayoutCheck;
import sluice.upstream.session.PoolPatience;
import sluice.upstream.session.PoolSettings;

class CustomJobsAtPoolTest {
    private static final AuthoritySecretKey AUTHORITY = HandshakeFixture.authority(11);

    private final EventLoopGroup loops = Transport.best().newEventLoops(2, "custom-jobs-test");
    private final ExecutorService workers = HandshakeWorkers.start(2);
    private final EventLoop loop = loops.next();
    private final ScriptedPool pool = new ScriptedPool(loops, workers, AUTHORITY);
    private final BlockingQueue<UpstreamEvent> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<CustomJobAnswer> answers = new LinkedBlockingQueue<>();
    private final Backoff backoff = new Backoff(Duration.ofMillis(1), Duration.ofHours(1), new SplittableRandom(1));
    private final PoolConnection connection = new PoolConnection(
            new Sv2PoolAddress(
                    InetAddress.getLoopbackAddress().getHostAddress(),
                    pool.port(),
                    Optional.of(HandshakeFixture.publicKey(AUTHORITY))),
            new PoolSettings(
                    "scripted", "farm.one", Target.MAX, false, "test", PoolPatience.DEFAULT, PayoutCheck.NONE, true),
            loop,
            workers,
            InstantSource.system(),
            new SecureRandom(),
            new Dialling(HostResolver.ofSystem(), StepTimeouts.DEFAULT, backoff));

    @AfterEach
    void stop() {
        pool.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        workers.shutdownNow();
    }

    @Test
    void goToThePoolAndItsWordComesBack() throws Exception {
        ScriptedPool.Peer peer = open();

        loop.execute(() -> connection.submit(customJob(41)));
        peer.send(new SetCustomMiningJobSuccess(
                ScriptedPool.CHANNEL, peer.next(SetCustomMiningJob.class).requestId(), 77));
        assertThat(nextAnswer()).isEqualTo(new CustomJobAnswer.Taken(41, 77));

        loop.execute(() -> connection.submit(customJob(42)));
        peer.send(new SetCustomMiningJobError(
                ScriptedPool.CHANNEL, peer.next(SetCustomMiningJob.class).requestId(), "stale-chain-tip"));
        assertThat(nextAnswer()).isEqualTo(new CustomJobAnswer.Refused(42, "stale-chain-tip"));
    }

    @Test
    void showThatThePoolIsOfUseWhenItTakesOne() throws Exception {
        for (int attempt = 0; attempt < 40; attempt++) {
            backoff.next();
        }
        ScriptedPool.Peer peer = open();

        loop.execute(() -> connection.submit(customJob(41)));
        peer.send(new SetCustomMiningJobSuccess(
                ScriptedPool.CHANNEL, peer.next(SetCustomMiningJob.class).requestId(), 77));
        nextAnswer();

        assertThat(loop.submit(backoff::next).get(20, TimeUnit.SECONDS)).isLessThanOrEqualTo(Duration.ofMillis(1));
    }

    @Test
    void areNotAnsweredOnceTheConnectionIsClosedByUs() throws Exception {
        open();

        loop.submit(() -> {
                    connection.send(new UpstreamCommand.Close("done"));
                    connection.submit(customJob(41));
                })
                .get(20, TimeUnit.SECONDS);

        assertThat(events.poll(20, TimeUnit.SECONDS)).isInstanceOf(UpstreamEvent.Lost.class);
        assertThat(answers).isEmpty();
    }

    private ScriptedPool.Peer open() throws InterruptedException {
        loop.execute(() -> connection.start(events::add, answers::add));
        ScriptedPool.Peer peer = pool.accept();
        peer.next(SetupConnection.class);
        peer.send(new SetupConnectionSuccess(2, 0b10));
        OpenExtendedMiningChannel open = peer.next(OpenExtendedMiningChannel.class);
        peer.send(new OpenExtendedMiningChannelSuccess(
                open.requestId(),
                ScriptedPool.CHANNEL,
                Target.DIFFICULTY_1,
                open.minExtranonceSize(),
                Bytes.fromHex("a1a2"),
                1));
        assertThat(events.poll(20, TimeUnit.SECONDS)).isInstanceOf(UpstreamEvent.ChannelOpened.class);
        return peer;
    }

    private CustomJobAnswer nextAnswer() throws InterruptedException {
        return answers.poll(20, TimeUnit.SECONDS);
    }

    private static SetCustomMiningJob customJob(long id) {
        return new SetCustomMiningJob(
                0,
                id,
                Bytes.fromHex("70"),
                0x20000000L,
                Hash256.ZERO,
                1_745_596_971L,
                0x1b00d7c0L,
                2,
                Bytes.fromHex("5100"),
                0xfffffffeL,
                Bytes.fromHex("00"),
                0,
                List.of());
    }
}
