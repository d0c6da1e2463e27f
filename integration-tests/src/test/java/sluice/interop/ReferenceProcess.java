package sluice.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A running program of somebody else's and what it has said so far. */
final class ReferenceProcess implements AutoCloseable {
    /** Characters of a log that are shown, from its end. */
    private static final int SHOWN = 24_000;

    private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;]*m");
    private static final int TERMINATION_SECONDS = 2;

    private final String name;
    private final Path log;
    private final Process process;
    // The last resort, where the test itself is brought down.
    private final Thread hook;

    private ReferenceProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.hook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** @param directory where it runs and where its log is kept */
    static ReferenceProcess start(ReferenceProgram program, Path file, Path directory, List<String> arguments)
            throws IOException {
        Path log = Files.createTempFile(directory, program.binary(), ".log");
        List<String> command = new ArrayList<>();
        command.add(file.toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        // Its configuration must be ours alone.
        builder.environment().keySet().removeIf(key -> key.startsWith("TPROXY__"));
        builder.environment().put("RUST_LOG", "info");
        builder.environment().put("NO_COLOR", "1");
        return new ReferenceProcess(program.binary(), log, builder.start());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** All that it has said so far, on both streams. */
    String log() {
        try {
            String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
            return COLOURS.matcher(text).replaceAll("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For people: whether it still runs, and the end of its log. */
    String report() {
        String text = log();
        String state = process.isAlive() ? "running" : "ended with exit code " + process.exitValue();
        return "--- " + name + " (" + state + ") ---\n" + text.substring(Math.max(0, text.length() - SHOWN));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(TERMINATION_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor(TERMINATION_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
