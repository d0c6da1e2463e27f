package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.proxy.miner.CpuMinerConfig;
import sluice.proxy.miner.MinerProtocol;
import sluice.proxy.miner.MinerReport;
import sluice.proxy.miner.netty.CpuMiner;
import sluice.proxy.netty.Gateway;

/** One CPU miner of each protocol, each with a small part of a processor. */
final class HonestMiners implements AutoCloseable {
    /** Part of a processor that each takes. */
    static final double LOAD = 0.1;

    private static final long DRAIN_SECONDS = 30;

    private final Map<MinerProtocol, CpuMiner> miners = new EnumMap<>(MinerProtocol.class);

    /** @param hashesPerSecond what the SV2 miners claim each */
    HonestMiners(Gateway gateway, double hashesPerSecond) {
        InetSocketAddress at = gateway.address();
        for (MinerProtocol protocol : MinerProtocol.values()) {
            miners.put(
                    protocol,
                    CpuMiner.start(new CpuMinerConfig(
                            protocol,
                            at.getAddress().getHostAddress(),
                            at.getPort(),
                            new ServerTrust.SignedBy(gateway.authorityKey()),
                            "honest." + protocol,
                            "x",
                            1,
                            LOAD,
                            OptionalDouble.empty(),
                            OptionalDouble.of(hashesPerSecond))));
        }
    }

    int count() {
        return miners.size();
    }

    Map<MinerProtocol, MinerReport> reports() {
        Map<MinerProtocol, MinerReport> reports = new EnumMap<>(MinerProtocol.class);
        miners.forEach((protocol, miner) -> reports.put(protocol, miner.report()));
        return reports;
    }

    /** Waits until each of them has {@code more} accepted shares than now. */
    void awaitAccepted(int more) {
        Map<MinerProtocol, MinerReport> before = reports();
        await().until(() -> reports().entrySet().stream()
                .allMatch(miner -> miner.getValue().accepted()
                        >= before.get(miner.getKey()).accepted() + more));
    }

    /** Asserts that nothing ever went wrong for any of them. Only true of a farm with one tip. */
    void assertUndisturbed() {
        reports().forEach((protocol, report) -> {
            assertThat(report.rejectedByReason()).as("%s %s", protocol, report).isEmpty();
            assertThat(report.stale()).as("%s %s", protocol, report).isZero();
            assertThat(report.unanswered()).as("%s %s", protocol, report).isZero();
            assertThat(report.connections()).as("%s %s", protocol, report).isEqualTo(1);
            assertThat(report.lastLoss()).as("%s %s", protocol, report).isEmpty();
        });
    }

    /** Has them hash no more and waits until every share has its verdict. */
    Map<MinerProtocol, MinerReport> drain() throws Exception {
        Map<MinerProtocol, CompletableFuture<MinerReport>> drained = new EnumMap<>(MinerProtocol.class);
        miners.forEach((protocol, miner) -> drained.put(protocol, miner.stopMining()));
        Map<MinerProtocol, MinerReport> reports = new EnumMap<>(MinerProtocol.class);
        for (var miner : drained.entrySet()) {
            reports.put(miner.getKey(), miner.getValue().get(DRAIN_SECONDS, TimeUnit.SECONDS));
        }
        return reports;
    }

    @Override
    public void close() {
        miners.values().forEach(CpuMiner::close);
    }
}
