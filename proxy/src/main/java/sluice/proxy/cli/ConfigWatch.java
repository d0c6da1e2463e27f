package sluice.proxy.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the configuration should be read again, because its file changed or somebody asked, and has it read, one time
 * after the other on one thread. It looks at the file instead of waiting for news of it: network file systems give none, and
 * editors and orchestrators replace files and links in many ways.
 */
final class ConfigWatch implements AutoCloseable {
    /** How often the file is looked at; a file that changed is read when it has not changed for as long. */
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(ConfigWatch.class);

    private final List<Path> files;
    private final Runnable reload;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("configuration").factory());
    // What the file looked like when it was read last, and at the last look.
    private List<Object> read;
    private List<Object> seen;

    /** @param files that belong together: they are read when none of them has changed any more for a while */
    ConfigWatch(List<Path> files, Runnable reload) {
        this(files, INTERVAL, reload);
    }

    ConfigWatch(List<Path> files, Duration interval, Runnable reload) {
        this.files = List.copyOf(files);
        this.reload = reload;
        this.read = look();
        this.seen = read;
        thread.scheduleWithFixedDelay(this::lookAgain, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Has the file read again whether it changed or not. Returns at once. */
    void readNow() {
        thread.execute(() -> {
            read = look();
            seen = read;
            run();
        });
    }

    private void lookAgain() {
        List<Object> now = look();
        boolean isAtRest = now.equals(seen);
        seen = now;
        // A file that is being written, or is gone for a moment while it is replaced, is read when that is over.
        if (isAtRest && !now.equals(read) && !now.contains(Absent.ABSENT)) {
            read = now;
            run();
        }
    }

    private void run() {
        try {
            reload.run();
        } catch (RuntimeException bug) {
            // The next change must find this thread alive.
            LOG.error("bug while the configuration was read again; nothing was changed", bug);
        }
    }

    private enum Absent {
        ABSENT
    }

    private record Stamp(Object key, long modified, long size) {}

    private List<Object> look() {
        return files.stream().map(ConfigWatch::look).toList();
    }

    private static Object look(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file.toRealPath(), BasicFileAttributes.class);
            return new Stamp(
                    String.valueOf(now.fileKey()),
                    now.lastModifiedTime().toInstant().toEpochMilli(),
                    now.size());
        } catch (IOException e) {
            return Absent.ABSENT;
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
