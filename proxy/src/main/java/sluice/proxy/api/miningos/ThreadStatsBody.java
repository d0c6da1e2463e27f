package sluice.proxy.api.miningos;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import java.util.Map;

/**
 * The answer to {@code /v1/thread_stats}.
 *
 * @param threads by the number of a port with a miner, in the order of the configuration
 */
record ThreadStatsBody(@JsonAnyGetter Map<String, ThreadBody> threads) {

    /** @param approxHashrate in terahashes per second */
    record ThreadBody(int connectionCount, int subscriptionCount, double approxHashrate) {}
}
