package sluice.upstream.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
class GiveWayTest {
    // proc(5): the name of a thread may have spaces, so fields are counted from the bracket behind it.
    private static final int NICE_AFTER_NAME = 16;

    private static int niceOf(String thread) throws IOException {
        String stat = Files.readString(Path.of("/proc", thread, "stat"));
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[NICE_AFTER_NAME]);
    }

    private static int lowered(int by) throws IOException {
        return Math.min(19, niceOf("self") + by);
    }

    @Test
    void whatIsGivenIsRun() throws Exception {
        CompletableFuture<Boolean> ran = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().start(GiveWay.first(() -> ran.complete(true)));
        assertThat(ran.get(20, TimeUnit.SECONDS)).isTrue();
        thread.join();
    }

    private static int niceOfThreadWith(UnaryOperator<Runnable> way) throws Exception {
        CompletableFuture<Integer> nice = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().start(way.apply(() -> {
            try {
                nice.complete(niceOf("thread-self"));
            } catch (IOException e) {
                nice.completeExceptionally(e);
            }
        }));
        thread.join();
        return nice.get(20, TimeUnit.SECONDS);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aThreadThatGivesWayIsNicerThanTheOneThatStartedIt() throws Exception {
        int before = niceOf("thread-self");
        assertThat(niceOfThreadWith(GiveWay::first)).isEqualTo(lowered(GiveWay.BY));
        assertThat(niceOfThreadWith(GiveWay::most)).isEqualTo(lowered(GiveWay.MOST));
        assertThat(niceOf("thread-self")).isEqualTo(before);
    }

    /** A process whose second compiler gives way; it prints name and nice value of each, and then of its own thread. */
    public static final class Process {
        public static void main(String[] arguments) throws IOException {
            GiveWay.secondCompiler();
            List<Path> threads;
            try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
                threads = tasks.toList();
            }
            for (Path thread : threads) {
                String name = Files.readString(thread.resolve("comm")).substring(0, 2);
                if (name.matches("C[12]")) {
                    System.out.println(name + " " + niceOf("self/task/" + thread.getFileName()));
                }
            }
            System.out.println("own " + niceOf("thread-self"));
        }
    }

    // In a process of its own: a thread may be made nicer by everybody, but not everybody may take that back.
    @Test
    @EnabledOnOs(OS.LINUX)
    void theSecondCompilerGivesWayAndNothingElseOfTheProcessDoes() throws Exception {
        java.lang.Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:-UseDynamicNumberOfCompilerThreads",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Process.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.matches("(C1|C2|own) -?\\d+"))
                .distinct()
                .toList();
        assertThat(process.waitFor()).isZero();
        assertThat(lines)
                .containsExactlyInAnyOrder(
                        "C1 " + niceOf("self"), "C2 " + lowered(GiveWay.MOST), "own " + niceOf("self"));
    }
}
