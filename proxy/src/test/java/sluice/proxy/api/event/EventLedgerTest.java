package sluice.proxy.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.EventType;

class EventLedgerTest {
    private static final int FREQUENT = 8;
    private static final int OTHERS = 4;

    private final EventLedger ledger = new EventLedger("run", FREQUENT, OTHERS);
    private final EventFeed feed = new EventFeed(ledger, PoolAddresses.UNKNOWN);

    private void shares(int count) {
        for (int i = 0; i < count; i++) {
            feed.on(Happenings.share("farm"));
        }
    }

    private void tips(int count) {
        for (int i = 0; i < count; i++) {
            feed.on(Happenings.tip());
        }
    }

    private EventReader fromOldest() {
        return EventReader.fromOldest(ledger, EventFilter.ALL);
    }

    private EventReader after(String id) {
        return EventReader.after(ledger, EventFilter.ALL, EventId.parse(id).orElseThrow());
    }

    private static List<String> ids(EventReader.Batch batch) {
        return batch.events().stream().map(event -> event.id().toString()).toList();
    }

    @Test
    void readersGetTheEventsOfBothRingsInTheOrderInWhichTheyHappened() {
        EventReader reader = EventReader.fromNow(ledger, EventFilter.ALL);
        tips(1);
        shares(2);
        tips(1);

        assertThat(ids(reader.next(3))).containsExactly("run-0-1", "run-1-1", "run-2-1");
        assertThat(ids(reader.next(3))).containsExactly("run-2-2");
        assertThat(reader.next(3).events()).isEmpty();
    }

    @Test
    void aReaderFromNowOnGetsNothingOfBefore() {
        tips(2);
        EventReader reader = EventReader.fromNow(ledger, EventFilter.ALL);
        tips(1);
        assertThat(ids(reader.next(9))).containsExactly("run-0-3");
    }

    @Test
    void whoComesBackWithAnIdMissesNothingThatIsStillThere() {
        shares(2);
        tips(OTHERS);
        assertThat(ids(after("run-2-1").next(9))).containsExactly("run-2-2", "run-2-3", "run-2-4");
        assertThat(after("run-2-0").next(9).lost()).isZero();
    }

    @Test
    void aFullRingGivesItsOldestEventAwayAndTellsItsReaders() {
        EventReader reader = EventReader.fromNow(ledger, EventFilter.ALL);
        tips(OTHERS);
        assertThat(after("run-0-0").next(9).lost()).isZero();
        tips(1);

        EventReader.Batch batch = reader.next(9);
        assertThat(batch.lost()).isEqualTo(1);
        assertThat(ids(batch)).containsExactly("run-0-2", "run-0-3", "run-0-4", "run-0-5");
        assertThat(after("run-0-0").next(9).lost()).isEqualTo(1);
        assertThat(after("run-0-1").next(9).lost()).isZero();
    }

    @Test
    void aFloodOfSharesPushesNothingElseOut() {
        tips(2);
        shares(100);
        tips(1);

        EventReader.Batch batch = after("run-0-0").next(99);
        assertThat(batch.lost()).isEqualTo(100 - FREQUENT);
        assertThat(ids(batch))
                .hasSize(FREQUENT + 3)
                .startsWith("run-0-1", "run-0-2", "run-93-2")
                .endsWith("run-100-3");
    }

    @Test
    void whoComesFromAnotherRunGetsAllThereIsAndIsTold() {
        tips(2);
        EventReader reader = after("before-0-1");
        EventReader.Batch first = reader.next(1);
        assertThat(first.fromAnotherRun()).isTrue();
        assertThat(ids(first)).containsExactly("run-0-1");
        assertThat(reader.next(1).fromAnotherRun()).isFalse();
        // No event of this run has that id.
        assertThat(after("run-0-3").next(9).fromAnotherRun()).isTrue();
        assertThat(after("run-0-2").next(9).fromAnotherRun()).isFalse();
    }

