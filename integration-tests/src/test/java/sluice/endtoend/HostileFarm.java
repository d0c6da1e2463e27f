package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import sluice.endtoend.netty.BufferLeaks;

/** What every test of a hostile miner shares: an honest miner of each protocol beside it, who must not notice. */
abstract class HostileFarm {
    @TempDir
    private static Path directory;

    private static Farm farm;
    private static HonestMiners miners;

    @BeforeAll
    static void start() throws IOException {
        farm = new Farm(directory, Farm.Plan.steady());
        miners = new HonestMiners(farm.gateway(), 1e5);
        miners.awaitAccepted(1);
    }

    @AfterEach
    void honestMinersNoticedNothing() throws InterruptedException {
        miners.awaitAccepted(1);
        miners.assertUndisturbed();
        await().until(() -> farm.seen().connections() == miners.count());
        assertThat(farm.seen().channels()).isEqualTo(miners.count());
        assertThat(farm.seen().disconnects()).doesNotContainKey("internal-error");
        assertThat(farm.gateway().lostEvents()).isZero();
    }

    @AfterAll
    static void end() {
        miners.close();
        farm.close();
        BufferLeaks.assertNone();
    }

    static Farm farm() {
        return farm;
    }

    /** Something that a hostile client does. */
    @FunctionalInterface
    interface Deed {
        void run() throws Exception;
    }

    /** Does it and waits until one more connection has been closed for this reason, and for no other. */
    static void assertClosedFor(String reason, Deed deed) throws Exception {
        Map<String, Long> before = farm.seen().disconnects();
        deed.run();
        await().until(() -> !farm.seen().disconnects().equals(before));
        Map<String, Long> expected = new HashMap<>(before);
        expected.merge(reason, 1L, Long::sum);
        assertThat(farm.seen().disconnects()).isEqualTo(expected);
    }
}
