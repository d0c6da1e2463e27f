package sluice.proxy.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.proxy.api.event.WebhookAction.Buried;
import sluice.proxy.api.event.WebhookAction.Faltered;
import sluice.proxy.api.event.WebhookAction.Overflowed;
import sluice.proxy.api.event.WebhookAction.Post;
import sluice.proxy.api.event.WebhookAction.Recovered;
import sluice.proxy.api.event.WebhookAction.WakeAt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WebhookQueueTest {
    private static final List<PublishedEvent> EVENTS = events(3 * WebhookQueue.MAX_WAITING);

    private final WebhookQueue queue = new WebhookQueue(new SplittableRandom(1));
    private Instant now = Happenings.AT;
    private int next;

    private static List<PublishedEvent> events(int count) {
        EventLedger ledger = new EventLedger("run", 1, count);
        EventReader reader = EventReader.fromNow(ledger, EventFilter.ALL);
        EventFeed feed = new EventFeed(ledger, PoolAddresses.UNKNOWN);
        List<PublishedEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            feed.on(Happenings.tip());
            events.addAll(reader.next(1).events());
        }
        return events;
    }

    private List<WebhookAction> hears(WebhookInput input) {
        return queue.on(input, now);
    }

    private List<WebhookAction> happens(int count) {
        List<WebhookAction> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.addAll(hears(new WebhookInput.Happened(EVENTS.get(next++))));
        }
        return all;
    }

    private List<WebhookAction> answers(int status) {
        return hears(new WebhookInput.Answered(status, Optional.empty()));
    }

    /** What is sent when the wait is over. */
    private List<WebhookAction> later() {
        now = queue.state().nextAttempt().orElseThrow();
        return hears(new WebhookInput.TimePassed());
    }

    private static WebhookDelivery posted(List<WebhookAction> actions) {
        List<WebhookDelivery> posts = actions.stream()
                .filter(Post.class::isInstance)
                .map(action -> ((Post) action).delivery())
                .toList();
        assertThat(posts).hasSize(1);
        return posts.getFirst();
    }

    private static List<PublishedEvent> buried(WebhookState state) {
        return state.deadLetters().stream().map(DeadLetter::event).toList();
    }

    @Test
    void whatHappensWhileARequestIsUnderWayGoesWithTheNext() {
        assertThat(posted(happens(1)).events()).containsExactly(EVENTS.get(0));
        assertThat(happens(3)).isEmpty();
        assertThat(queue.state().waiting()).isEqualTo(4);

        assertThat(posted(answers(200)).events()).isEqualTo(EVENTS.subList(1, 4));
        assertThat(answers(204)).isEmpty();
        assertThat(queue.state().delivered()).isEqualTo(4);
        assertThat(queue.state().waiting()).isZero();
    }

    @Test
    void aRequestHasSoManyEventsAndNoMore() {
        happens(1 + WebhookQueue.MAX_BATCH + 1);
        assertThat(posted(answers(200)).events()).hasSize(WebhookQueue.MAX_BATCH);
        assertThat(posted(answers(200)).events()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 408, 425, 429})
    void whatMayPassIsTriedAgainUnderTheSameIdAndHoldsBackWhatCameLater(int status) {
        WebhookDelivery first = posted(happens(1));
        List<WebhookAction> failed = answers(status);
        assertThat(failed).hasSize(2).first().isEqualTo(new Faltered("HTTP " + status));
        assertThat(failed.getLast())
                .isEqualTo(new WakeAt(queue.state().nextAttempt().orElseThrow()));
        assertThat(happens(1)).isEmpty();
        assertThat(hears(new WebhookInput.TimePassed())).isEmpty();

        WebhookDelivery second = posted(later());
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.events()).isEqualTo(first.events());
        assertThat(second.id()).isEqualTo(first.id());
        List<WebhookAction> taken = answers(200);
        assertThat(taken).first().isEqualTo(new Recovered());
        assertThat(posted(taken).events()).containsExactly(EVENTS.get(1));
        assertThat(queue.state().lastFailure()).isEmpty();
    }

    @Test
    void aLossIsToldOnceForAllOfItsAttempts() {
        happens(1);
        assertThat(hears(new WebhookInput.Failed("connection refused"))).contains(new Faltered("connection refused"));
        later();
        assertThat(answers(500)).noneMatch(Faltered.class::isInstance);
        assertThat(queue.state().lastFailure()).contains("HTTP 500");
    }

    @Test
    void waitsGrowUpToTheirCeiling() {
        happens(1);
        List<Duration> waits = new ArrayList<>();
        for (int attempt = 1; attempt < WebhookQueue.MAX_ATTEMPTS; attempt++) {
            Instant before = now;
            answers(500);
            later();
            waits.add(Duration.between(before, now));
        }
        assertThat(waits.getFirst()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
        assertThat(waits.getLast())
                .isBetween(WebhookQueue.MAX_RETRY_INTERVAL.dividedBy(2), WebhookQueue.MAX_RETRY_INTERVAL);
        assertThat(waits).allMatch(wait -> wait.compareTo(WebhookQueue.MAX_RETRY_INTERVAL) <= 0);
    }

    @Test
    void aReceiverIsLeftAloneAsLongAsItWantsWithinReason() {
        happens(1);
        hears(new WebhookInput.Answered(429, Optional.of(Duration.ofSeconds(40))));
        assertThat(queue.state().nextAttempt()).contains(now.plusSeconds(40));
        later();
        hears(new WebhookInput.Answered(503, Optional.of(Duration.ofDays(1))));
        assertThat(queue.state().nextAttempt()).contains(now.plus(WebhookQueue.MAX_RETRY_INTERVAL));
        later();
        hears(new WebhookInput.Answered(503, Optional.of(Duration.ZERO)));
        assertThat(queue.state().nextAttempt().orElseThrow()).isAfter(now);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 401, 404, 410, 100})
    void whatIsRefusedIsADeadLetterAndTheNextOneWaits(int status) {
        happens(2);
        assertThat(answers(status)).contains(new Buried(1, "HTTP " + status)).noneMatch(Post.class::isInstance);
        assertThat(queue.state().deadLetters())
                .containsExactly(new DeadLetter(EVENTS.get(0), "HTTP " + status, 1, now));
        assertThat(posted(later()).events()).containsExactly(EVENTS.get(1));
    }

    @Test
    void afterSoManyAttemptsTheNextOneIsTried() {
        happens(1);
        happens(1);
        for (int attempt = 1; attempt < WebhookQueue.MAX_ATTEMPTS; attempt++) {
            assertThat(answers(500)).noneMatch(Buried.class::isInstance);
            assertThat(posted(later()).events()).containsExactly(EVENTS.get(0));
        }
        assertThat(answers(500)).contains(new Buried(1, "HTTP 500"));
        assertThat(queue.state().deadLetters())
                .containsExactly(new DeadLetter(EVENTS.get(0), "HTTP 500", WebhookQueue.MAX_ATTEMPTS, now));
        assertThat(posted(later()).events()).containsExactly(EVENTS.get(1));
    }

    @Test
    void whenTheQueueIsFullItsOldestEventIsADeadLetter() {
        happens(1);
        assertThat(happens(WebhookQueue.MAX_WAITING)).isEmpty();
        assertThat(happens(1)).containsExactly(new Overflowed());
        assertThat(happens(1)).isEmpty();
        assertThat(buried(queue.state())).isEqualTo(EVENTS.subList(1, 3));
        assertThat(queue.state().waiting()).isEqualTo(WebhookQueue.MAX_WAITING + 1);
        assertThat(posted(answers(200)).events().getFirst()).isEqualTo(EVENTS.get(3));
    }

    @Test
    void deadLettersBeyondTheirBoundAreForgottenAndCounted() {
        happens(1 + WebhookQueue.MAX_WAITING + WebhookQueue.MAX_DEAD_LETTERS);
        assertThat(queue.state().forgotten()).isZero();
        assertThat(queue.state().deadLetters()).hasSize(WebhookQueue.MAX_DEAD_LETTERS);
        happens(1);
        assertThat(queue.state().forgotten()).isEqualTo(1);
        assertThat(queue.state().deadLetters()).hasSize(WebhookQueue.MAX_DEAD_LETTERS);
        assertThat(queue.state().buried()).isEqualTo(WebhookQueue.MAX_DEAD_LETTERS + 1);
    }

    @Test
    void deadLettersThatAreRevivedAreSentBehindWhatWaits() {
        happens(2);
        answers(404);
        happens(1);
        hears(new WebhookInput.Revive());
        assertThat(queue.state().deadLetters()).isEmpty();
        assertThat(posted(later()).events()).containsExactly(EVENTS.get(1), EVENTS.get(2), EVENTS.get(0));
    }

    @Test
    void onlySoManyAreRevivedAsThereIsRoomFor() {
        happens(2);
        answers(404);
        happens(WebhookQueue.MAX_WAITING - 1);
        hears(new WebhookInput.Revive());
        assertThat(queue.state().deadLetters()).hasSize(1);
        assertThat(queue.state().buried()).isEqualTo(1);
    }

    @Test
    void aDeliveryHasItsEventsAndSaysWhatIsMissingBeforeThem() {
        hears(new WebhookInput.Missed(7));
        JsonNode body = JsonMapper.shared().readTree(posted(happens(1)).body());
        assertThat(body.get("missed").asInt()).isEqualTo(7);
        assertThat(body.get("events")).hasSize(1);
        assertThat(body.get("events").get(0).get("type").asString()).isEqualTo("ChainTipUpdated");

        happens(1);
        assertThat(new String(posted(answers(200)).body(), StandardCharsets.UTF_8))
                .doesNotContain("missed");
        assertThat(queue.state().missed()).isEqualTo(7);
    }

    @Test
    void anAnswerThatNobodyWaitsForMeansNothing() {
        assertThat(answers(200)).isEmpty();
        happens(1);
        answers(500);
        assertThat(answers(200)).isEmpty();
        assertThat(queue.state().delivered()).isZero();
    }

    /** Whatever a receiver does, each event is delivered, waits, is a dead letter or was one. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void noEventVanishesUncounted(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        while (next < EVENTS.size() - 100) {
            happens(random.nextInt(100));
            switch (random.nextInt(6)) {
                case 0 -> answers(200);
                case 1 -> answers(500);
                case 2 -> answers(404);
                case 3 -> hears(new WebhookInput.Failed("timed out"));
                case 4 -> hears(new WebhookInput.Revive());
                default -> {
                    now = now.plusSeconds(random.nextInt(400));
                    hears(new WebhookInput.TimePassed());
                }
            }
            WebhookState state = queue.state();
            assertThat(state.delivered() + state.waiting() + state.deadLetters().size() + state.forgotten())
                    .isEqualTo(next);
        }
    }
}
