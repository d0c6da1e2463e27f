package sluice.proxy.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sluice.proxy.mining.job.MiningJob;

class ShareSinksTest {
    private static final int SMALL = 8;
    private static final MiningJob JOB = RingedShares.job(1);
    private static final Instant NOW = RingedShares.AT;

    private final ShareRing ring = new ShareRing(SMALL, SMALL);
    private final ShareSinks sinks = new ShareSinks(ring);

    private void happen(int shares) {
        IntStream.range(0, shares).forEach(which -> RingedShares.add(ring, JOB, which));
    }

    private ShareSink register(String name) {
        return sinks.register(name, "module", NOW).orElseThrow();
    }

    private ShareRing.Batch take(ShareSink sink, long place) {
        return sinks.handOver(sink, place, SMALL, NOW);
    }

    @Test
    void sharesAreKeptForAsLongAsAnybodyWantsThem() {
        happen(1);
        assertThat(sinks.last()).isZero();
        register("one");
        register("other");
        happen(1);
        assertThat(sinks.remove("one")).isTrue();
        happen(1);
        assertThat(sinks.last()).isEqualTo(2);
        assertThat(sinks.remove("other")).isTrue();
        assertThat(sinks.remove("other")).isFalse();
        happen(1);
        assertThat(sinks.last()).isEqualTo(2);
    }

    @Test
    void aModuleThatRegistersAgainGoesOnWhereItWas() {
        ShareSink sink = register("ocean");
        happen(3);
        sinks.acknowledge(sink, 2);
        assertThat(register("ocean")).isSameAs(sink);
        assertThat(sink.acknowledged()).isEqualTo(2);
        assertThat(register("later").acknowledged())
                .as("gets what comes from now on")
                .isEqualTo(3);
    }

    @Test
    void whatWasAcknowledgedStaysSo() {
        ShareSink sink = register("ocean");
        happen(3);
        sinks.acknowledge(sink, 3);
        sinks.acknowledge(sink, 1);
        assertThat(sink.acknowledged()).isEqualTo(3);
    }

    @Test
    void onlyWhatASinkWasNeverSentIsLostAndThatIsCountedOnce() {
        ShareSink sink = register("ocean");
        happen(2);
        assertThat(take(sink, 0).shares()).hasSize(2);
        happen(SMALL + 1);
        assertThat(sinks.lostBy(sink)).as("before it asks").isEqualTo(1);

        ShareRing.Batch again = take(sink, 0);
        assertThat(again.lost()).as("of what it asked for").isEqualTo(3);
        assertThat(sinks.lostBy(sink)).as("two of them it had been sent").isEqualTo(1);
        take(sink, 0);
        assertThat(sinks.lostBy(sink)).isEqualTo(1);
    }

    @Test
    void operatorsAreToldOfLossesNowAndThenAndOfAllOfThem() {
        ShareSink sink = new ShareSink("slow", "module", NOW, 0);
        assertThat(sink.takeUntold(NOW)).isZero();
        sink.handOver(0, new ShareRing.Batch(List.of(), 3, 3));
        assertThat(sink.takeUntold(NOW)).isEqualTo(3);
        sink.handOver(3, new ShareRing.Batch(List.of(), 4, 7));
        sink.handOver(7, new ShareRing.Batch(List.of(), 5, 12));
        assertThat(sink.takeUntold(NOW.plus(ShareSink.TELLING_INTERVAL).minusMillis(1)))
                .isZero();
        assertThat(sink.takeUntold(NOW.plus(ShareSink.TELLING_INTERVAL))).isEqualTo(9);
        assertThat(sink.takeUntold(NOW.plus(ShareSink.TELLING_INTERVAL.multipliedBy(2))))
                .isZero();
        assertThat(sink.lost()).isEqualTo(12);
    }

    @Test
    void thereIsRoomForSoManyAndNoMore() {
        IntStream.range(0, ShareSinks.MAX_SINKS).forEach(i -> register("sink" + i));
        assertThat(sinks.register("one-more", "module", NOW)).isEmpty();
        assertThat(sinks.register("sink0", "module", NOW)).isPresent();
        sinks.remove("sink0");
        assertThat(sinks.register("one-more", "module", NOW)).isPresent();
        assertThat(sinks.all()).hasSize(ShareSinks.MAX_SINKS);
    }
}
