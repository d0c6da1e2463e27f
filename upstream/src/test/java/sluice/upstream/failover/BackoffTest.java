package sluice.upstream.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LAST = Duration.ofSeconds(30);

    /** The end of the range that gives the longest waits. */
    private static final RandomGenerator LONGEST = () -> 0;

    @Test
    void doublesUntilTheLastCeilingAndStaysThere() {
        Backoff backoff = new Backoff(FIRST, LAST, LONGEST);

        Stream.of(1, 2, 4, 8, 16, 30, 30, 30)
                .forEach(seconds -> assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(seconds)));
    }

    @Test
    void startsAgainWithAShortWaitAfterSuccess() {
        Backoff backoff = new Backoff(FIRST, LAST, LONGEST);
        backoff.next();
        backoff.next();

        backoff.reset();

        assertThat(backoff.next()).isEqualTo(FIRST);
    }

    @Test
    void staysBetweenHalfTheCeilingAndTheCeilingForEverySeed() {
        for (int seed = 0; seed < 1_000; seed++) {
            Backoff backoff = new Backoff(FIRST, LAST, new SplittableRandom(seed));
            for (int seconds : new int[] {1, 2, 4, 8, 16, 30, 30}) {
                Duration ceiling = Duration.ofSeconds(seconds);
                assertThat(backoff.next()).as("seed %d", seed).isBetween(ceiling.dividedBy(2), ceiling);
            }
        }
    }

    @Test
    void keepsGatewaysOutOfStep() {
        assertThat(Stream.iterate(0, seed -> seed + 1)
                        .limit(100)
                        .map(seed -> new Backoff(FIRST, LAST, new SplittableRandom(seed)).next())
                        .distinct())
                .hasSizeGreaterThan(95);
    }

    @Test
    void refusesCeilingsThatMakeNoSense() {
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, LAST, LONGEST))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(LAST, FIRST, LONGEST)).isInstanceOf(IllegalArgumentException.class);
    }
}