    @Test
    void aFilterThatTakesNothingDoesNotLookAtEverythingAtOnce() {
        EventLedger large = new EventLedger("run");
        EventFeed busy = new EventFeed(large, PoolAddresses.UNKNOWN);
        EventReader reader = EventReader.fromNow(large, EventFilter.of(Set.of(EventType.BLOCK_FOUND)));
        for (int i = 0; i < EventReader.MAX_LOOKED_AT + 1; i++) {
            busy.on(Happenings.tip());
        }

        EventReader.Batch batch = reader.next(9);
        assertThat(batch.place().others()).isEqualTo(EventReader.MAX_LOOKED_AT);
        assertThat(batch.isMore()).isTrue();
        assertThat(reader.next(9).isMore()).isFalse();
    }

    @Test
    void theRingsHoldWhatTheySay() {
        EventLedger large = new EventLedger("run");
        EventFeed busy = new EventFeed(large, PoolAddresses.UNKNOWN);
        EventId start = large.last();
        for (int i = 0; i < EventLedger.MAX_FREQUENT; i++) {
            busy.on(Happenings.share("farm"));
        }
        for (int i = 0; i < EventLedger.MAX_OTHERS; i++) {
            busy.on(Happenings.tip());
        }
        assertThat(EventReader.after(large, EventFilter.ALL, start).next(1).lost())
                .isZero();
        busy.on(Happenings.share("farm"));
        assertThat(EventReader.after(large, EventFilter.ALL, start).next(1).lost())
                .isEqualTo(1);
        busy.on(Happenings.tip());
        assertThat(EventReader.after(large, EventFilter.ALL, start).next(1).lost())
                .isEqualTo(2);
    }

    /** Whatever is read and whatever is lost, each event is one of the two, and the order is never broken. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void nothingIsReadTwiceAndNothingVanishesUntold(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        EventReader reader = fromOldest();
        List<Long> read = new ArrayList<>();
        long lost = 0;
        for (int step = 0; step < 2_000; step++) {
            if (random.nextInt(3) > 0) {
                int count = random.nextInt(4);
                if (random.nextBoolean()) {
                    shares(count);
                } else {
                    tips(count);
                }
            } else {
                EventReader.Batch batch = reader.next(random.nextInt(6));
                batch.events().forEach(event -> read.add(event.id().number()));
                lost += batch.lost();
            }
        }
        EventReader.Batch rest = reader.next(Integer.MAX_VALUE);
        rest.events().forEach(event -> read.add(event.id().number()));

        assertThat(read).isSorted().doesNotHaveDuplicates();
        assertThat(read.size() + lost + rest.lost()).isEqualTo(ledger.last().number());
        assertThat(read).hasSizeGreaterThan(100);
    }

    @Test
    void readersOnOtherThreadsMissNothingUntold() throws InterruptedException {
        EventReader reader = fromOldest();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 20_000; i++) {
                shares(3);
                tips(1);
            }
        });
        List<Long> read = new ArrayList<>();
        long lost = 0;
        boolean more = true;
        while (writer.isAlive() || more) {
            EventReader.Batch batch = reader.next(64);
            batch.events().forEach(event -> read.add(event.id().number()));
            lost += batch.lost();
            more = batch.isMore();
        }
        writer.join();
        for (EventReader.Batch batch = reader.next(64);
                batch.isMore() || !batch.events().isEmpty(); ) {
            batch.events().forEach(event -> read.add(event.id().number()));
            lost += batch.lost();
            batch = reader.next(64);
        }
        assertThat(read).isSorted().doesNotHaveDuplicates();
        assertThat(read.size() + lost).isEqualTo(80_000);
    }

    @Test
    void anIdIsWhatItsTextSaysAndNothingElseIsOne() {
        EventId id = new EventId("18c2f0a1b2c", 120, 4_711);
        assertThat(EventId.parse(id.toString())).contains(id);
        for (String text :
                List.of("", "7", "a-1", "a-1-", "a-1-2-3", "A-1-2", "a--1-2", "a-1-2\n", "a-1-" + "9".repeat(19))) {
            assertThat(EventId.parse(text)).as(text).isEmpty();
        }
        String longest = "a".repeat(16) + "-" + "9".repeat(18) + "-" + "9".repeat(18);
        assertThat(EventId.parse(longest)).isPresent();
        assertThat(longest).hasSizeLessThanOrEqualTo(EventId.MAX_LENGTH);
    }
}
