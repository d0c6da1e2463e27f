package sluice.proxy.api.event;

import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import sluice.config.WebhookConfig;

/** All webhooks of the gateway. */
public interface WebhookDesk {
    /** How each fares, in the order of the configuration. */
    CompletionStage<Map<WebhookConfig, WebhookState>> states();

    /** Has the dead letters of this webhook wait for it again. How many found room; empty where there is no such webhook. */
    CompletionStage<OptionalInt> revive(String name);
}
