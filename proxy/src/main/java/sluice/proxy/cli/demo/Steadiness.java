package sluice.proxy.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sluice.proxy.miner.MinerReport;

/**
 * How little the miners noticed, as they say themselves.
 *
 * @param disconnects connections of miners that ended
 * @param extranonceChanges how often a miner was given another extranonce than it had
 */
record Steadiness(long disconnects, long extranonceChanges) {
    static Steadiness of(List<MinerReport> miners) {
        return new Steadiness(
                miners.stream().mapToLong(MinerReport::disconnects).sum(),
                miners.stream().mapToLong(MinerReport::extranonceChanges).sum());
    }

    Map<String, Object> values() {
        return DemoReport.ordered("miner_disconnects", disconnects, "extranonce_changes", extranonceChanges);
    }

    String text() {
        return String.format(
                Locale.ROOT, "  %d miners' connections lost, %d extranonces changed%n", disconnects, extranonceChanges);
    }

    List<String> failures() {
        List<String> failures = new ArrayList<>();
        if (disconnects > 0) {
            failures.add(disconnects + " connections of miners were lost");
        }
        if (extranonceChanges > 0) {
            failures.add(extranonceChanges + " times a miner got another extranonce");
        }
        return failures;
    }
}
