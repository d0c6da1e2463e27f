package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
    private static final long PATIENCE_SECONDS = 40;

    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();
    private Path file;
    private Path out;
    private Path err;

    @BeforeEach
    void nameFiles() throws IOException {
        file = Files.createDirectory(directory.resolve("farm")).resolve("sluice.toml");
        out = directory.resolve("out");
        err = directory.resolve("err");
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    private Process sluice(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "sluice.proxy.cli.Sluice"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MODULE_CONFIG_"));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    @Test
    void theThreeSeedKeysAloneServeBothProtocolsOnOnePortUntilASignal() throws Exception {
        try (Farm farm = new Farm(directory, Farm.Plan.steady())) {
            InetSocketAddress port = freePort();
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
            Process run = sluice("run", "--config", file.toString());
            await().until(() -> isListening(port, run));

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
                run.destroy();
                assertThat(run.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                // A routine job may still be on its way; nothing else is.
                assertThat(sv1.hearToTheEnd()).allMatch(line -> line.contains("mining.notify"));
            }

            assertThat(run.exitValue()).as(Files.readString(err)).isZero();
            assertThat(out).isEmptyFile();
            assertThat(Files.readString(err)).doesNotContain("ERROR", "Exception");
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
        Process check = sluice("check", "--config", file.toString());

        assertThat(check.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(check.exitValue()).as(Files.readString(err)).isEqualTo(3);
        assertThat(Files.readAllLines(out))
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

    private static InetSocketAddress freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
        }
    }

    private boolean isListening(InetSocketAddress port, Process process) {
        assertThat(process.isAlive()).as("still running").isTrue();
        try {
            new RawConnection(port).close();
            return true;
        } catch (ConnectException notYet) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
