package sluice.proxy.api.pool;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import sluice.config.GoalConfig;
import sluice.config.PayoutConfig;
import sluice.config.RoutingConfig;
import sluice.config.Sv2PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.protocol.bitcoin.Descriptor;
import sluice.proxy.pool.PoolsInForce;

/**
 * The pools in force, without their passwords; sent back, it means the same.
 *
 * @param origin file or api: whose pools they are
 * @param solo whether goals may name mining on templates of our own
 */
record PoolsAnswer(
        long revision,
        String origin,
        boolean solo,
        List<UpstreamAnswer> upstreams,
        List<GoalAnswer> goals,
        List<PinBody> pins) {

    /** An upstream, by the keys of {@code [[upstream]]}. */
    record UpstreamAnswer(
            String name,
            String url,
            String user,
            Optional<Boolean> allowUnverified,
            String identity,
            int aggregation,
            String standby,
            Optional<List<String>> payout,
            Optional<Integer> payoutPercent,
            Optional<String> payoutMismatch,
            Optional<JobDeclarationBody> jobDeclaration) {

        static UpstreamAnswer of(UpstreamConfig upstream) {
            boolean unverified = upstream.pool().address() instanceof Sv2PoolAddress sv2
                    && sv2.authorityKey().isEmpty();
            Optional<PayoutConfig> payout =
                    Optional.of(upstream.payout()).filter(one -> !one.accepted().isEmpty());
            return new UpstreamAnswer(
                    upstream.name(),
                    upstream.pool().address().url(),
                    upstream.pool().user(),
                    unverified ? Optional.of(true) : Optional.empty(),
                    upstream.identity().text(),
                    upstream.aggregation(),
                    upstream.warm() ? "warm" : "cold",
                    payout.map(
                            one -> one.accepted().stream().map(Descriptor::text).toList()),
                    payout.map(PayoutConfig::leastPercent),
                    payout.map(one -> one.failover() ? "failover" : "warn"),
                    upstream.declaration().map(JobDeclarationBody::of));
        }
    }

    /** A goal, by the keys of {@code [[goal]]}. */
    record GoalAnswer(String name, int weight, List<String> upstreams) {
        static GoalAnswer of(GoalConfig goal) {
            return new GoalAnswer(goal.name(), goal.weight(), goal.upstreams());
        }
    }

    static PoolsAnswer of(PoolsInForce pools) {
        RoutingConfig routing = pools.routing();
        return new PoolsAnswer(
                pools.revision(),
                pools.origin().name().toLowerCase(Locale.ROOT),
                routing.solo().isPresent(),
                routing.upstreams().stream().map(UpstreamAnswer::of).toList(),
                routing.goals().stream().map(GoalAnswer::of).toList(),
                routing.pins().stream().map(PinBody::of).toList());
    }
}
