package sluice.proxy.api.event;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.api.event.AskedApi.problem;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.config.EventType;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiStream;
import sluice.proxy.event.GatewayEvent;

class EventStreamTest {
    private static final int PLENTY = 32 * 1024;
    private static final int OTHERS = 4;

    private final EventLedger ledger = new EventLedger("run", 8, OTHERS);
    private final EventFeed feed = new EventFeed(ledger, PoolAddresses.UNKNOWN);
    private final AskedApi api = new AskedApi(EventEndpoints.of(feed));
    private final AtomicInteger wakes = new AtomicInteger();

    private void happen(GatewayEvent... events) {
        for (GatewayEvent event : events) {
            feed.on(event);
        }
        feed.onBatchEnd();
    }

    private ApiStream listen(String query) {
        ApiStream stream = ((ApiAnswer.Stream) api.get("/api/v1/events" + query)).source();
        stream.start(wakes::incrementAndGet);
        return stream;
    }

    private static String read(ApiStream stream) {
        StringBuilder all = new StringBuilder();
        for (byte[] some = stream.take(PLENTY); some.length > 0; some = stream.take(PLENTY)) {
            all.append(new String(some, StandardCharsets.UTF_8));
        }
        return all.toString();
    }

    /** Each event's id and type. */
    private static List<String> events(String read) {
        List<String> events = new ArrayList<>();
        for (String block : read.split("\n\n")) {
            List<String> lines = Arrays.asList(block.split("\n"));
            if (lines.stream().anyMatch(line -> line.startsWith("data: "))) {
                events.add(String.join(" ", lines.subList(0, lines.size() - 1)));
            }
        }
        return events;
    }

    @Test
    void aCallerGetsWhatHappensFromThenOn() {
        happen(Happenings.tip());
        ApiStream stream = listen("");
        assertThat(read(stream)).isEqualTo("retry: 2000\nid: run-0-1\n\n");
        assertThat(wakes).hasValue(0);

        happen(Happenings.poolConnected("main"));
        assertThat(wakes).hasValue(1);
        assertThat(read(stream))
                .isEqualTo(
                        "id: run-0-2\nevent: MiningPoolConnected\ndata: {\"id\":\"run-0-2\",\"type\":"
                                + "\"MiningPoolConnected\",\"at\":\"2023-11-14T22:13:20Z\",\"data\":{\"pool_id\":\"main\"}}\n\n");
        assertThat(read(stream)).isEmpty();
    }

    @Test
    void aBrowserThatComesBackGetsWhatItMissed() {
        happen(Happenings.tip(), Happenings.share("a"), Happenings.poolConnected("main"));
        // It repeats the query as it was at first, and says in the header where it is.
        api.withLastEventId("run-0-1");
        ApiStream stream = listen("?last_event_id=oldest");
        assertThat(events(read(stream)))
                .containsExactly("id: run-1-1 event: ShareSubmitted", "id: run-1-2 event: MiningPoolConnected");
    }

    @Test
    void whoCannotSendAHeaderSaysItInTheQuery() {
        happen(Happenings.tip(), Happenings.tip());
        assertThat(events(read(listen("?last_event_id=run-0-1"))))
                .containsExactly("id: run-0-2 event: ChainTipUpdated");
        assertThat(events(read(listen("?last_event_id=oldest")))).hasSize(2);
    }

    @Test
    void aSlowReaderIsOvertakenAndTold() {
        ApiStream stream = listen("");
        for (int i = 0; i < OTHERS + 3; i++) {
            happen(Happenings.tip());
        }
        String read = read(stream);
        assertThat(read).contains("event: EventsLost\ndata: {\"type\":\"EventsLost\",\"data\":{\"count\":3}}\n\n");
        assertThat(events(read))
                .containsExactly(
                        "event: EventsLost",
                        "id: run-0-4 event: ChainTipUpdated",
                        "id: run-0-5 event: ChainTipUpdated",
                        "id: run-0-6 event: ChainTipUpdated",
                        "id: run-0-7 event: ChainTipUpdated");
    }

    @Test
    void whoComesBackToAnotherRunIsToldAndGetsAllThereIs() {
        happen(Happenings.tip());
        assertThat(read(listen("?last_event_id=before-7-7")))
                .contains("event: EventsLost\ndata: {\"type\":\"EventsLost\",\"data\":{\"restarted\":true}}\n\n")
                .contains("id: run-0-1\nevent: ChainTipUpdated");
    }

