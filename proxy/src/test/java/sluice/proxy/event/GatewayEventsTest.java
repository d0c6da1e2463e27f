package sluice.proxy.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GatewayEventsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Instant AT = Instant.ofEpochSecond(1_700_000_000L);

    private static GatewayEvent event(long connectionId) {
        return new GatewayEvent.MinerConnected(AT, connectionId, "192.0.2.1:1000", "default");
    }

    private static final class Recorder implements GatewayEvents.Listener {
        final Queue<Long> ids = new ConcurrentLinkedQueue<>();
        final Set<String> threads = ConcurrentHashMap.newKeySet();
        final AtomicInteger batches = new AtomicInteger();

        @Override
        public void on(GatewayEvent event) {
            ids.add(((GatewayEvent.MinerConnected) event).connectionId());
            threads.add(Thread.currentThread().getName());
        }

        @Override
        public void onBatchEnd() {
            batches.incrementAndGet();
        }
    }

    /** Holds the bus thread inside its first event until told to go on. */
    private static final class Gate implements GatewayEvents.Listener {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch open = new CountDownLatch(1);

        @Override
        public void on(GatewayEvent event) {
            entered.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void handsEventsToEveryListenerInOrderOnOneThreadOfItsOwn() throws InterruptedException {
        Recorder first = new Recorder();
        Recorder second = new Recorder();
        try (GatewayEvents events = new GatewayEvents("farm", List.of(first, second))) {
            LongStream.range(0, 5_000).forEach(id -> events.publish(event(id)));
            assertThat(events.awaitDelivery(PATIENCE)).isTrue();
            assertThat(first.ids)
                    .containsExactlyElementsOf(
                            LongStream.range(0, 5_000).boxed().toList());
            assertThat(second.ids).containsExactlyElementsOf(first.ids);
            assertThat(first.threads).containsExactly("farm-events").isEqualTo(second.threads);
            assertThat(events.lost()).isZero();
        }
    }

    @Test
    void anEventIsHandedOverWithoutAnybodyAskingWhetherTheBusWasAsleepOrNot() throws InterruptedException {
        BlockingQueue<GatewayEvent> heard = new LinkedBlockingQueue<>();
        try (GatewayEvents events = new GatewayEvents("farm", List.of(heard::add))) {
            for (int i = 0; i < 100; i++) {
                events.publish(event(i));
                assertThat(heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(event(i));
                // Every other time it has had nothing to do for long enough to fall asleep.
                long pause = i % 2 == 0 ? 0 : 2 * GatewayEvents.LINGER.toMillis();
                assertThat(heard.poll(pause, TimeUnit.MILLISECONDS)).isNull();
            }
        }
    }

    @Test
    void saysWhenABatchEndsBeforeAnybodyWaitingForItGoesOn() throws InterruptedException {
        Recorder recorder = new Recorder();
        try (GatewayEvents events = new GatewayEvents("farm", List.of(recorder))) {
            events.publish(event(1));
            assertThat(events.awaitDelivery(PATIENCE)).isTrue();
            assertThat(recorder.batches).hasPositiveValue();
        }
    }

    @Test
    void aFullBusDropsAndCountsWhatIsOneTooMuchAndNeverBlocksThePublisher() throws InterruptedException {
        Gate gate = new Gate();
        Recorder recorder = new Recorder();
        try (GatewayEvents events = new GatewayEvents("farm", List.of(gate, recorder))) {
            events.publish(event(-1));
            gate.entered.await();
            LongStream.range(0, GatewayEvents.CAPACITY).forEach(id -> events.publish(event(id)));
            assertThat(events.lost()).isZero();
            events.publish(event(GatewayEvents.CAPACITY));
            assertThat(events.lost()).isEqualTo(1);
            gate.open.countDown();
            assertThat(events.awaitDelivery(PATIENCE)).isTrue();
            assertThat(recorder.ids).hasSize(1 + GatewayEvents.CAPACITY).doesNotContain((long) GatewayEvents.CAPACITY);
            events.publish(event(7));
            assertThat(events.awaitDelivery(PATIENCE)).isTrue();
            assertThat(events.lost()).as("room again").isEqualTo(1);
        }
    }

    @Test
    void doesNotWaitForStuckListenersLongerThanAsked() throws InterruptedException {
        Gate gate = new Gate();
        try (GatewayEvents events = new GatewayEvents("farm", List.of(gate))) {
            events.publish(event(1));
            gate.entered.await();
            assertThat(events.awaitDelivery(Duration.ofMillis(1))).isFalse();
            gate.open.countDown();
        }
    }

    @Test
    void nobodyWaitsForABusThatIsClosed() throws InterruptedException {
        GatewayEvents events = new GatewayEvents("farm", List.of());
        events.close();
        assertThat(events.awaitDelivery(Duration.ofDays(1))).isFalse();
    }

    @Test
    void aListenerThatFailsKeepsNothingFromTheOthers() throws InterruptedException {
        GatewayEvents.Listener broken = new GatewayEvents.Listener() {
            @Override
            public void on(GatewayEvent event) {
                throw new IllegalStateException("broken on purpose");
            }

            @Override
            public void onBatchEnd() {
                throw new IllegalStateException("broken on purpose");
            }
        };
        Recorder recorder = new Recorder();
        try (GatewayEvents events = new GatewayEvents("farm", List.of(broken, recorder))) {
            events.publish(event(1));
            assertThat(events.awaitDelivery(PATIENCE)).isTrue();
            events.publish(event(2));
            assertThat(events.awaitDelivery(PATIENCE)).isTrue();
            assertThat(recorder.ids).containsExactly(1L, 2L);
            assertThat(recorder.batches).hasValueGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void closingHandsOverWhatHadArrived() throws InterruptedException {
        Gate gate = new Gate();
        Recorder recorder = new Recorder();
        GatewayEvents events = new GatewayEvents("farm", List.of(gate, recorder));
        events.publish(event(0));
        gate.entered.await();
        LongStream.rangeClosed(1, 3_000).forEach(id -> events.publish(event(id)));
        gate.open.countDown();
        events.close();
        assertThat(recorder.ids).hasSize(3_001);
    }

    @Test
    void aQuestionIsAnsweredOnTheBusThreadBehindWhatCameBefore() {
        Recorder recorder = new Recorder();
        try (GatewayEvents events = new GatewayEvents("farm", List.of(recorder))) {
            LongStream.range(0, 3_000).forEach(id -> events.publish(event(id)));
            assertThat(events.ask(() -> Thread.currentThread().getName() + " " + recorder.ids.size()))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo("farm-events 3000");
        }
    }

    @Test
    void aQuestionThatFailsHarmsNobodyElse() {
        try (GatewayEvents events = new GatewayEvents("farm", List.of())) {
            assertThat(events.ask(() -> {
                        throw new IllegalStateException("no answer");
                    }))
                    .failsWithin(PATIENCE)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("no answer");
            assertThat(events.ask(() -> 7)).succeedsWithin(PATIENCE).isEqualTo(7);
        }
    }

    @Test
    void aQuestionIsRefusedWhereTheBusIsFullOrClosed() throws InterruptedException {
        Gate gate = new Gate();
        GatewayEvents events = new GatewayEvents("farm", List.of(gate), 1);
        events.publish(event(1));
        gate.entered.await();
        events.publish(event(2));
        assertThat(events.ask(() -> 7)).failsWithin(PATIENCE);
        gate.open.countDown();
        events.close();
        assertThat(events.ask(() -> 7)).failsWithin(PATIENCE);
    }
}
