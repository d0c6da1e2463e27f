package sluice.proxy.api.event.netty;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import sluice.config.WebhookConfig;
import sluice.proxy.api.event.WebhookDelivery;
import sluice.proxy.api.event.WebhookInput;
import sluice.proxy.api.event.WebhookSignature;

/** Sends one delivery and says what came of it. */
final class WebhookPost {
    /** Until the receiver's port answers. */
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** Of an answer, of which only the status matters. */
    static final int MAX_ANSWER_BYTES = 1_048_576;

    private static final int LONGEST_REASON = 200;
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    private final WebhookConfig config;
    private final HttpClient client;
    private final Duration patience;

    /** @param patience with the whole answer */
    WebhookPost(WebhookConfig config, HttpClient client, Duration patience) {
        this.config = config;
        this.client = client;
        this.patience = patience;
    }

    static HttpClient newClient() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    /** Never fails; completes on any thread. */
    CompletableFuture<WebhookInput> send(WebhookDelivery delivery, Instant now) {
        byte[] body = delivery.body();
        HttpRequest request = HttpRequest.newBuilder(config.url())
                .header("Content-Type", "application/json")
                .header("User-Agent", "sluice")
                .header("webhook-id", delivery.id())
                .header("webhook-timestamp", Long.toString(now.getEpochSecond()))
                .header("webhook-signature", WebhookSignature.of(config.secret(), delivery.id(), now, body))
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        CompletableFuture<HttpResponse<Void>> response =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.discarding(), MAX_ANSWER_BYTES));
        return response.copy()
                // The request's own timeout ends with the headers, and a body can take for ever.
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .handle((answered, failure) -> {
                    // HTTP/1.1 has no other way to stop an answer than to close its connection.
                    response.cancel(true);
                    return failure == null
                            ? new WebhookInput.Answered(answered.statusCode(), retryAfter(answered))
                            : new WebhookInput.Failed(reason(failure));
                });
    }

    /** Only in seconds; a date says less than our own pause. */
    private static Optional<Duration> retryAfter(HttpResponse<Void> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(text -> SECONDS.matcher(text).matches())
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
    }

    private String reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        URI url = config.url();
        return switch (cause) {
            case HttpConnectTimeoutException slow ->
                "no connection to " + url.getAuthority() + " within " + CONNECT_TIMEOUT.toSeconds() + " s";
            case TimeoutException slow -> "no answer within " + patience.toMillis() + " ms";
            case ConnectException unknown
            when unknown.getCause() instanceof UnresolvedAddressException ->
                "the name " + url.getHost() + " is not known";
            case ConnectException refused -> "no connection to " + url.getAuthority();
            case IOException broken ->
                cut("the connection to " + url.getAuthority() + " broke: " + broken.getMessage());
            default -> cut(cause.toString());
        };
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON) + "...";
    }
}
