package sluice.upstream.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RedirectsTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    private final Redirects redirects = new Redirects();

    @Test
    void theFirstIsFollowedAtOnceAndTheNextNotBeforeAMinuteIsOver() {
        assertThat(redirects.isFollowedAtOnce(START)).isTrue();
        assertThat(redirects.isFollowedAtOnce(START)).isFalse();
        assertThat(redirects.isFollowedAtOnce(after(Duration.ofSeconds(60).minusMillis(1))))
                .isFalse();
        assertThat(redirects.isFollowedAtOnce(after(Duration.ofSeconds(60)))).isTrue();
        assertThat(redirects.isFollowedAtOnce(after(Duration.ofSeconds(61)))).isFalse();
    }

    @Test
    void aClockThatIsPutBackMakesNobodyWait() {
        assertThat(redirects.isFollowedAtOnce(after(Duration.ofDays(365)))).isTrue();
        assertThat(redirects.isFollowedAtOnce(START)).isTrue();
        assertThat(redirects.isFollowedAtOnce(START)).isFalse();
    }

    private static Instant after(Duration wait) {
        return START.plus(wait);
    }
}
