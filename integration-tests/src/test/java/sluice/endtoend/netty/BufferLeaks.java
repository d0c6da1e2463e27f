package sluice.endtoend.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Netty's leak detector, asked instead of read in a log. One for the whole process, which must run at level paranoid. */
public final class BufferLeaks {
    private static final List<String> FOUND = new CopyOnWriteArrayList<>();
    private static final AtomicInteger PROBES = new AtomicInteger();

    static {
        ByteBufUtil.setLeakListener((resource, records) -> FOUND.add(resource + records));
    }

    private BufferLeaks() {}

    /** Has leaks listened for from now on. */
    public static void watch() {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
    }

    /**
     * Asserts that every buffer that is garbage by now was released. Loses one itself and waits until the detector names
     * that one: a detector that looks away would otherwise pass for a program without leaks.
     */
    public static void assertNone() {
        String probe = "lost-on-purpose-" + PROBES.incrementAndGet();
        lose(probe);
        await().until(() -> {
            System.gc();
            // The detector reports when the next buffer is made.
            ByteBufAllocator.DEFAULT.directBuffer(1).release();
            return FOUND.stream().anyMatch(leak -> leak.contains(probe));
        });
        assertThat(FOUND).allMatch(leak -> leak.contains("lost-on-purpose-"), "was lost on purpose");
    }

    private static void lose(String hint) {
        ByteBuf lost = ByteBufAllocator.DEFAULT.directBuffer(1);
        lost.touch(hint);
    }
}
