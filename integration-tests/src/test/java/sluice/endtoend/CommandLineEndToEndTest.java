package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.AuthorityKeyFile;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.Secp256k1;
import tools.jackson.databind.JsonNode;

/** Sluice as an operator runs it: a process, a file, and a signal. */
class CommandLineEndToEndTest {
    @TempDir
    private Path directory;

    private final List<SluiceProcess> started = new ArrayList<>();
    private Path file;

    @BeforeEach
    void nameFiles() throws IOException {
        file = Files.createDirectory(directory.resolve("farm")).resolve("sluice.toml");
    }

    @AfterEach
    void end() {
        started.forEach(SluiceProcess::close);
    }

    private SluiceProcess sluice(String... arguments) throws IOException {
        SluiceProcess process = SluiceProcess.start(directory, arguments);
        started.add(process);
        return process;
    }

    @Test
    void theThreeSeedKeysAloneServeBothProtocolsOnOnePortUntilASignal() throws Exception {
        try (Farm farm = new Farm(directory, Farm.Plan.steady())) {
            InetSocketAddress port = SluiceProcess.freePort();
            Files.writeString(file, """
                    [stratum_v2]
                    enabled = true
                    listen_addr = "%s:%d"
                    pool_url = "stratum2+tcp://%s:%d/%s"
                    """.formatted(
                            port.getAddress().getHostAddress(),
                            port.getPort(),
                            farm.pool().address().getAddress().getHostAddress(),
                            farm.pool().address().getPort(),
                            farm.pool().authorityKey().text()));
            SluiceProcess run = sluice("run", "--config", file.toString());
            run.awaitListening(port);

            try (RawSv1Miner sv1 = new RawSv1Miner(port)) {
                assertThat(sv1.login("acct.one")).hasSize(8);
                assertThat(sv1.push("mining.set_difficulty")
                                .path("params")
                                .path(0)
                                .asDouble())
                        .isPositive();
                JsonNode job = sv1.push("mining.notify");
                assertThat(job.path("params").size()).isEqualTo(9);
                AuthorityKey key = AuthorityKeyFile.read(
                                file.resolveSibling("data").resolve("authority.key"))
                        .publicKey(Secp256k1.best());
                try (RawSv2Miner sv2 = RawSv2Miner.setUp(port, key)) {
                    long channel = sv2.openStandard().channelId();
                    assertThat(sv2.receive(NewMiningJob.class).channelId()).isEqualTo(channel);
                    assertThat(sv2.receive(SetNewPrevHash.class).channelId()).isEqualTo(channel);
                }
                assertThat(run.terminate()).as(run.log()).isZero();
                // A routine job may still be on its way; nothing else is.
                assertThat(sv1.hearToTheEnd()).allMatch(line -> line.contains("mining.notify"));
            }

            assertThat(run.printed()).isEmpty();
            assertThat(run.log()).doesNotContain("ERROR", "Exception");
            try (Stream<Path> left = Files.walk(file.getParent())) {
                assertThat(left.filter(Files::isRegularFile).map(file.getParent()::relativize))
                        .containsExactlyInAnyOrder(Path.of("sluice.toml"), Path.of("data", "authority.key"));
            }
        }
    }

    @Test
    void checkListsAllFiveMistakesOfAFileAtOnce() throws Exception {
        Files.writeString(file, """
                [stratum_v2]
                enabled = "yes"
                listen_adr = "0.0.0.0:3333"
                pool_url = "stratum2+tcp://pool.example.com:3333/not-a-key"
                [limits]
                max_connections = 0
                handshake_timeout = 15
                """);
        SluiceProcess check = sluice("check", "--config", file.toString());

        assertThat(check.awaitEnd()).as(check.log()).isEqualTo(3);
        assertThat(check.printed())
                .hasSize(6)
                .endsWith("5 problems")
                .satisfiesExactly(
                        line -> assertThat(line).contains(":2:", "stratum_v2.enabled"),
                        line -> assertThat(line).contains(":3:", "stratum_v2.listen_adr", "listen_addr?"),
                        line -> assertThat(line).contains(":4:", "stratum_v2.pool_url"),
                        line -> assertThat(line).contains(":6:", "limits.max_connections"),
                        line -> assertThat(line).contains(":7:", "limits.handshake_timeout"),
                        line -> assertThat(line).isEqualTo("5 problems"));
        assertThat(file.resolveSibling("data")).doesNotExist();
    }
}
