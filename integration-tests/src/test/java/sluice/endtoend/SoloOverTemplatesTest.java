package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.Sv2PoolAddress;
import sluice.endtoend.netty.BufferLeaks;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.TxOut;
import sluice.proxy.block.BlockFiles;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.UpstreamFactory;
import sluice.proxy.provider.netty.TemplateServer;
import sluice.proxy.provider.netty.TemplateServerSettings;
import sluice.proxy.view.FarmSnapshot;
import sluice.upstream.Upstream;
import sluice.upstream.netty.LocalTemplateSource;
import sluice.upstream.netty.TemplateProviderSource;
import sluice.upstream.netty.TemplateUpstream;
import sluice.upstream.provider.TemplateProviderSettings;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.SimulatedChain;
import sluice.upstream.template.SoloSession;

/** Miners of both protocols, a gateway that mines solo, and a template provider that it gets its templates from. */
@Timeout(120)
class SoloOverTemplatesTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Bytes PAYOUT = Script.p2wpkh(Bytes.zeros(20));
    private static final Bytes TAG = Bytes.of("/solo/".getBytes(StandardCharsets.US_ASCII));
    private static final int ENOUGH_BLOCKS = 3;

    @TempDir
    private Path directory;

    private final ExecutorService disk = Executors.newSingleThreadExecutor();
    private TemplateServer provider;
    private Gateway gateway;

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.close();
        }
        if (provider != null) {
            provider.close();
        }
        disk.shutdown();
    }

    @Test
    @Tag("TDP-8")
    @Tag("TPS-7")
    void theBlocksOfTheMinersAreTakenAndWhole() throws Exception {
        BufferLeaks.watch();
        // Blocks are quick enough for a slow machine, and rare enough that a block is nobody's every share.
        Target target = Target.ofCompact(0x1f00ffffL);
        SimulatedChain.Settings chain =
                new SimulatedChain.Settings(Duration.ofHours(1), target, target, 20, Duration.ofMillis(500));
        provider = TemplateServer.start(
                new TemplateServerSettings(loopback(0), Farm.freshKey(), 4),
                (loop, handshakes) -> new LocalTemplateSource(
                        loop, new SimulatedChain(chain, new SplittableRandom(11), CLOCK.instant()), CLOCK),
                CLOCK);
        gateway = Gateway.start(
                new GatewaySettings(
                        "solo",
                        loopback(0),
                        Farm.freshKey(),
                        Farm.Plan.ONE_DIFFICULTY,
                        LimitsConfig.DEFAULT,
                        Sv1Config.DEFAULT,
                        directory.resolve("gateway"),
                        1),
                new Solo(),
                CLOCK,
                List.of());

        try (HonestMiners miners = new HonestMiners(gateway, 1e6)) {
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> gateway.snapshot().blocksAccepted() >= ENOUGH_BLOCKS);
            miners.drain();
        }

        FarmSnapshot seen = gateway.settledSnapshot();
        assertThat(seen.chainTips()).isGreaterThan(ENOUGH_BLOCKS);
        List<Path> blocks = blocks();
        assertThat(blocks).hasSizeGreaterThanOrEqualTo(ENOUGH_BLOCKS);
        int withTransactions = 0;
        for (Path file : blocks) {
            Bytes raw = Bytes.fromHex(Files.readString(file).strip());
            Block block = Block.parse(raw);
            assertThat(block.serialise()).isEqualTo(raw);
            withTransactions += block.transactions().size() > 1 ? 1 : 0;
        }
        assertThat(withTransactions).isPositive();
        BufferLeaks.assertNone();
    }

    private List<Path> blocks() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("blocks"))) {
            return files.toList();
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Solo mining on what the provider says. */
    private final class Solo implements UpstreamFactory {
        @Override
        public String name() {
            return "solo";
        }

        @Override
        public boolean recordsBlocks() {
            return true;
        }

        @Override
        public Upstream create(EventLoop loop, Executor handshakes, Optional<String> userIdentity) {
            BlockFiles files = new BlockFiles(directory.resolve("blocks"));
            return new TemplateUpstream(
                    loop,
                    new TemplateProviderSource(
                            new TemplateProviderSettings(
                                    "provider",
                                    new Sv2PoolAddress(
                                            provider.address().getAddress().getHostAddress(),
                                            provider.address().getPort(),
                                            Optional.of(provider.authorityKey())),
                                    CoinbaseReserve.of(List.of(new TxOut(0, PAYOUT))),
                                    "test"),
                            loop,
                            handshakes,
                            CLOCK,
                            new SecureRandom()),
                    new SoloSession(name(), PAYOUT, TAG),
                    CLOCK,
                    disk,
                    block -> {
                        if (block.block().isPresent()) {
                            files.writeRaw(block.hash(), block.block().get());
                        }
                    });
        }
    }
}
