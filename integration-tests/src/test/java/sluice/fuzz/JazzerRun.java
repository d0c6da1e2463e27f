package sluice.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One target under Jazzer in a process of its own, which is guided by what the inputs reach. What it has found is left in
 * {@code target/fuzz/LABEL} and the next run goes on from there.
 */
final class JazzerRun {
    private static final Path HOME = Path.of("target", "fuzz").toAbsolutePath();
    private static final Duration START_AND_END = Duration.ofMinutes(5);
    private static final Duration SLOWEST_INPUT = Duration.ofSeconds(60);
    private static final Pattern RUNS = Pattern.compile("stat::number_of_executed_units: (\\d+)");
    private static final Pattern RATE = Pattern.compile("stat::average_exec_per_sec: +(\\d+)");
    private static final Pattern COVERAGE = Pattern.compile("cov: (\\d+) ft: (\\d+)");
    private static final int SHOWN_LINES = 60;

    private final FuzzTarget target;
    private final Path seeds;
    private final Path found;
    private final Path findings;
    private final Path log;

    JazzerRun(FuzzTarget target) throws IOException {
        this.target = target;
        Path home = HOME.resolve(target.label());
        this.seeds = Files.createDirectories(home.resolve("seeds"));
        this.found = Files.createDirectories(home.resolve("found"));
        this.findings = Files.createDirectories(home.resolve("findings"));
        this.log = home.resolve("log");
    }

    /**
     * @param inputs how many were run
     * @param perSecond of them
     * @param edges branches of our code that they reach
     * @param finding what went wrong, with the input that did it
     */
    record Report(String label, long inputs, long perSecond, long edges, Optional<String> finding) {
        @Override
        public String toString() {
            return "| `%s` | %,d | %,d | %,d | %s |"
                    .formatted(label, inputs, perSecond, edges, finding.isPresent() ? "**a finding**" : "none");
        }
    }

    Report run(Duration time) throws IOException, InterruptedException {
        deleteFiles(seeds);
        deleteFiles(findings);
        int number = 0;
        for (byte[] input : Corpus.of(target)) {
            Files.write(seeds.resolve(Integer.toString(number++)), input);
        }
        int exit = jazzer(
                time.plus(START_AND_END),
                found,
                seeds,
                List.of(
                        "-max_total_time=" + time.toSeconds(),
                        "-timeout=" + SLOWEST_INPUT.toSeconds(),
                        "-print_final_stats=1",
                        "-artifact_prefix=" + findings + "/",
                        "--reproducer_path=" + findings));
        String output = Files.readString(log);
        return new Report(
                target.label(),
                last(RUNS, output),
                last(RATE, output),
                last(COVERAGE, output),
                exit == 0 ? Optional.empty() : Optional.of(finding(output, exit)));
    }

    /** The fewest inputs that reach all that was reached so far, shortest first. */
    List<byte[]> condensed() throws IOException, InterruptedException {
        Path merged = Files.createDirectories(found.resolveSibling("merged"));
        deleteFiles(merged);
        int exit = jazzer(START_AND_END.multipliedBy(2), merged, seeds, List.of(found.toString(), "-merge=1"));
        if (exit != 0) {
            throw new IllegalStateException("Jazzer cannot merge: " + tail(Files.readString(log)));
        }
        List<byte[]> inputs = new ArrayList<>();
        for (Path file : files(merged)) {
            inputs.add(Files.readAllBytes(file));
        }
        inputs.sort(Comparator.<byte[]>comparingInt(input -> input.length).thenComparing(Arrays::compare));
        return inputs;
    }

    private int jazzer(Duration patience, Path writable, Path readable, List<String> options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                // As in production; the pom says why.
                "-da:org.tomlj...",
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + JazzerEntry.class.getName(),
                "--target_args=" + target.label(),
                "--instrumentation_includes=sluice.**",
                "--custom_hook_includes=sluice.**",
                writable.toString(),
                readable.toString()));
        command.addAll(options);
        Process process = new ProcessBuilder(command)
                .directory(findings.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("Jazzer goes on for longer than " + patience + ": " + log);
            }
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private String finding(String output, int exit) throws IOException {
        StringBuilder finding = new StringBuilder("exit " + exit + "\n" + tail(output));
        for (Path file : files(findings)) {
            String name = file.getFileName().toString();
            if (name.startsWith("crash-") || name.startsWith("timeout-") || name.startsWith("oom-")) {
                finding.append("\ninput, a line for fuzz/")
                        .append(target.label())
                        .append(".hex: ");
                finding.append(HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return finding.toString();
    }

    private static String tail(String output) {
        List<String> lines = output.lines()
                .filter(line -> !line.startsWith("INFO: Instrumented"))
                .toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    }

    private static long last(Pattern pattern, String output) {
        return pattern.matcher(output)
                .results()
                .map((MatchResult match) -> Long.parseLong(match.group(1)))
                .reduce(0L, (first, last) -> last);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static void deleteFiles(Path folder) throws IOException {
        for (Path file : files(folder)) {
            Files.delete(file);
        }
    }
}
