package sluice.proxy.api.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import sluice.upstream.failover.Backoff;

/**
 * What one webhook is still to be told, in order: what waits goes together, one request at a time, and again until it is taken.
 * What it refuses, what it has not taken after so many attempts and what there is no room for become dead letters. Confined to
 * one loop.
 */
public final class WebhookQueue {
    /** Events that wait, those of the request under way not among them; the oldest becomes a dead letter. */
    public static final int MAX_WAITING = 4_096;
    /** Events in one request. */
    public static final int MAX_BATCH = 100;
    /** Attempts of one request; its events become dead letters. */
    public static final int MAX_ATTEMPTS = 12;
    /** Dead letters that are kept; the oldest is forgotten. */
    public static final int MAX_DEAD_LETTERS = 1_024;
    /** The longest wait between two attempts, also where the receiver wants more. */
    public static final Duration MAX_RETRY_INTERVAL = Duration.ofMinutes(5);

    private static final Duration FIRST_RETRY_INTERVAL = Duration.ofSeconds(1);
    private static final String NO_ROOM = "queue-full";

    private final Deque<PublishedEvent> waiting = new ArrayDeque<>();
    private final Deque<DeadLetter> deadLetters = new ArrayDeque<>();
    private final Backoff backoff;
    private Optional<WebhookDelivery> current = Optional.empty();
    private boolean isUnderWay;
    // Nothing is sent before.
    private Optional<Instant> nextAttempt = Optional.empty();
    private Optional<String> lastFailure = Optional.empty();
    private boolean overflowTold;
    private long missedBefore;
    private long delivered;
    private long buried;
    private long forgotten;
    private long missed;

    /** @param random spreads attempts */
    public WebhookQueue(RandomGenerator random) {
        this.backoff = new Backoff(FIRST_RETRY_INTERVAL, MAX_RETRY_INTERVAL, random);
    }

    public List<WebhookAction> on(WebhookInput input, Instant now) {
        List<WebhookAction> out = new ArrayList<>();
        switch (input) {
            case WebhookInput.Happened happened -> {
                if (waiting.size() == MAX_WAITING) {
                    overflow(waiting.removeFirst(), now, out);
                }
                waiting.addLast(happened.event());
            }
            case WebhookInput.Missed gone -> {
                missed += gone.count();
                missedBefore += gone.count();
            }
            case WebhookInput.Answered answered ->
                underWay().ifPresent(delivery -> onAnswer(delivery, answered, now, out));
            case WebhookInput.Failed failed ->
                underWay().ifPresent(delivery -> onFailure(delivery, failed.reason(), Optional.empty(), now, out));
            case WebhookInput.TimePassed passed -> nextAttempt = nextAttempt.filter(now::isBefore);
            case WebhookInput.Revive revive -> {
                while (waiting.size() < MAX_WAITING && !deadLetters.isEmpty()) {
                    waiting.addLast(deadLetters.removeFirst().event());
                }
            }
        }
        postNext(out);
        return out;
    }

    /** Nothing waits, or it waits for the receiver to get well. */
    public boolean isAtRest() {
        return nextAttempt.isPresent() || current.isEmpty();
    }

    public WebhookState state() {
        return new WebhookState(
                waiting.size()
                        + current.map(delivery -> delivery.events().size()).orElse(0),
                delivered,
                buried,
                forgotten,
                missed,
                current.map(WebhookDelivery::attempt).orElse(0),
                nextAttempt,
                lastFailure,
                List.copyOf(deadLetters));
    }

    private Optional<WebhookDelivery> underWay() {
        return current.filter(delivery -> isUnderWay);
    }

    private void postNext(List<WebhookAction> out) {
        if (isUnderWay || nextAttempt.isPresent()) {
            return;
        }
        if (current.isEmpty() && !waiting.isEmpty()) {
            List<PublishedEvent> batch = new ArrayList<>();
            while (batch.size() < MAX_BATCH && !waiting.isEmpty()) {
                batch.add(waiting.removeFirst());
            }
            current = Optional.of(new WebhookDelivery(batch, missedBefore, 1));
            missedBefore = 0;
        }
        current.ifPresent(delivery -> {
            isUnderWay = true;
            out.add(new WebhookAction.Post(delivery));
        });
    }

    private void onAnswer(
            WebhookDelivery delivery, WebhookInput.Answered answered, Instant now, List<WebhookAction> out) {
        int status = answered.status();
        if (status >= 200 && status < 300) {
            isUnderWay = false;
            current = Optional.empty();
            delivered += delivery.events().size();
            if (lastFailure.isPresent()) {
                out.add(new WebhookAction.Recovered());
            }
            lastFailure = Optional.empty();
            overflowTold = false;
            backoff.reset();
        } else {
            String reason = "HTTP " + status;
            if (mayPass(status)) {
                onFailure(delivery, reason, answered.retryAfter(), now, out);
            } else {
                pause(reason, Optional.empty(), now, out);
                end(delivery, reason, now, out);
            }
        }
    }

    /** Whether the same request may be taken later. Redirects are not followed: the operator says where events go. */
    private static boolean mayPass(int status) {
        return status >= 500 || status == 408 || status == 425 || status == 429;
    }

    private void onFailure(
            WebhookDelivery delivery,
            String reason,
            Optional<Duration> retryAfter,
            Instant now,
            List<WebhookAction> out) {
        pause(reason, retryAfter, now, out);
        if (delivery.attempt() == MAX_ATTEMPTS) {
            end(delivery, reason, now, out);
        } else {
            current = Optional.of(delivery.again());
        }
    }

    private void pause(String reason, Optional<Duration> retryAfter, Instant now, List<WebhookAction> out) {
        isUnderWay = false;
        if (lastFailure.isEmpty()) {
            out.add(new WebhookAction.Faltered(reason));
        }
        lastFailure = Optional.of(reason);
        Duration pause = backoff.next();
        if (retryAfter.isPresent() && retryAfter.get().compareTo(pause) > 0) {
            pause = retryAfter.get().compareTo(MAX_RETRY_INTERVAL) < 0 ? retryAfter.get() : MAX_RETRY_INTERVAL;
        }
        nextAttempt = Optional.of(now.plus(pause));
        out.add(new WebhookAction.WakeAt(now.plus(pause)));
    }

    private void end(WebhookDelivery delivery, String reason, Instant now, List<WebhookAction> out) {
        current = Optional.empty();
        bury(delivery.events(), reason, delivery.attempt(), now);
        out.add(new WebhookAction.Buried(delivery.events().size(), reason));
    }

    private void overflow(PublishedEvent oldest, Instant now, List<WebhookAction> out) {
        bury(List.of(oldest), NO_ROOM, 0, now);
        if (!overflowTold) {
            overflowTold = true;
            out.add(new WebhookAction.Overflowed());
        }
    }

    private void bury(List<PublishedEvent> events, String reason, int attempts, Instant now) {
        for (PublishedEvent event : events) {
            if (deadLetters.size() == MAX_DEAD_LETTERS) {
                deadLetters.removeFirst();
                forgotten++;
            }
            deadLetters.addLast(new DeadLetter(event, reason, attempts, now));
            buried++;
        }
    }
}
