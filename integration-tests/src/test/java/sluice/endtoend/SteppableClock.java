package sluice.endtoend;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** The system's clock, put wrong by as much as a test wants. */
final class SteppableClock implements InstantSource {
    private final AtomicReference<Duration> error = new AtomicReference<>(Duration.ZERO);

    @Override
    public Instant instant() {
        return Instant.now().plus(error.get());
    }

    void setWrongBy(Duration ahead) {
        error.set(ahead);
    }
}
