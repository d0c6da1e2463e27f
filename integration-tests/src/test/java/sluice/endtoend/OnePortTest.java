package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.config.LimitsConfig;
import sluice.endtoend.netty.BufferLeaks;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.noise.EllSwiftKeyPair;
import sluice.protocol.sv2.noise.Secp256k1;

/** SV1 and SV2 on one port, told apart by what arrives; whatever is neither gets no answer and disturbs nobody. */
class OnePortTest {
    private static final LimitsConfig IMPATIENT =
            new LimitsConfig(64, Duration.ofSeconds(1), LimitsConfig.DEFAULT.idleTimeout());

    @TempDir
    private static Path directory;

    private static Farm farm;
    private static HonestMiners miners;

    @BeforeAll
    static void start() throws IOException {
        farm = new Farm(directory, Farm.Plan.steady());
        miners = new HonestMiners(farm.gateway(), 1e5);
        miners.awaitAccepted(1);
    }

    @AfterEach
    void othersAreServedStill() throws InterruptedException {
        miners.awaitAccepted(1);
        miners.assertUndisturbed();
        await().until(() -> farm.seen().connections() == miners.count());
    }

    @AfterAll
    static void end() {
        miners.close();
        farm.close();
        BufferLeaks.assertNone();
    }

    @Test
    void anSv1MinerThatSendsOneByteAtATimeIsServed() throws IOException {
        try (RawSv1Miner miner = new RawSv1Miner(farm.gateway().address())) {
            miner.connection()
                    .writeByteByByte(RawSv1Miner.bytes(
                            "{\"id\": 1, \"method\": \"mining.subscribe\", \"params\": [\"slow/1.0\"]}\n"));
            assertThat(miner.answer(1).path("result").path(1).asString()).hasSize(8);
        }
    }

    @Test
    void anSv2MinerThatSendsOneByteAtATimeIsServed() throws IOException {
        try (RawSv2Miner miner =
                RawSv2Miner.handshake(farm.gateway(), RawSv2Miner.freshKeys(), RawConnection::writeByteByByte)) {
            byte[] setup = miner.sealed(RawSv2Miner.setupConnection().toFrame());
            miner.connection().writeByteByByte(setup);
            assertThat(miner.receive(SetupConnectionSuccess.class).usedVersion())
                    .isEqualTo(RawSv2Miner.setupConnection().maxVersion());
            assertThat(miner.openExtended().extranonceSize()).isGreaterThanOrEqualTo(4);
        }
    }

    /** @param auxiliary with which the secret key 7 has an encoding that begins like this */
    @ParameterizedTest
    @CsvSource({"38, 7b", "28664, 7b22"})
    void anSv2MinerWhoseFirstBytesLookLikeJsonIsServed(int auxiliary, String firstBytes) throws IOException {
        byte[] secret = new byte[Secp256k1.SECRET_KEY_LENGTH];
        secret[secret.length - 1] = 7;
        byte[] chance = new byte[Secp256k1.AUX_RANDOMNESS_LENGTH];
        chance[chance.length - 1] = (byte) auxiliary;
        chance[chance.length - 2] = (byte) (auxiliary >> 8);
        EllSwiftKeyPair keys = EllSwiftKeyPair.create(Secp256k1.best(), secret, chance);
        assertThat(keys.encoding().hex()).startsWith(firstBytes);

        try (RawSv2Miner miner = RawSv2Miner.handshake(farm.gateway(), keys, RawConnection::writeByteByByte)) {
            miner.send(RawSv2Miner.setupConnection());
            miner.receive(SetupConnectionSuccess.class);
            assertThat(miner.openStandard().channelId()).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                // An HTTP request as curl makes it, and a terse one.
                "474554202f20485454502f312e310d0a486f73743a203132372e302e302e313a333333330d0a557365722d4167656e743a20"
                        + "6375726c2f382e352e300d0a4163636570743a202a2f2a0d0a0d0a",
                "474554202f20485454502f312e300d0a0d0a",
                // A TLS 1.2 record with the beginning of a ClientHello.
                "1603010200010001fc0303",
                // What scanners send to look for remote desktops: a connection request with the cookie mstshash.
                "0300002f2ae00000000000436f6f6b69653a206d737473686173683d41646d696e6973747" + "20d0a0100080003000000"
            })
    void aProbeOfAnotherProtocolIsClosedWithoutAnAnswer(String hex) throws Exception {
        long before = farm.disconnects("foreign-protocol");
        try (RawConnection probe = new RawConnection(farm.gateway().address())) {
            probe.write(HexFormat.of().parseHex(hex));
            assertThat(probe.readToTheEnd()).isEmpty();
        }
        await().until(() -> farm.disconnects("foreign-protocol") == before + 1);
    }

    @Test
    void aSilentClientIsClosedAtTheDeadline() throws Exception {
        try (Farm impatient =
                new Farm(directory.resolve("impatient"), Farm.Plan.steady().with(IMPATIENT))) {
            try (RawConnection silent = new RawConnection(impatient.gateway().address())) {
                assertThat(silent.readToTheEnd()).isEmpty();
            }
            await().until(() -> impatient.disconnects("silent-client") == 1);
        }
    }

    @Test
    void aClientThatConnectsAndClosesIsCountedApart() throws Exception {
        long before = farm.disconnects("closed-silent");
        new RawConnection(farm.gateway().address()).close();
        await().until(() -> farm.disconnects("closed-silent") == before + 1);
    }
}
