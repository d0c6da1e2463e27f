package sluice.proxy.api.pool;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import sluice.proxy.api.ApiFault;
import sluice.proxy.api.ApiProblem;

/**
 * The parameters of {@code update_pool_config}, as blvm-miningos sends them, or as MiningOS has them in {@code config}. Both
 * send more than we need, so what is unknown is no mistake here.
 *
 * @param goal whose miners are meant; needed only where there are several
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record PoolConfigUpdate(
        Optional<String> poolUrl,
        Optional<String> poolUser,
        Optional<String> poolPassword,
        Optional<MiningOsConfig> config,
        Optional<String> goal) {

    /** Pools in the order of their use. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record MiningOsConfig(@JsonProperty("poolUrls") List<MiningOsPool> poolUrls) {}

    /** Three of them stand in a list, whatever is in use: the others are empty. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record MiningOsPool(
            Optional<String> url,
            @JsonProperty("workerName") Optional<String> workerName,
            @JsonProperty("workerPassword") Optional<String> workerPassword) {

        /** The password is a secret. */
        @Override
        public String toString() {
            return "MiningOsPool[url=" + url + ", workerName=" + workerName + ", workerPassword=***]";
        }
    }

    PoolUpdate update() {
        if (config.isPresent() && poolUrl.isPresent()) {
            throw new ApiFault(ApiProblem.badRequest("pool_url stands beside config; send one of the two"));
        }
        List<PoolUpdate.Pool> pools = config.map(PoolConfigUpdate::pools)
                .orElseGet(() -> poolUrl.map(url -> new PoolUpdate.Pool(url, poolUser, poolPassword)).stream()
                        .toList());
        return new PoolUpdate(pools, goal);
    }

    private static List<PoolUpdate.Pool> pools(MiningOsConfig config) {
        return config.poolUrls().stream()
                .filter(pool -> !pool.url().orElse("").isEmpty())
                .map(pool -> new PoolUpdate.Pool(
                        pool.url().get(), notEmpty(pool.workerName()), notEmpty(pool.workerPassword())))
                .toList();
    }

    private static Optional<String> notEmpty(Optional<String> text) {
        return text.filter(some -> !some.isEmpty());
    }

    /** The password is a secret. */
    @Override
    public String toString() {
        return "PoolConfigUpdate[poolUrl=" + poolUrl + ", poolUser=" + poolUser + ", poolPassword=***, config=" + config
                + ", goal=" + goal + "]";
    }
}
