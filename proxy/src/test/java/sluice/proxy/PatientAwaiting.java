package sluice.proxy;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Gives what tests wait for so long that a busy machine makes them slow and never wrong; JUnit finds it by itself. */
public final class PatientAwaiting implements BeforeAllCallback {
    private static final Duration LIMIT = Duration.ofSeconds(40);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(LIMIT);
    }
}
