package sluice.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.proxy.miner.CpuMinerConfig;
import sluice.proxy.miner.MinerProtocol;
import sluice.proxy.miner.netty.CpuMiner;
import sluice.proxy.provider.netty.TemplateServer;
import sluice.proxy.provider.netty.TemplateServerSettings;
import sluice.proxy.provider.netty.TemplateSourceFactory;
import sluice.upstream.netty.LocalTemplateSource;
import sluice.upstream.netty.Transport;
import sluice.upstream.template.BlockVerdict.Outcome;
import sluice.upstream.template.SimulatedChain;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

/** The reference implementation's pool, which has our template port for its provider, and a miner of ours at that pool. */
@Tag("interop")
@Timeout(240)
class PoolTemplatesInteropTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int ENOUGH_SHARES = 5;
    private static final int ENOUGH_BLOCKS = 3;
    private static final InstantSource CLOCK = InstantSource.system();
    /** The pair that the pool's own example configuration has. */
    private static final String POOL_KEY = "9auqWEzQDVyd2oe1JVGFLMLHZtCo2FFqZwtKA5gd9xbuEu7PH72";

    private static final String POOL_SECRET = "mkDLTBBRxdBv998612qipDYoTK3YUrqLe8uWw7gu3iXbSrn2n";

    @RegisterExtension
    final ReferenceProcesses processes = new ReferenceProcesses();

    @TempDir
    Path home;

    private final EventLoopGroup loops = Transport.best().newEventLoops(1, "interop-miner");
    private final AtomicInteger accepted = new AtomicInteger();
    private final Queue<TemplateEvent.BlockJudged> refused = new ConcurrentLinkedQueue<>();
    private TemplateServer templates;
    private CpuMiner miner;

    @AfterEach
    void stop() {
        if (miner != null) {
            miner.close();
        }
        if (templates != null) {
            templates.close();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void takesTemplatesFromUsAndItsBlocksAreGoodOnes() throws Exception {
        ReferenceProgram.POOL.require();
        templates = TemplateServer.start(
                new TemplateServerSettings(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), freshKey(), 4),
                new WatchedChain(),
                CLOCK);
        int port = FreePort.choose();
        Path config = Files.writeString(home.resolve("pool.toml"), config(port));
        ReferenceProcess pool = processes.start(ReferenceProgram.POOL, home, List.of("-c", config.toString()));
        miner = CpuMiner.start(
                new CpuMinerConfig(
                        MinerProtocol.SV2_EXTENDED,
                        InetAddress.getLoopbackAddress().getHostAddress(),
                        port,
                        new ServerTrust.SignedBy(AuthorityKey.parse(POOL_KEY)),
                        "farm.rig1",
                        "x",
                        1,
                        0.3,
                        OptionalDouble.empty(),
                        OptionalDouble.of(50_000)),
                loops);

        await("shares, and blocks that our chain takes")
                .atMost(PATIENCE)
                .until(() -> !pool.isAlive()
                        || (miner.report().accepted() >= ENOUGH_SHARES && accepted.get() >= ENOUGH_BLOCKS));

        assertThat(pool.isAlive()).isTrue();
        assertThat(miner.report().chainTips()).isGreaterThan(1);
        assertThat(refused).isEmpty();
    }

    private String config(int port) throws IOException {
        return """
                authority_public_key = "%s"
                authority_secret_key = "%s"
                cert_validity_sec = 3600
                listen_address = "127.0.0.1:%d"
                coinbase_reward_script = "addr(bc1qtzqxqaxyy6lda2fhdtp5dp0v56vlf6g0tljy2x)"
                server_id = 1
                pool_signature = "interop"
                shares_per_minute = 60.0
                share_batch_size = 1

                [template_provider_type.Sv2Tp]
                address = "127.0.0.1:%d"
                public_key = "%s"
                """.formatted(
                        POOL_KEY,
                        POOL_SECRET,
                        port,
                        templates.address().getPort(),
                        templates.authorityKey().text());
    }

    private static AuthoritySecretKey freshKey() {
        byte[] secret = new byte[AuthoritySecretKey.LENGTH];
        new SecureRandom().nextBytes(secret);
        return AuthoritySecretKey.of(secret);
    }

    /** A chain on which a processor finds a block every second or so, and a count of what it says to blocks. */
    private final class WatchedChain implements TemplateSourceFactory {
        @Override
        public TemplateSource create(EventLoop loop, Executor handshakes) {
            Target target = Target.ofCompact(0x1f00ffffL);
            TemplateSource chain = new LocalTemplateSource(
                    loop,
                    new SimulatedChain(
                            SimulatedChain.Settings.constant(target, Duration.ofSeconds(1)),
                            new SplittableRandom(5),
                            CLOCK.instant()),
                    CLOCK);
            return new TemplateSource() {
                @Override
                public void start(Consumer<TemplateEvent> events) {
                    chain.start(event -> {
                        if (event instanceof TemplateEvent.BlockJudged judged) {
                            if (judged.verdict().outcome() == Outcome.REJECTED) {
                                refused.add(judged);
                            } else {
                                accepted.incrementAndGet();
                            }
                        }
                        events.accept(event);
                    });
                }

                @Override
                public void send(TemplateCommand command) {
                    chain.send(command);
                }
            };
        }
    }
}
