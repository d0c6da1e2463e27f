package sluice.proxy.api.event;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.api.event.AskedApi.json;
import static sluice.proxy.api.event.AskedApi.problem;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import sluice.config.EventType;
import sluice.config.WebhookConfig;
import sluice.config.WebhookSecret;
import tools.jackson.databind.JsonNode;

class WebhookEndpointsTest {
    private static final WebhookConfig CHAT = new WebhookConfig(
            "chat",
            URI.create("https://chat.example.com/hooks/s3cret"),
            WebhookSecret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            Set.of(EventType.CHAIN_TIP_UPDATED, EventType.BLOCK_FOUND));

    private final WebhookQueue queue = new WebhookQueue(new SplittableRandom(1));
    private final AskedApi api = new AskedApi(WebhookEndpoints.of(new WebhookDesk() {
        @Override
        public CompletionStage<Map<WebhookConfig, WebhookState>> states() {
            return CompletableFuture.completedFuture(Map.of(CHAT, queue.state()));
        }

        @Override
        public CompletionStage<OptionalInt> revive(String name) {
            return CompletableFuture.completedFuture(name.equals("chat") ? OptionalInt.of(2) : OptionalInt.empty());
        }
    }));

    private void tell(WebhookInput input) {
        queue.on(input, Happenings.AT);
    }

    private void refuseTwo() {
        Happenings.published(List.of(Happenings.tip(), Happenings.tip()))
                .forEach(event -> tell(new WebhookInput.Happened(event)));
        tell(new WebhookInput.Answered(404, Optional.empty()));
        queue.on(new WebhookInput.TimePassed(), Happenings.AT.plusSeconds(60));
        tell(new WebhookInput.Answered(410, Optional.empty()));
    }

    @Test
    void webhooksAreListedWithHowTheyFareAndWithoutTheirSecrets() {
        refuseTwo();
        String list = json(api.get("/api/v1/webhooks")).toString();
        assertThat(list).doesNotContain("s3cret", "MfKQ").contains("\"url\":\"https://chat.example.com/...\"");
        JsonNode chat = json(api.get("/api/v1/webhooks")).get("webhooks").get(0);
        assertThat(chat.get("name").asString()).isEqualTo("chat");
        assertThat(chat.get("events").toString()).isEqualTo("[\"ChainTipUpdated\",\"BlockFound\"]");
        assertThat(chat.get("dead_letters").asInt()).isEqualTo(2);
        assertThat(chat.get("last_failure").asString()).isEqualTo("HTTP 410");
    }

    @Test
    void deadLettersAreListedTheLatestFirst() {
        refuseTwo();
        JsonNode all = json(api.get("/api/v1/webhooks/chat/dead-letters"));
        assertThat(all.get("total").asInt()).isEqualTo(2);
        JsonNode latest = all.get("dead_letters").get(0);
        assertThat(latest.get("reason").asString()).isEqualTo("HTTP 410");
        assertThat(latest.get("attempts").asInt()).isEqualTo(1);
        assertThat(latest.get("event").get("id").asString()).isEqualTo("run-0-2");
        assertThat(latest.get("event").get("data").get("nbits").asLong()).isEqualTo(0x1705_ae3aL);
        assertThat(json(api.get("/api/v1/webhooks/chat/dead-letters?limit=1")).get("dead_letters"))
                .hasSize(1);
    }

    @Test
    void theyAreSentAgainOnRequest() {
        assertThat(json(api.post("/api/v1/webhooks/chat/dead-letters/retry"))
                        .get("retried")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void thereIsNoOtherWebhook() {
        assertThat(problem(api.get("/api/v1/webhooks/other/dead-letters")).status())
                .isEqualTo(404);
        assertThat(problem(api.post("/api/v1/webhooks/other/dead-letters/retry"))
                        .status())
                .isEqualTo(404);
    }
}
