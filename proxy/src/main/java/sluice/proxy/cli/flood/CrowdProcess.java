package sluice.proxy.cli.flood;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A {@link Crowd} in its own process, so that neither its threads nor its garbage delay those whom it is measured beside. */
final class CrowdProcess implements AutoCloseable {
    private static final int END_SECONDS = 15;
    // One collector thread and a young generation that hardly ever fills: a crowd measures others, not itself.
    private static final List<String> MACHINE =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms384m", "-Xmx384m", "-Xmn320m", "-Xss256k");

    /** Who waits for whom where there are fewer processors than threads with something to do. */
    enum Place {
        /** Has one the moment an answer has come, so that its own waiting for it does not count. */
        FIRST(List.of(List.of("/usr/bin/chrt", "-r", "1"))),
        /** Waits like everybody else. */
        AMONG_ALL(List.of()),
        /** Runs only where nobody else wants the processor. */
        LAST(List.of(List.of("/usr/bin/chrt", "-i", "0"), List.of("/usr/bin/nice", "-n", "19")));

        private final List<List<String>> ways;

        Place(List<List<String>> ways) {
            this.ways = ways;
        }
    }

    private final Crowd.Sort sort;
    private final boolean isPlaced;
    private final Process process;
    private final BufferedReader answers;
    private final Writer orders;

    CrowdProcess(Crowd.Sort sort, Place place, InetSocketAddress gateway, int sharesPerSecond) throws IOException {
        this.sort = sort;
        List<String> way = wayToRun(place.ways);
        isPlaced = !way.isEmpty();
        List<String> command = new ArrayList<>(way);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(MACHINE);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Crowd.class.getName()));
        command.addAll(List.of(
                sort.name(), gateway.getAddress().getHostAddress(), "" + gateway.getPort(), "" + sharesPerSecond));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        orders = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** The first of these that this machine has and lets its user have; empty for none. */
    private static List<String> wayToRun(List<List<String>> ways) throws IOException {
        for (List<String> way : ways) {
            if (Files.isExecutable(Path.of(way.getFirst())) && isPermitted(way)) {
                return way;
            }
        }
        return List.of();
    }

    private static boolean isPermitted(List<String> way) throws IOException {
        List<String> trial = new ArrayList<>(way);
        trial.add("true");
        Process process = new ProcessBuilder(trial)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return process.waitFor(END_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            process.destroyForcibly();
        }
    }

    /** Has it carry out one order and returns what it says. */
    JsonNode order(Object... words) throws IOException {
        List<String> texts = new ArrayList<>();
        for (Object word : words) {
            texts.add(word.toString());
        }
        orders.append(String.join(" ", texts)).append('\n').flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the process of the " + sort.name().toLowerCase(Locale.ROOT)
                    + " clients ended; what it said stands above");
        }
        return JsonMapper.shared().readTree(answer);
    }

    /** Whether it has its place before or behind all other processes, and this machine and its user let it. */
    boolean isPlaced() {
        return isPlaced;
    }

    /** What it has used of the processors. */
    ProcessorTime processorTime() {
        return ProcessorTime.of(process.toHandle());
    }

    /** It ends when nobody gives it orders any more. */
    @Override
    public void close() throws IOException {
        try {
            orders.close();
        } finally {
            try {
                if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException hurry) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
