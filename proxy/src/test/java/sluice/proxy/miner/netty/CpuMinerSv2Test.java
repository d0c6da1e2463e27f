package sluice.proxy.miner.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.proxy.miner.CpuMinerConfig;
import sluice.proxy.miner.MinerProtocol;
import sluice.proxy.miner.MinerReport;
import sluice.upstream.netty.Transport;

class CpuMinerSv2Test {
    private static final AuthorityKey OTHER_KEY =
            AuthorityKey.parse("9bXiEd8boQVhq7WddEcERUL5tyyJVFYdU8th3HfbNXK3Yw6GRXh");

    private final EventLoopGroup loops = Transport.best().newEventLoops(1, "miner-test");
    private ScriptedSv2Server server;

    @BeforeEach
    void startServer() {
        server = new ScriptedSv2Server(loops);
    }

    @AfterEach
    void end() {
        server.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private CpuMiner start(MinerProtocol protocol, ServerTrust trust) {
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        return CpuMiner.start(CpuMinerConfig.sv2(protocol, host, server.port(), trust, "acct.w", 2), loops);
    }

    @ParameterizedTest
    @EnumSource(names = {"SV2_STANDARD", "SV2_EXTENDED"})
    void findsSharesThatTheServerCanVerify(MinerProtocol protocol) throws Exception {
        try (CpuMiner miner = start(protocol, new ServerTrust.SignedBy(server.authorityKey()))) {
            await().until(() -> miner.report().accepted() >= 20);
            MinerReport report = miner.stopMining().get(30, TimeUnit.SECONDS);

            assertThat(report.accepted()).isEqualTo(Collections.frequency(server.verdicts, true));
            assertThat(report.rejected()).isEqualTo(Collections.frequency(server.verdicts, false));
            assertThat(report.rejectedByReason()).containsOnlyKeys("duplicate-share");
            assertThat(report.sharesFound()).isEqualTo(report.accepted() + report.rejected());
            assertThat(report.jobs()).isEqualTo(1);
            assertThat(report.chainTips()).isEqualTo(1);
            assertThat(server.nominalHashRates)
                    .hasSize(1)
                    .allSatisfy(rate -> assertThat(rate).isGreaterThan(1_000f));
        }
    }

    @Test
    void minesAtNoServerThatItsAuthorityDidNotSign() {
        try (CpuMiner miner = start(MinerProtocol.SV2_STANDARD, new ServerTrust.SignedBy(OTHER_KEY))) {
            await().until(() -> miner.report().lastLoss().contains("wrong-authority"));
            assertThat(miner.report().connections()).isZero();
            assertThat(server.nominalHashRates).isEmpty();
        }
    }

    @Test
    void minesAtAnUnverifiedServerWhenToldTo() {
        try (CpuMiner miner = start(MinerProtocol.SV2_STANDARD, new ServerTrust.Unverified())) {
            await().until(() -> miner.report().accepted() > 0);
        }
    }
}
