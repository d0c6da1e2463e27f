package sluice.config;

import java.net.URI;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sluice.config.ConfigDocument.Found;

/** Reads who is told of events. */
final class WebhookReader {
    private static final String EVENTS_RIGHT = "write a list of events, such as [\"BlockFound\", \"HoldBegan\"]";

    private final ConfigDocument document;
    private final Names names = new Names("webhook");

    WebhookReader(ConfigDocument document) {
        this.document = document;
    }

    List<WebhookConfig> read() {
        List<WebhookConfig> webhooks = new ArrayList<>();
        for (ConfigTable table : document.tables("webhook", WebhookConfig.MAX_WEBHOOKS)) {
            Optional<String> name = names.declare(table);
            Optional<Found<URI>> url = table.parsed("url", WebhookConfig::parseUrl, "write a URL in quotes");
            Optional<Found<WebhookSecret>> secret =
                    table.parsed("secret", WebhookSecret::parse, "write the secret in quotes");
            Set<EventType> events = events(table);
            require(table, "url", "write url = \"" + WebhookConfig.FORM + "\"");
            require(table, "secret", "write secret = \"whsec_...\", " + WebhookSecret.FORM);
            url.filter(found -> isInTheClear(found.value()))
                    .ifPresent(found -> table.warning(
                            "url",
                            found.origin(),
                            "is not encrypted, so anyone on the way can read the events",
                            "write https://, or keep it on this machine"));
            if (name.isPresent() && url.isPresent() && secret.isPresent()) {
                webhooks.add(new WebhookConfig(
                        name.get(), url.get().value(), secret.get().value(), events));
            }
        }
        return webhooks;
    }

    private static Set<EventType> events(ConfigTable table) {
        List<EventType> named =
                table.parsedEach("events", EventType.values().length, WebhookReader::event, EVENTS_RIGHT);
        return named.isEmpty() ? WebhookConfig.rareEvents() : EnumSet.copyOf(named);
    }

    private static EventType event(String text) {
        return EventType.named(text).orElseThrow(() -> {
            Optional<String> nearest =
                    EntryName.isName(text) ? NearestName.of(text, EventType.names()) : Optional.empty();
            return new InvalidValueException(
                    EntryName.isName(text)
                            ? "names the event \"" + text + "\", which does not exist"
                            : "names no event",
                    nearest.map(near -> "did you mean " + near + "?")
                            .orElse("known are " + String.join(", ", EventType.names())));
        });
    }

    private static void require(ConfigTable table, String key, String right) {
        if (!table.isPresent(key)) {
            table.missing(key, right);
        }
    }

    private static boolean isInTheClear(URI url) {
        String host = url.getHost().startsWith("[")
                ? url.getHost().substring(1, url.getHost().length() - 1)
                : url.getHost();
        return url.getScheme().equals("http") && !ApiConfig.isLoopback(new ListenAddress(host, 0));
    }
}
