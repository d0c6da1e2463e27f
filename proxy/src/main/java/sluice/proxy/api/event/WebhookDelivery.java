package sluice.proxy.api.event;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a webhook is told in one request.
 *
 * @param missed events before these that it never hears of, because they had given way before anybody could queue them
 * @param attempt from 1
 */
public record WebhookDelivery(List<PublishedEvent> events, long missed, int attempt) {
    public WebhookDelivery {
        events = List.copyOf(events);
    }

    /** The same for each attempt, so that a receiver knows what it had before. */
    public String id() {
        return events.getFirst().id().toString();
    }

    public byte[] body() {
        Map<String, Object> all = new LinkedHashMap<>();
        if (missed > 0) {
            all.put("missed", missed);
        }
        all.put("events", events.stream().map(EventJson::envelope).toList());
        return JsonMapper.shared().writeValueAsBytes(all);
    }

    WebhookDelivery again() {
        return new WebhookDelivery(events, missed, attempt + 1);
    }
}
