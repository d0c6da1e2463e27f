package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Sluice as an operator runs it: a process of its own, whose output goes to files. */
public final class SluiceProcess implements AutoCloseable {
    // Below those that the system gives to whoever asks for any: between the look and the start nobody else gets them.
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 12_000;
    private static final AtomicInteger LATEST = new AtomicInteger(new SecureRandom().nextInt(PORTS));

    // A virtual machine that starts beside others loads its classes for longer than any test waits for what it does
    // then.
    private static final Duration START_LIMIT = Patience.LIMIT.multipliedBy(3);

    private final Process process;
    private final Path out;
    private final Path err;

    private SluiceProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** @param directory where it runs and its output goes */
    public static SluiceProcess start(Path directory, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "sluice.proxy.cli.Sluice"));
        command.addAll(List.of(arguments));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MODULE_CONFIG_"));
        return new SluiceProcess(builder.start(), out, err);
    }

    /** A port that nobody listens on. */
    static InetSocketAddress freePort() throws IOException {
        return freePorts(1).getFirst();
    }

    /** So many ports that nobody listens on, each another one, and none that was answered before. */
    static List<InetSocketAddress> freePorts(int count) throws IOException {
        List<InetSocketAddress> free = new ArrayList<>();
        for (int tried = 0; free.size() < count && tried < PORTS; tried++) {
            InetSocketAddress next = new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), FIRST_PORT + Math.floorMod(LATEST.incrementAndGet(), PORTS));
            if (isFree(next)) {
                free.add(next);
            }
        }
        assertThat(free).as("free ports").hasSize(count);
        return free;
    }

    private static boolean isFree(InetSocketAddress port) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(port);
            return true;
        } catch (BindException taken) {
            return false;
        }
    }

    /** Waits until it listens there. */
    void awaitListening(InetSocketAddress port) {
        await("a process that listens").atMost(START_LIMIT).until(() -> isListening(port));
    }

    private boolean isListening(InetSocketAddress port) {
        assertThat(process.isAlive()).as("still running: %s", log()).isTrue();
        try {
            new RawConnection(port).close();
            return true;
        } catch (ConnectException notYet) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it has logged so far. */
    public String log() {
        try {
            return Files.readString(err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a line of the log holds all of these. */
    void awaitLogged(String... parts) {
        await("a line with " + List.of(parts))
                .until(() ->
                        log().lines().anyMatch(line -> List.of(parts).stream().allMatch(line::contains)));
    }

    /** What it has printed so far. */
    public List<String> printed() throws IOException {
        return Files.readAllLines(out);
    }

    /** Asks it to end; answers its exit value when it has. */
    int terminate() throws InterruptedException {
        process.destroy();
        return awaitEnd();
    }

    /** Waits until it has ended; answers its exit value. */
    public int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("ended: %s", log())
                .isTrue();
        return process.exitValue();
    }

    /** Sends it a signal, by its name. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).isZero();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
