package sluice.proxy.api.event.netty;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.config.WebhookConfig;
import sluice.proxy.api.event.EventFeed;
import sluice.proxy.api.event.EventFilter;
import sluice.proxy.api.event.EventReader;
import sluice.proxy.api.event.PublishedEvent;
import sluice.proxy.api.event.WebhookAction;
import sluice.proxy.api.event.WebhookInput;
import sluice.proxy.api.event.WebhookQueue;
import sluice.proxy.api.event.WebhookState;

/** Tells one webhook of its events, as its queue says. Confined to the webhooks' loop. */
final class WebhookSender {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);

    private final WebhookConfig config;
    private final EventFeed feed;
    private final WebhookPost post;
    private final EventLoop loop;
    private final InstantSource clock;
    private final WebhookQueue queue;
    private final EventReader reader;
    private final Runnable wake = this::wake;
    private final AtomicBoolean isWoken = new AtomicBoolean();
    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private boolean isSettling;
    private boolean isClosed;

    /** Takes what happens from now on. */
    WebhookSender(
            WebhookConfig config,
            EventFeed feed,
            WebhookPost post,
            EventLoop loop,
            InstantSource clock,
            RandomGenerator random) {
        this.config = config;
        this.feed = feed;
        this.post = post;
        this.loop = loop;
        this.clock = clock;
        this.queue = new WebhookQueue(random);
        this.reader = EventReader.fromNow(feed.ledger(), EventFilter.of(config.events()));
        feed.onMore(wake);
    }

    WebhookConfig config() {
        return config;
    }

    WebhookState state() {
        return queue.state();
    }

    /** Has the dead letters wait again. Returns for how many there was room. */
    int revive() {
        int before = queue.state().deadLetters().size();
        hear(new WebhookInput.Revive());
        return before - queue.state().deadLetters().size();
    }

    /** Completes when all that has happened so far is delivered, or waits for the receiver to get well. */
    CompletableFuture<Void> settle() {
        feed.noMore(wake);
        isSettling = true;
        boolean more = true;
        while (more) {
            more = readOnce();
        }
        completeWhenAtRest();
        return settled;
    }

    void close() {
        isClosed = true;
        WebhookState left = queue.state();
        if (left.waiting() > 0) {
            LOG.warn("webhook={} {} events were not delivered any more", config.name(), left.waiting());
        }
    }

    /** On the bus thread, which must never wait: however often it calls, one look is under way. */
    private void wake() {
        if (isWoken.compareAndSet(false, true)) {
            loop.execute(this::read);
        }
    }

    private void read() {
        isWoken.set(false);
        if (isClosed) {
            return;
        }
        if (readOnce()) {
            wake();
        }
    }

    private boolean readOnce() {
        EventReader.Batch batch = reader.next(WebhookQueue.MAX_BATCH);
        if (batch.lost() > 0) {
            LOG.warn("webhook={} misses events, the ring was overtaken count={}", config.name(), batch.lost());
            hear(new WebhookInput.Missed(batch.lost()));
        }
        for (PublishedEvent event : batch.events()) {
            hear(new WebhookInput.Happened(event));
        }
        return batch.isMore();
    }

    private void hear(WebhookInput input) {
        Instant now = clock.instant();
        List<WebhookAction> actions = queue.on(input, now);
        for (WebhookAction action : actions) {
            run(action, now);
        }
        completeWhenAtRest();
    }

    private void completeWhenAtRest() {
        if (isSettling && queue.isAtRest()) {
            settled.complete(null);
        }
    }

    private void run(WebhookAction action, Instant now) {
        switch (action) {
            case WebhookAction.Post(var delivery) ->
                post.send(delivery, now)
                        .thenAccept(outcome -> loop.execute(() -> {
                            if (!isClosed) {
                                hear(outcome);
                            }
                        }));
            case WebhookAction.WakeAt(Instant at) ->
                loop.schedule(
                        () -> {
                            if (!isClosed) {
                                hear(new WebhookInput.TimePassed());
                            }
                        },
                        // A millisecond more: before its time it would not count.
                        Duration.between(now, at).toMillis() + 1,
                        TimeUnit.MILLISECONDS);
            case WebhookAction.Faltered(String reason) ->
                LOG.warn(
                        "webhook={} at {} does not take events, they wait reason=\"{}\"",
                        config.name(),
                        config.shownUrl(),
                        reason);
            case WebhookAction.Recovered() -> LOG.info("webhook={} takes events again", config.name());
            case WebhookAction.Overflowed() ->
                LOG.warn(
                        "webhook={} more than {} events wait, the oldest become dead letters",
                        config.name(),
                        WebhookQueue.MAX_WAITING);
            case WebhookAction.Buried(int events, String reason) ->
                LOG.warn("webhook={} {} events are dead letters now reason=\"{}\"", config.name(), events, reason);
        }
    }
}
