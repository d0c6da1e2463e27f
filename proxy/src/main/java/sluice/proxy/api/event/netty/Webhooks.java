package sluice.proxy.api.event.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import sluice.config.WebhookConfig;
import sluice.proxy.api.event.EventFeed;
import sluice.proxy.api.event.WebhookDesk;
import sluice.proxy.api.event.WebhookState;
import sluice.upstream.netty.Transport;

/** All webhooks of a gateway, on a thread of their own. */
public final class Webhooks implements WebhookDesk, AutoCloseable {
    /** Until a receiver has answered whole. */
    static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

    /** At the end, for what is still to be delivered. */
    static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

    private final EventLoopGroup loops;
    private final EventLoop loop;
    private final HttpClient client = WebhookPost.newClient();
    private final Map<String, WebhookSender> senders = new LinkedHashMap<>();
    private final Duration closePatience;

    private Webhooks(
            List<WebhookConfig> configs,
            EventFeed feed,
            InstantSource clock,
            Duration patience,
            Duration closePatience) {
        this.closePatience = closePatience;
        this.loops = Transport.best().newEventLoops(1, "webhooks");
        this.loop = loops.next();
        SecureRandom random = new SecureRandom();
        for (WebhookConfig config : configs) {
            senders.put(
                    config.name(),
                    new WebhookSender(config, feed, new WebhookPost(config, client, patience), loop, clock, random));
        }
    }

    /** Tells each of {@code configs} of what happens from now on. */
    public static Webhooks start(List<WebhookConfig> configs, EventFeed feed, InstantSource clock) {
        return start(configs, feed, clock, ANSWER_TIMEOUT, CLOSE_PATIENCE);
    }

    static Webhooks start(
            List<WebhookConfig> configs,
            EventFeed feed,
            InstantSource clock,
            Duration patience,
            Duration closePatience) {
        return new Webhooks(configs, feed, clock, patience, closePatience);
    }

    @Override
    public CompletionStage<Map<WebhookConfig, WebhookState>> states() {
        return CompletableFuture.supplyAsync(
                () -> {
                    Map<WebhookConfig, WebhookState> states = new LinkedHashMap<>();
                    senders.values().forEach(sender -> states.put(sender.config(), sender.state()));
                    return states;
                },
                loop);
    }

    @Override
    public CompletionStage<OptionalInt> revive(String name) {
        return CompletableFuture.supplyAsync(
                () -> {
                    WebhookSender sender = senders.get(name);
                    return sender == null ? OptionalInt.empty() : OptionalInt.of(sender.revive());
                },
                loop);
    }

    /**
     * Delivers what had happened, where the receivers take it at once; the log has how much was left. To be called when no
     * more events come. A second call does nothing.
     */
    @Override
    public void close() {
        if (loops.isShuttingDown()) {
            return;
        }
        loop.submit(() -> CompletableFuture.allOf(
                        senders.values().stream().map(WebhookSender::settle).toArray(CompletableFuture[]::new)))
                .syncUninterruptibly()
                .getNow()
                .completeOnTimeout(null, closePatience.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        loop.submit(() -> senders.values().forEach(WebhookSender::close)).syncUninterruptibly();
        client.shutdownNow();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
