package sluice.proxy.api.pool;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import sluice.config.GoalConfig;
import sluice.config.PoolConfig;
import sluice.config.RoutingConfig;
import sluice.config.UpstreamConfig;
import sluice.proxy.pool.PoolsInForce;

/**
 * The answer to {@code get_pool_config}: the first pool of the first goal, and the same in MiningOS's words with those behind
 * it. No passwords.
 *
 * @param poolUrl absent where we mine on templates of our own
 */
record PoolConfigAnswer(
        Optional<String> poolUrl, Optional<String> poolUser, String goal, long revision, MiningOsConfig config) {

    /** @param poolUrls in the order of their use */
    record MiningOsConfig(@JsonProperty("poolUrls") List<MiningOsPool> poolUrls) {}

    record MiningOsPool(
            String url, @JsonProperty("workerName") String workerName) {}

    static PoolConfigAnswer of(PoolsInForce pools) {
        RoutingConfig routing = pools.routing();
        GoalConfig goal = routing.goals().getFirst();
        List<PoolConfig> used = goal.upstreams().stream()
                .flatMap(name -> routing.upstreams().stream()
                        .filter(upstream -> upstream.name().equals(name)))
                .map(UpstreamConfig::pool)
                .toList();
        Optional<PoolConfig> first = used.stream().findFirst();
        return new PoolConfigAnswer(
                first.map(pool -> pool.address().url()),
                first.map(PoolConfig::user),
                goal.name(),
                pools.revision(),
                new MiningOsConfig(used.stream()
                        .map(pool -> new MiningOsPool(pool.address().url(), pool.user()))
                        .toList()));
    }
}
