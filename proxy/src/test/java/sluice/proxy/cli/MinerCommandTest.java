package sluice.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv1.Sv1ErrorCode;
import sluice.protocol.sv1.Sv1Response;
import sluice.protocol.sv1.Sv1ServerMessage;
import sluice.proxy.miner.MinerReport;
import sluice.proxy.miner.netty.ScriptedSv1Server;

class MinerCommandTest {
    private static final String KEY = "9bXiEd8boQVhq7WddEcERUL5tyyJVFYdU8th3HfbNXK3Yw6GRXh";
    private static final Sv1ServerMessage.Notify JOB = new Sv1ServerMessage.Notify(
            "1",
            Hash256.fromHex("17cd4886".repeat(8)),
            Bytes.fromHex("0200000001"),
            Bytes.fromHex("ffffffff"),
            List.of(),
            0x20000000L,
            0x1b00d7c0L,
            0x680be961L,
            true);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... arguments) {
        return Sluice.commandLine(Map.of())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private static String url(int port) {
        return "stratum+tcp://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + port;
    }

    /** Mines until {@code enough}, then interrupts; returns the exit code. */
    private int mineUntil(Callable<Boolean> enough, int port) {
        MinerCommand command = new MinerCommand();
        CompletableFuture<Integer> exitCode = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> exitCode.complete(new CommandLine(command)
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute("--url", url(port), "--user", "acct.w")));
        await().until(enough);
        command.interrupt();
        return exitCode.join();
    }

    @Test
    void minesUntilInterruptedAndSumsUp() throws IOException {
        try (ScriptedSv1Server server =
                new ScriptedSv1Server(1e-7, JOB, (connection, share) -> connection.send(Sv1Response.ok(share.id())))) {
            assertThat(mineUntil(() -> server.shares.size() >= 5, server.port()))
                    .isZero();
            assertThat(out.toString())
                    .containsPattern("(?m)^hashrate +[0-9.]+ [kMG]?H/s$")
                    .containsPattern("(?m)^jobs +1 on 1 chain tips$")
                    .containsPattern("(?m)^accepted +" + server.shares.size() + "$")
                    .containsPattern("(?m)^rejected +0$");
        }
    }

    @Test
    void endsWith1WhereNoShareIsAccepted() throws IOException {
        try (ScriptedSv1Server server = new ScriptedSv1Server(
                1e-7,
                JOB,
                (connection, share) ->
                        connection.send(Sv1Response.refused(share.id(), Sv1ErrorCode.UNAUTHORIZED_WORKER)))) {
            assertThat(mineUntil(() -> server.shares.size() >= 5, server.port()))
                    .isEqualTo(1);
            assertThat(out.toString())
                    .containsPattern("(?m)^accepted +0$")
                    .containsPattern("(?m)^ +" + server.shares.size() + " 24 Unauthorized worker$");
        }
    }

    @Test
    void endsWhenItsTimeIsOver() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(execute("miner", "--url", url(silent.getLocalPort()), "--duration", "1ms"))
                    .isEqualTo(1);
            assertThat(out.toString()).containsPattern("(?m)^shares found +0$");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            miner                                                                    | Missing required option: '--url=URL'
            miner --url pool.example:3333                                            | --url has no scheme
            miner --url stratum+ssl://pool.example:3333                              | --url asks for TLS
            miner --url stratum2+tcp://pool.example:3333                             | --url has no authority key
            miner --url stratum2+tcp://pool.example:3333/abc                         | --url has behind the slash
            miner --url stratum2+tcp://pool.example:3333/KEY --protocol sv1          | --protocol sv1 does not fit
            miner --url stratum+tcp://pool.example:3333 --protocol sv2-standard      | --protocol sv2-standard does not fit
            miner --url stratum+tcp://pool.example:3333 --protocol sv3               | none of sv1, sv2-standard, sv2-extended
            miner --url stratum+tcp://pool.example:3333 --threads 0                  | --threads is 0
            miner --url stratum+tcp://pool.example:3333 --threads 1025               | --threads is 1025
            miner --url stratum+tcp://pool.example:3333 --duration soon              | is not a duration
            miner --url stratum+tcp://pool.example:3333 --suggest-difficulty -1      | --suggest-difficulty is -1.0
            """)
    void aWrongCommandLineEndsWith2AndSaysWhatIsWrong(String arguments, String message) {
        assertThat(execute(arguments.replace("KEY", KEY).split(" +"))).isEqualTo(2);
        assertThat(err.toString()).contains(message);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void refusesAUserThatNoServerCouldTake() {
        assertThat(execute("miner", "--url", "stratum+tcp://pool.example", "--user", "x".repeat(256)))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--user is too long");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.00 H/s",
        "999, 999 H/s",
        "1000, 1.00 kH/s",
        "12345, 12.3 kH/s",
        "5200000, 5.20 MH/s",
        "1e12, 1.00 TH/s",
        "1e16, 10000 TH/s"
    })
    void writesHashratesAsPeopleRead(double hashesPerSecond, String text) {
        assertThat(MinerCommand.hashrate(hashesPerSecond)).isEqualTo(text);
    }

    @Test
    void progressIsOneLine() {
        MinerReport report =
                new MinerReport(5_200_000, 9, 1, 0, 0, 3, 2, 10, 7, new TreeMap<>(Map.of("x", 1L)), 1, 0, 0, 1, 0, "");
        assertThat(MinerCommand.progress(report))
                .isEqualTo("5.20 MH/s, 10 shares: 7 accepted, 1 rejected, 1 stale, 1 open; 3 jobs, 2 tips");
    }

    @Test
    void progressSaysWhyThereIsNoConnection() {
        MinerReport report =
                new MinerReport(0, 0, 0, 0, 0, 0, 0, 0, 0, new TreeMap<>(), 0, 0, 0, 0, 0, "connection refused");
        assertThat(MinerCommand.progress(report)).endsWith("; not connected: connection refused");
    }
}
