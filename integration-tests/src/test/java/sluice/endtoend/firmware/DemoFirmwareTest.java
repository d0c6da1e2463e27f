package sluice.endtoend.firmware;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.endtoend.SluiceProcess;

/** The three families that most firmware descends from mine through what {@code sluice demo} starts. */
@Timeout(180)
class DemoFirmwareTest {
    private static final Pattern WHERE = Pattern.compile("Miners connect to ([0-9.]+):([0-9]+) ");
    // The demo asks its own miners for as much as a processor has.
    // Some four thousand hashes a share, so that these scripts find one at once on any machine.
    private static final String SLOW = "0.000001";
    private static final int TIPS = 3;
    private static final int JOB_NOT_FOUND = 21;

    @TempDir
    private Path directory;

    /** A machine and the previous blocks on which it has found a share that was accepted. */
    private record Mining(Firmware machine, Set<String> tips) {
        /** Waits for a tip on which it has found nothing yet, and finds a share. */
        void minesOnAnotherTip() {
            Hasher.Work work = machine.hearsWhatHasCome().awaitsWork();
            while (tips.contains(work.prevHash())) {
                work = machine.hearsWork();
            }
            Heard verdict = machine.submits(machine.finds(work));
            if (verdict.errorCode() == JOB_NOT_FOUND) {
                // A block was found meanwhile, and it had not heard of it.
                minesOnAnotherTip();
                return;
            }
            assertThat(verdict.result().asBoolean(false))
                    .as(() -> String.join("\n", machine.transcript()))
                    .isTrue();
            tips.add(work.prevHash());
        }
    }

    @Test
    void minerdCgminerAndABitaxeMineThroughTheDemoOnOneTipAfterTheOther() throws Exception {
        List<Mining> machines = new ArrayList<>();
        try (SluiceProcess demo = SluiceProcess.start(
                directory, "demo", "--duration", "170s", "--sv1-miners", "1", "--sv2-miners", "1")) {
            await("the demo's port").until(() -> where(demo).isPresent());
            InetSocketAddress port = where(demo).orElseThrow();
            for (Dialect dialect : List.of(Dialect.CPUMINER, Dialect.CGMINER_VMASK, Dialect.ESP_MINER)) {
                Firmware machine = new Firmware(
                        port, dialect.withPassword("d=" + SLOW).suggesting(SLOW), "farm." + machines.size());
                machines.add(new Mining(machine.logsIn(), new HashSet<>()));
            }
            for (int tip = 0; tip < TIPS; tip++) {
                machines.forEach(Mining::minesOnAnotherTip);
            }
        } finally {
            machines.forEach(mining -> mining.machine().close());
        }
    }

    private static Optional<InetSocketAddress> where(SluiceProcess demo) throws Exception {
        return WHERE.matcher(String.join("\n", demo.printed()))
                .results()
                .findFirst()
                .map(DemoFirmwareTest::address);
    }

    private static InetSocketAddress address(MatchResult found) {
        return new InetSocketAddress(found.group(1), Integer.parseInt(found.group(2)));
    }
}