    @Test
    void onlyWhatIsAskedForComes() {
        ApiStream types = listen("?type=BlockFound,ShareSubmitted");
        ApiStream main = listen("?upstream=main");
        ApiStream worker = listen("?worker=farm.*&type=ShareSubmitted");
        happen(
                Happenings.tip(),
                Happenings.poolConnected("main"),
                Happenings.poolConnected("spare"),
                Happenings.share("farm.1"),
                Happenings.share("other"));
        assertThat(events(read(types)))
                .containsExactly("id: run-1-3 event: ShareSubmitted", "id: run-2-3 event: ShareSubmitted");
        assertThat(events(read(main))).containsExactly("id: run-0-2 event: MiningPoolConnected");
        assertThat(events(read(worker))).containsExactly("id: run-1-3 event: ShareSubmitted");
    }

    @Test
    void aCallerWhoGetsNothingForLongIsToldHowFarItIs() {
        EventLedger large = new EventLedger("run");
        EventFeed busy = new EventFeed(large, PoolAddresses.UNKNOWN);
        EventStream stream = new EventStream(
                busy, begin -> EventReader.fromNow(begin, EventFilter.of(Set.of(EventType.BLOCK_FOUND))));
        stream.start(() -> {});
        for (int i = 0; i < EventReader.MAX_LOOKED_AT + 1; i++) {
            busy.on(Happenings.tip());
        }
        assertThat(read(stream)).endsWith("\n\nid: run-0-" + EventReader.MAX_LOOKED_AT + "\n\n");
    }

    @Test
    void itWritesNoMoreThanThereIsRoomForAndAlwaysWholeEvents() {
        EventLedger large = new EventLedger("run");
        EventFeed busy = new EventFeed(large, PoolAddresses.UNKNOWN);
        EventStream stream = new EventStream(busy, begin -> EventReader.fromNow(begin, EventFilter.ALL));
        stream.start(() -> {});
        for (int i = 0; i < 3 * EventStream.MAX_AHEAD; i++) {
            busy.on(Happenings.share("w".repeat(200)));
        }
        StringBuilder all = new StringBuilder();
        for (byte[] some = stream.take(1_500); some.length > 0; some = stream.take(1_500)) {
            String text = new String(some, StandardCharsets.UTF_8);
            assertThat(text).hasSizeLessThanOrEqualTo(1_500).endsWith("\n\n");
            all.append(text);
        }
        assertThat(events(all.toString())).hasSize(3 * EventStream.MAX_AHEAD);
    }

    @Test
    void whoHasGoneIsNotWoken() {
        ApiStream stream = listen("");
        stream.stop();
        happen(Happenings.tip());
        assertThat(wakes).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type=Nothing          | the query parameter type has a type that does not exist; known are: Stratum",
                "type=                 | the query parameter type has an empty entry",
                "upstream=a,           | the query parameter upstream has an empty entry",
                "last_event_id=7       | the last event id is none that this gateway has given",
                "since=7               | the query has a parameter that this path does not know",
            })
    void whatMakesNoSenseIsRefusedInWords(String query, String detail) {
        assertThat(problem(api.get("/api/v1/events?" + query)).status()).isEqualTo(400);
        assertThat(problem(api.get("/api/v1/events?" + query)).detail()).startsWith(detail);
    }

    @Test
    void aFilterListsSoManyAndNoMore() {
        String most = String.join(",", Collections.nCopies(EventEndpoints.MAX_LISTED, "a"));
        assertThat(api.get("/api/v1/events?upstream=" + most)).isInstanceOf(ApiAnswer.Stream.class);
        assertThat(problem(api.get("/api/v1/events?upstream=" + most + ",a")).detail())
                .contains("more than 64");
        String longest = "a".repeat(EventEndpoints.MAX_LIST_LENGTH);
        assertThat(api.get("/api/v1/events?upstream=" + longest)).isInstanceOf(ApiAnswer.Stream.class);
        assertThat(problem(api.get("/api/v1/events?upstream=" + longest + "a")).detail())
                .contains("is longer than");
    }
}
