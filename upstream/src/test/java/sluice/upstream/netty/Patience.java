package sluice.upstream.netty;

import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** How long a test waits for what must happen: longer than the longest pauses of what is tested, on a busy machine too. */
final class Patience {
    private static final int LIMIT_SECONDS = 40;

    private Patience() {}

    static ConditionFactory await() {
        return Awaitility.await().atMost(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
}
