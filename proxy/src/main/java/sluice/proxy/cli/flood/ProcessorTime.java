package sluice.proxy.cli.flood;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process has used of the processors, and how long its threads have waited for one although they had something to do.
 * The latter, and what all processes together used, only Linux tells; zero elsewhere.
 */
record ProcessorTime(Duration used, Duration waited) {
    private static final Path PROCESSES = Path.of("/proc");
    private static final Duration TICK = Duration.ofMillis(10);
    // Of the first line of /proc/stat: the name, then user, nice, system, idle and waiting for a disk.
    private static final int IDLE = 4;
    private static final int DISK = 5;
    // Guests are counted as users already.
    private static final int LAST = 8;

    static ProcessorTime of(ProcessHandle process) {
        return new ProcessorTime(
                process.info().totalCpuDuration().orElse(Duration.ZERO),
                waited(PROCESSES.resolve(Long.toString(process.pid())).resolve("task")));
    }

    ProcessorTime since(ProcessorTime earlier) {
        return new ProcessorTime(used.minus(earlier.used), waited.minus(earlier.waited));
    }

    /** What all processes of this machine have used. */
    static Duration ofMachine() {
        long ticks = 0;
        try (Stream<String> lines = Files.lines(PROCESSES.resolve("stat"))) {
            String[] fields = lines.findFirst().orElse("").trim().split("\\s+");
            for (int i = 1; i < Math.min(fields.length, LAST + 1); i++) {
                ticks += i == IDLE || i == DISK ? 0 : Long.parseLong(fields[i]);
            }
        } catch (IOException notThisSystem) {
            return Duration.ZERO;
        }
        return TICK.multipliedBy(ticks);
    }

    private static Duration waited(Path threads) {
        if (!Files.isDirectory(threads)) {
            return Duration.ZERO;
        }
        try (Stream<Path> all = Files.list(threads)) {
            return Duration.ofNanos(all.mapToLong(thread -> waitedNanos(thread.resolve("schedstat")))
                    .sum());
        } catch (IOException ended) {
            return Duration.ZERO;
        }
    }

    private static long waitedNanos(Path statistics) {
        try {
            // Time used, time waited, slices.
            List<String> fields = List.of(Files.readString(statistics).trim().split(" "));
            return Long.parseLong(fields.get(1));
        } catch (IOException ended) {
            return 0;
        }
    }
}
