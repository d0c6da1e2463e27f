package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.FailoverConfig;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.Sv2PoolAddress;
import sluice.endtoend.netty.BufferLeaks;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.TxOut;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.ProviderTemplates;
import sluice.proxy.netty.SoloUpstream;
import sluice.proxy.provider.netty.TemplateServer;
import sluice.proxy.provider.netty.TemplateServerSettings;
import sluice.upstream.netty.LocalTemplateSource;
import sluice.upstream.provider.TemplateProviderSettings;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.SimulatedChain;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Miners of both protocols, a gateway that mines solo, and a template provider that it gets its templates from. */
@Timeout(120)
class SoloOverTemplatesTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Bytes PAYOUT = Script.p2wpkh(Bytes.zeros(20));
    private static final Bytes TAG = Bytes.of("/solo/".getBytes(StandardCharsets.US_ASCII));
    private static final int ENOUGH_BLOCKS = 3;

    @TempDir
    private Path directory;

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
    }

    @Test
    @Tag("TDP-8")
    @Tag("TPS-7")
    void theBlocksOfTheMinersAreTakenAndWhole() throws Exception {
        BufferLeaks.watch();
        // Blocks are quick enough for a slow machine, and rare enough that a block is nobody's every share.
        Target target = Target.ofCompact(0x1f00ffffL);
        SimulatedChain.Settings chain = SimulatedChain.Settings.constant(target, Duration.ofMillis(500));
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
                RoutingPlan.single(new SoloUpstream("solo", PAYOUT, TAG, CLOCK)),
                FailoverConfig.DEFAULT,
                List.of(new ProviderTemplates(providerSettings(), CLOCK)),
                CLOCK,
                List.of());

        try (HonestMiners miners = new HonestMiners(gateway, 1e6)) {
            // How many transactions there are until a block is found is a matter of chance.
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> gateway.snapshot().blocksAccepted() >= ENOUGH_BLOCKS
                            && gateway.snapshot().chainTips() > ENOUGH_BLOCKS
                            && wholeBlocks().stream().anyMatch(SoloOverTemplatesTest::hasTransactions));
            miners.drain();
        }
        assertThat(blocks()).hasSizeGreaterThanOrEqualTo(ENOUGH_BLOCKS);
        assertThat(wholeBlocks())
                .allSatisfy(raw -> assertThat(Block.parse(raw).serialise()).isEqualTo(raw));
        BufferLeaks.assertNone();
    }

    private static boolean hasTransactions(Bytes block) {
        return Block.parse(block).transactions().size() > 1;
    }

    /** But for those found before their template's transactions were here, which the provider has completed. */
    private List<Bytes> wholeBlocks() throws IOException {
        List<Bytes> whole = new ArrayList<>();
        for (Path file : blocks()) {
            JsonNode block = JsonMapper.shared().readTree(file.toFile()).get("block");
            if (block != null) {
                whole.add(Bytes.fromHex(block.asString()));
            }
        }
        return whole;
    }

    private List<Path> blocks() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("gateway"))) {
            return files.filter(file -> file.toString().endsWith(".json")).toList();
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private TemplateProviderSettings providerSettings() {
        return new TemplateProviderSettings(
                "provider",
                new Sv2PoolAddress(
                        provider.address().getAddress().getHostAddress(),
                        provider.address().getPort(),
                        Optional.of(provider.authorityKey())),
                CoinbaseReserve.of(List.of(new TxOut(0, PAYOUT))),
                "test");
    }
}
