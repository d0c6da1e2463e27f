package sluice.proxy.miner.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1ErrorCode;
import sluice.protocol.sv1.Sv1Response;
import sluice.protocol.sv1.Sv1ServerMessage;
import sluice.proxy.miner.CpuMinerConfig;
import sluice.proxy.miner.MinerClient;
import sluice.proxy.miner.MinerReport;
import sluice.upstream.netty.Transport;

class CpuMinerSv1Test {
    /** A few hundred hashes a share. */
    private static final double EASY = 1e-7;

    private static final String HOST = InetAddress.getLoopbackAddress().getHostAddress();
    private static final Hash256 PREV_HASH = Hash256.fromHex("17cd4886".repeat(8));
    private static final Hash256 NEXT_PREV_HASH = Hash256.fromHex("fbaf6a28".repeat(8));

    private final EventLoopGroup loops = Transport.best().newEventLoops(1, "miner-test");

    @AfterEach
    void endLoops() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static Sv1ServerMessage.Notify job(String id, Hash256 prevHash) {
        return new Sv1ServerMessage.Notify(
                id,
                prevHash,
                Bytes.fromHex("0200000001"),
                Bytes.fromHex("ffffffff"),
                List.of(Hash256.fromHex("59369c65".repeat(8))),
                0x20000000L,
                0x1b00d7c0L,
                0x680be961L,
                true);
    }

    private CpuMiner start(int port, int threads) {
        return CpuMiner.start(CpuMinerConfig.sv1(HOST, port, "acct.w", threads), loops);
    }

    private static MinerReport drain(CpuMiner miner) throws Exception {
        return miner.stopMining().get(30, TimeUnit.SECONDS);
    }

    @Test
    void findsSharesThatTheServerCanVerify() throws Exception {
        Sv1ServerMessage.Notify job = job("1", PREV_HASH);
        try (ScriptedSv1Server server = new ScriptedSv1Server(
                        EASY, job, (connection, share) -> connection.send(Sv1Response.ok(share.id())));
                CpuMiner miner = start(server.port(), 2)) {
            await().until(() -> miner.report().accepted() >= 20);
            MinerReport report = drain(miner);

            assertThat(report.accepted()).isEqualTo(server.shares.size());
            assertThat(report.sharesFound()).isEqualTo(report.accepted());
            assertThat(report.outstanding()).isZero();
            assertThat(report.jobs()).isEqualTo(1);
            assertThat(report.chainTips()).isEqualTo(1);
            assertThat(report.connections()).isEqualTo(1);
            assertThat(report.hashes()).isGreaterThan(report.sharesFound());
            assertThat(report.hashesPerSecond()).isPositive();
            Target target = Difficulty.targetOf(EASY);
            Set<Hash256> hashes = new HashSet<>();
            assertThat(server.shares).allSatisfy(share -> {
                Hash256 hash = ScriptedSv1Server.hash(job, share);
                assertThat(target.isMetBy(hash)).isTrue();
                assertThat(hashes.add(hash)).isTrue();
                assertThat(share.worker()).isEqualTo("acct.w");
                assertThat(share.extranonce2().length()).isEqualTo(ScriptedSv1Server.EXTRANONCE2_SIZE);
            });
        }
    }

    @Test
    void countsEveryVerdict() throws Exception {
        try (ScriptedSv1Server server = new ScriptedSv1Server(EASY, job("1", PREV_HASH), (connection, share) -> {
                    switch ((int) (share.nonce() % 3)) {
                        case 0 -> connection.send(Sv1Response.ok(share.id()));
                        case 1 -> connection.send(Sv1Response.refused(share.id(), Sv1ErrorCode.JOB_NOT_FOUND));
                        default -> connection.send(Sv1Response.refused(share.id(), Sv1ErrorCode.LOW_DIFFICULTY));
                    }
                });
                CpuMiner miner = start(server.port(), 1)) {
            await().until(() -> server.shares.size() >= 50);
            MinerReport report = drain(miner);
            long[] byNonce = new long[3];
            server.shares.forEach(share -> byNonce[(int) (share.nonce() % 3)]++);
            assertThat(new long[] {report.accepted(), report.stale(), report.rejected()})
                    .containsExactly(byNonce);
            assertThat(report.rejectedByReason()).containsOnlyKeys("23 Low difficulty share");
        }
    }

