package sluice.proxy.api;

import java.util.concurrent.CompletionStage;

/** Answers the requests of one endpoint. Never blocks; may throw {@link ApiFault}. */
@FunctionalInterface
public interface ApiHandler {
    CompletionStage<ApiAnswer> handle(ApiRequest request);
}
