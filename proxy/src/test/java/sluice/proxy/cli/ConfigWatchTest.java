package sluice.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ConfigWatchTest {
    private static final Duration INTERVAL = Duration.ofMillis(20);

    @TempDir
    Path home;

    private final List<String> read = new CopyOnWriteArrayList<>();
    private Path file;
    private ConfigWatch watch;

    @BeforeEach
    void start() throws IOException {
        file = Files.writeString(home.resolve("sluice.toml"), "one");
        watch = new ConfigWatch(List.of(file), INTERVAL, () -> {
            try {
                read.add(Files.readString(file));
            } catch (IOException e) {
                read.add("gone");
            }
        });
    }

    @AfterEach
    void stop() {
        watch.close();
    }

    /** In one call to the system, so that the file is never empty on the way, however slow this test is. */
    private void overwrite(String longerText) throws IOException {
        Files.writeString(file, longerText, StandardOpenOption.WRITE);
    }

    /** As {@link Files#move} alone does not: it deletes the other file first. */
    private void replaceBy(Path other) throws IOException {
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void readsAFileThatChangedOnce() throws IOException {
        overwrite("second");
        await().until(() -> !read.isEmpty());
        overwrite("the third");
        await().until(() -> read.size() > 1);
        assertThat(read).containsExactly("second", "the third");
    }

    @Test
    void readsAFileThatWasReplacedByAnother() throws IOException {
        Path next = Files.writeString(home.resolve("next"), "replaced");
        replaceBy(next);
        await().untilAsserted(() -> assertThat(read).containsExactly("replaced"));
    }

    @Test
    void followsALinkThatIsTurnedToAnotherFile() throws IOException {
        watch.close();
        Path old = Files.writeString(home.resolve("old.toml"), "same size 1");
        Path fresh = Files.writeString(home.resolve("fresh.toml"), "same size 2");
        Files.delete(file);
        Files.createSymbolicLink(file, old);
        watch = new ConfigWatch(List.of(file), INTERVAL, () -> read.add("again"));
        Path link = Files.createSymbolicLink(home.resolve("link"), fresh);
        replaceBy(link);
        await().untilAsserted(() -> assertThat(read).containsExactly("again"));
    }

    @Test
    void doesNotReadAFileThatIsGoneButReadsItWhenItIsBack() throws IOException {
        Files.delete(file);
        watch.readNow();
        await().until(() -> read.size() == 1);
        replaceBy(Files.writeString(home.resolve("next"), "back again"));
        await().until(() -> read.size() == 2);
        assertThat(read).containsExactly("gone", "back again");
    }

    @Test
    void readsAtOnceWhenAskedAndAgainAfterABug() {
        watch.close();
        watch = new ConfigWatch(List.of(file), Duration.ofHours(1), () -> {
            read.add("asked");
            throw new IllegalStateException("a bug");
        });
        watch.readNow();
        watch.readNow();
        await().until(() -> read.size() == 2);
    }
}