    @Test
    void switchesToANewTip() throws Exception {
        try (ScriptedSv1Server server = new ScriptedSv1Server(
                        EASY,
                        job("old", PREV_HASH),
                        (connection, share) -> connection.send(Sv1Response.ok(share.id())));
                CpuMiner miner = start(server.port(), 1)) {
            await().until(() -> !server.shares.isEmpty());
            Sv1ServerMessage.Notify next = job("new", NEXT_PREV_HASH);
            server.notify(next);
            await().until(() -> server.shares.getLast().jobId().equals("new"));
            MinerReport report = drain(miner);
            assertThat(report.jobs()).isEqualTo(2);
            assertThat(report.chainTips()).isEqualTo(2);
            List<String> order =
                    server.shares.stream().map(Sv1ClientMessage.Submit::jobId).toList();
            assertThat(order.subList(order.indexOf("new"), order.size())).containsOnly("new");
            assertThat(Difficulty.targetOf(EASY).isMetBy(ScriptedSv1Server.hash(next, server.shares.getLast())))
                    .isTrue();
        }
    }

    @Test
    void comesBackWhenTheServerClosesTheConnection() throws Exception {
        try (ScriptedSv1Server server = new ScriptedSv1Server(EASY, job("1", PREV_HASH), (connection, share) -> {
                    if (connection.number() == 0) {
                        connection.socket().close();
                    } else {
                        connection.send(Sv1Response.ok(share.id()));
                    }
                });
                CpuMiner miner = start(server.port(), 1)) {
            await().until(() -> miner.report().accepted() >= 5);
            MinerReport report = drain(miner);
            assertThat(report.connections()).isEqualTo(2);
            assertThat(report.unanswered()).isPositive();
            assertThat(report.sharesFound()).isEqualTo(report.accepted() + report.discarded() + report.unanswered());
        }
    }

    @Test
    void waitsForVerdictsBeforeItFindsMoreShares() throws Exception {
        try (ScriptedSv1Server server = new ScriptedSv1Server(1e-9, job("1", PREV_HASH), (connection, share) -> {});
                CpuMiner miner = start(server.port(), 2)) {
            await().until(() -> server.shares.size() == MinerClient.MAX_OUTSTANDING_SHARES);
            for (Sv1ClientMessage.Submit share : List.copyOf(server.shares)) {
                server.connections.getFirst().send(Sv1Response.ok(share.id()));
            }
            await().until(() -> server.shares.size() == 2 * MinerClient.MAX_OUTSTANDING_SHARES);
            await().until(() -> miner.report().accepted() == MinerClient.MAX_OUTSTANDING_SHARES);
            assertThat(miner.report().outstanding()).isEqualTo(MinerClient.MAX_OUTSTANDING_SHARES);
        }
    }

    @Test
    void sharesWithoutVerdictAreUnansweredWhenTheMinerIsClosed() throws Exception {
        try (ScriptedSv1Server server = new ScriptedSv1Server(EASY, job("1", PREV_HASH), (connection, share) -> {})) {
            CpuMiner miner = start(server.port(), 1);
            await().until(() -> !server.shares.isEmpty());
            var drained = miner.stopMining();
            miner.close();
            MinerReport report = drained.get(30, TimeUnit.SECONDS);
            assertThat(report.outstanding()).isZero();
            assertThat(report.sharesFound()).isEqualTo(report.unanswered() + report.discarded());
            assertThat(report.unanswered()).isPositive();
        }
    }

    @Test
    void saysWhyItCannotConnect() throws Exception {
        // Nobody listens at a port that is bound only, and nobody else can have it meanwhile.
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (CpuMiner miner = start(bound.getLocalPort(), 1)) {
                await().until(() -> !miner.report().lastLoss().isEmpty());
                assertThat(miner.report().lastLoss()).containsIgnoringCase("refused");
                assertThat(drain(miner).sharesFound()).isZero();
            }
        }
    }

    @Test
    void leavesAServerThatSpeaksSomethingElse() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                CpuMiner miner = start(socket.getLocalPort(), 1)) {
            try (var accepted = socket.accept()) {
                accepted.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
                accepted.getOutputStream().flush();
                await().until(() -> miner.report().lastLoss().contains("bad-json"));
            }
        }
    }
}
