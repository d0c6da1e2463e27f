package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.LimitsConfig;
import sluice.endtoend.netty.BufferLeaks;
import sluice.protocol.sv2.noise.NoiseHandshake;
import sluice.protocol.sv2.noise.Secp256k1;

/** Connections that stop half-way, at every stage there is, past the deadline. */
class UnfinishedHandshakeTest {
    // Far longer than it takes to come to where a connection stops, also on a machine that is busy.
    private static final LimitsConfig LIMITS =
            new LimitsConfig(64, Duration.ofSeconds(6), LimitsConfig.DEFAULT.idleTimeout());
    private static final int EACH = 3;

    @TempDir
    private Path directory;

    /** Brings a connection to where it stops. */
    @FunctionalInterface
    private interface Stage {
        RawConnection reach(Farm farm) throws IOException;
    }

    @Test
    void whoeverStopsHalfWayIsClosedAtTheDeadlineAndCountedByHowFarItCame() throws Exception {
        Map<Stage, String> stages = new LinkedHashMap<>();
        stages.put(farm -> new RawConnection(farm.gateway().address()), "silent-client");
        stages.put(farm -> after(farm, Arrays.copyOf(act1(), NoiseHandshake.ACT1_LENGTH - 1)), "handshake-timeout");
        stages.put(farm -> after(farm, RawSv1Miner.bytes("{\"id\":1,\"method\":\"mini")), "handshake-timeout");
        stages.put(farm -> RawSv2Miner.handshake(farm.gateway()).connection(), "setup-timeout");
        stages.put(
                farm -> {
                    RawSv2Miner miner = RawSv2Miner.handshake(farm.gateway());
                    byte[] setup = miner.sealed(RawSv2Miner.setupConnection().toFrame());
                    miner.connection().write(Arrays.copyOf(setup, setup.length - 1));
                    return miner.connection();
                },
                "setup-timeout");
        stages.put(
                farm -> {
                    RawSv1Miner miner = new RawSv1Miner(farm.gateway().address());
                    miner.ask("mining.configure", "[[\"version-rolling\"],{\"version-rolling.mask\":\"1fffe000\"}]");
                    return miner.connection();
                },
                "setup-timeout");
        stages.put(
                farm -> {
                    RawSv1Miner miner = new RawSv1Miner(farm.gateway().address());
                    miner.ask("mining.subscribe", "[]");
                    return miner.connection();
                },
                "setup-timeout");
        stages.put(
                farm -> {
                    RawSv1Miner miner = new RawSv1Miner(farm.gateway().address());
                    miner.ask("mining.authorize", "[\"half\",\"x\"]");
                    return miner.connection();
                },
                "setup-timeout");

        try (Farm farm = new Farm(directory, Farm.Plan.steady().with(LIMITS));
                HonestMiners miners = new HonestMiners(farm.gateway(), 1e5)) {
            miners.awaitAccepted(1);
            Map<String, Long> expected = new LinkedHashMap<>();
            Map<RawConnection, String> open = new LinkedHashMap<>();
            for (int i = 0; i < EACH; i++) {
                for (Map.Entry<Stage, String> stage : stages.entrySet()) {
                    open.put(stage.getKey().reach(farm), stage.getValue());
                    expected.merge(stage.getValue(), 1L, Long::sum);
                }
            }
            for (RawConnection connection : open.keySet()) {
                assertThat(connection.readToTheEnd()).as(open.get(connection)).isEmpty();
                connection.close();
            }

            await().until(() -> farm.seen().connections() == miners.count());
            assertThat(farm.seen().disconnects()).isEqualTo(expected);
            miners.awaitAccepted(1);
            miners.assertUndisturbed();
        }
        BufferLeaks.assertNone();
    }

    private static RawConnection after(Farm farm, byte[] bytes) throws IOException {
        RawConnection connection = new RawConnection(farm.gateway().address());
        connection.write(bytes);
        return connection;
    }

    private static byte[] act1() {
        return NoiseHandshake.initiator(Secp256k1.best(), RawSv2Miner.freshKeys())
                .act1();
    }
}
