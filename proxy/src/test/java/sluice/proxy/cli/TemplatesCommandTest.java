package sluice.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class TemplatesCommandTest {
    private static final Pattern READY =
            Pattern.compile("(?m)^templates at (stratum2\\+tcp://127\\.0\\.0\\.1:[0-9]+/[1-9A-HJ-NP-Za-km-z]+)$");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    private int execute(String... arguments) {
        return Sluice.commandLine(Map.of())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    /** Runs until {@code ready} has seen its URL, then interrupts; returns the URL. */
    private String run(String... arguments) {
        TemplatesCommand command = new TemplatesCommand();
        StringWriter printed = new StringWriter();
        CompletableFuture<Integer> exitCode = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> exitCode.complete(new CommandLine(command)
                        .setOut(new PrintWriter(printed))
                        .setErr(new PrintWriter(err))
                        .execute(arguments)));
        await().until(() -> READY.matcher(printed.toString()).find() || exitCode.isDone());
        command.interrupt();
        assertThat(exitCode.join()).as(err.toString()).isZero();
        Matcher ready = READY.matcher(printed.toString());
        assertThat(ready.find()).isTrue();
        return ready.group(1);
    }

    @Test
    void saysWhereItsTemplatesAreToBeHadAndStopsWhenTold() {
        assertThat(run("--simulated", "--listen", "127.0.0.1:0")).startsWith("stratum2+tcp://127.0.0.1:");
    }

    @Test
    void keepsItsAuthorityKeyInAFile() {
        String file = directory.resolve("authority.key").toString();
        String first = run("--simulated", "--listen", "127.0.0.1:0", "--authority-key-file", file);
        String second = run("--simulated", "--listen", "127.0.0.1:0", "--authority-key-file", file);

        assertThat(keyOf(second)).isEqualTo(keyOf(first));
        assertThat(keyOf(run("--simulated", "--listen", "127.0.0.1:0"))).isNotEqualTo(keyOf(first));
    }

    @Test
    void takesTemplatesFromAnotherProvider() {
        String first = run("--simulated", "--listen", "127.0.0.1:0");

        assertThat(keyOf(run("--from", first, "--listen", "127.0.0.1:0"))).isNotEqualTo(keyOf(first));
    }

    @Test
    void endsByItselfAfterItsDuration() {
        assertThat(execute(
                        "templates",
                        "--simulated",
                        "--listen",
                        "127.0.0.1:0",
                        "--duration",
                        "100ms",
                        "--block-interval",
                        "2s",
                        "--refresh",
                        "200ms",
                        "--transactions-per-second",
                        "20",
                        "--seed",
                        "7"))
                .isZero();
        assertThat(out.toString()).containsPattern(READY);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            templates                                                    | --simulated
            templates --simulated --from stratum2+tcp://127.0.0.1:1      | mutually exclusive
            templates --simulated --listen 127.0.0.1                     | --listen has no port
            templates --simulated --listen 127.0.0.1:99999               | --listen
            templates --simulated --max-clients 0                        | --max-clients is 0: write 1 or more
            templates --simulated --transactions-per-second 0            | --transactions-per-second is 0.0: write a number above 0
            templates --simulated --transactions-per-second NaN          | --transactions-per-second is NaN
            templates --simulated --block-interval soon                  | --block-interval
            templates --from stratum+tcp://127.0.0.1:1                   | --from is no template provider
            templates --from nonsense                                    | --from has no scheme
            templates --from stratum2+tcp://127.0.0.1:1/nonsense         | --from has behind the slash
            """)
    void saysWhatIsWrongWithTheCommandLine(String line, String complaint) {
        assertThat(execute(line.split(" "))).isEqualTo(2);

        assertThat(err.toString()).contains(complaint);
    }

    private static String keyOf(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }
}
