package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.LimitsConfig;
import sluice.config.VardiffConfig;
import sluice.endtoend.netty.BufferLeaks;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hashrate;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.miner.MinerProtocol;
import sluice.proxy.miner.MinerReport;
import sluice.proxy.miner.netty.CpuMiner;
import sluice.proxy.view.FarmSnapshot;
import sluice.upstream.template.SimulatedChain;

/** SV1 and SV2 miners through Sluice to an SV2 pool, whose chain moves on while they mine. */
class MainJobTest {
    private static final double SHARES_PER_MINUTE = 600;
    private static final double MINUTE_SECONDS = 60;
    private static final Duration BLOCK_INTERVAL = Duration.ofSeconds(2);
    private static final int ENOUGH_SHARES = 10;
    private static final int ENOUGH_TIPS = 3;

    @TempDir
    private Path directory;

    private final double hashesPerSecond = CpuMiner.measureHashrate() * HonestMiners.LOAD;

    @Test
    void minersOfAllProtocolsMineThroughTheGatewayToThePool() throws Exception {
        try (Farm farm = new Farm(directory, lively());
                HonestMiners miners = new HonestMiners(farm.gateway(), hashesPerSecond)) {
            await().until(() -> {
                FarmSnapshot gateway = farm.seen();
                return gateway.downstream().values().stream().allMatch(shares -> shares.accepted() >= ENOUGH_SHARES)
                        && gateway.upstream().accepted() >= ENOUGH_SHARES
                        && gateway.chainTips() >= ENOUGH_TIPS
                        && miners.reports().values().stream().allMatch(report -> report.chainTips() > 1)
                        && farm.pool().snapshot().blocksAccepted() >= 1;
            });
            Map<MinerProtocol, MinerReport> reports = miners.drain();
            await().until(() -> farm.seen().upstream().verdictLag() == 0);
            await().until(() -> farm.pool().settledSnapshot().upstream().verdictLag() == 0);

            FarmSnapshot gateway = farm.seen();
            FarmSnapshot pool = farm.pool().settledSnapshot();
            reports.forEach((protocol, report) -> {
                FarmSnapshot.Shares counted =
                        gateway.downstream().get(GatewayEvent.MinerProtocol.valueOf(protocol.name()));
                assertThat(report.rejectedByReason()).as("%s", protocol).isEmpty();
                assertThat(report.chainTips()).as("%s", protocol).isGreaterThan(1);
                assertThat(counted.accepted()).as("%s", protocol).isEqualTo(report.accepted());
                assertThat(counted.rejected()).as("%s", protocol).isZero();
                assertThat(counted.stale()).as("%s", protocol).isEqualTo(report.stale());
                assertThat(report.sharesFound())
                        .as("%s", protocol)
                        .isEqualTo(report.accepted() + report.stale() + report.discarded());
            });

            FarmSnapshot.Upstream upstream = gateway.upstream();
            FarmSnapshot.Shares atPool = pool.downstream().get(GatewayEvent.MinerProtocol.SV2_EXTENDED);
            assertThat(upstream.accepted()).isEqualTo(atPool.accepted());
            assertThat(upstream.stale()).isEqualTo(atPool.stale());
            assertThat(upstream.rejected()).isZero();
            assertThat(upstream.unanswered()).isZero();
            assertThat(upstream.unforwardable()).isZero();
            assertThat(upstream.workAccepted()).isCloseTo(atPool.work(), withinPercentage(0.001));
            assertThat(pool.upstream().rejected()).isZero();

            assertThat(gateway.blocksFound()).isPositive();
            // The last ones may be on their way to the disk still.
            await().until(() -> filesIn(farm.gatewayBlocks()) == gateway.blocksFound()
                    && filesIn(farm.poolBlocks()) == pool.blocksFound());
            assertThat(gateway.delivery().count()).isPositive();
            assertThat(farm.gateway().lostEvents()).isZero();
            assertThat(farm.pool().lostEvents()).isZero();
        }
        BufferLeaks.assertNone();
    }

    /** As the demonstration: a block every few seconds, and as many shares as this machine's speed gives. */
    private Farm.Plan lively() {
        double farm = hashesPerSecond * MinerProtocol.values().length;
        return new Farm.Plan(
                SimulatedChain.Settings.regtest(BLOCK_INTERVAL)
                        .withStartTarget(Hashrate.targetFor(farm, MINUTE_SECONDS / BLOCK_INTERVAL.toSeconds())),
                vardiff(farm),
                vardiff(hashesPerSecond),
                LimitsConfig.DEFAULT);
    }

    private static VardiffConfig vardiff(double hashesPerSecond) {
        double start = Difficulty.of(Hashrate.targetFor(hashesPerSecond, SHARES_PER_MINUTE));
        return new VardiffConfig(true, SHARES_PER_MINUTE, VardiffConfig.DIFFICULTY.least(), start);
    }

    private static long filesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".json")).count();
        }
    }
}
