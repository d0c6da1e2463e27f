package sluice.proxy.api.pool;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sluice.config.ConfigText;
import sluice.config.GatewayConfig;
import sluice.config.GoalConfig;
import sluice.config.IdentityMode;
import sluice.config.PayoutConfig;
import sluice.config.PoolConfig;
import sluice.config.PoolsReader;
import sluice.config.PoolsResult;
import sluice.config.RoutingConfig;
import sluice.config.SoloConfig;
import sluice.config.Sv2PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.proxy.pool.PoolsEdit;

/**
 * Other pools for the miners of one goal, by those who know URL, user and password and nothing else: how the goal's pools are
 * used stays as it is, and so do other goals and the pins.
 *
 * @param pools the best first
 * @param goal whose; empty: that of the only one
 */
record PoolUpdate(List<Pool> pools, Optional<String> goal) implements PoolsEdit {

    /**
     * What is not given stays as it is, but a password goes to no other pool.
     *
     * @param url of the pool
     */
    record Pool(String url, Optional<String> user, Optional<String> password) {
        /** The password is a secret. */
        @Override
        public String toString() {
            return "Pool[url=" + url + ", user=" + user + ", password=***]";
        }
    }

    @Override
    public PoolsResult of(GatewayConfig inForce) {
        RoutingConfig routing = inForce.routing();
        if (pools.isEmpty()) {
            return Problems.one("pool_url", "is missing", "send the URL of the pool");
        }
        if (goal.isEmpty() && routing.goals().size() > 1) {
            return Problems.one(
                    "goal",
                    "is missing, and there are " + routing.goals().size(),
                    "say which one is to have the pool; " + Problems.knownGoals(routing));
        }
        Optional<GoalConfig> changed = routing.goals().stream()
                .filter(known -> goal.isEmpty() || goal.get().equals(known.name()))
                .findFirst();
        if (changed.isEmpty()) {
            return Problems.one("goal", "does not exist", Problems.knownGoals(routing));
        }
        Optional<UpstreamConfig> first = routing.upstreams().stream()
                .filter(known -> changed.get().upstreams().contains(known.name()))
                .min((one, other) -> Integer.compare(
                        changed.get().upstreams().indexOf(one.name()),
                        changed.get().upstreams().indexOf(other.name())));
        return switch (PoolsReader.read(text(routing, first), inForce)) {
            case PoolsResult.Invalid invalid -> invalid;
            case PoolsResult.Valid(var read, var warnings) -> {
                try {
                    yield new PoolsResult.Valid(assembled(routing, changed.get(), read.upstreams(), first), warnings);
                } catch (IllegalArgumentException conflict) {
                    yield Problems.one(
                            "pool_url",
                            "cannot stand beside the other pools: " + conflict.getMessage(),
                            "use PUT /api/v1/pools");
                }
            }
        };
    }

    private String text(RoutingConfig routing, Optional<UpstreamConfig> first) {
        ConfigText text = new ConfigText();
        for (Pool pool : pools) {
            Optional<PoolConfig> same = sameUrl(routing, pool.url()).map(UpstreamConfig::pool);
            text.table("upstream")
                    .key("url", pool.url())
                    .flag(
                            "allow_unverified",
                            same.filter(known -> isUnverified(known)).map(known -> true))
                    .text(
                            "user",
                            pool.user()
                                    .or(() -> same.map(PoolConfig::user))
                                    .or(() -> first.map(UpstreamConfig::pool).map(PoolConfig::user)))
                    .key(
                            "identity",
                            first.map(UpstreamConfig::identity)
                                    .orElse(IdentityMode.GATEWAY)
                                    .text());
            // MiningOS sends one to every pool, and SV2 has none.
            if (!pool.url().startsWith("stratum2+tcp:")) {
                text.text("password", pool.password().or(() -> same.map(PoolConfig::password)));
            }
        }
        return text.toString();
    }

    private static boolean isUnverified(PoolConfig pool) {
        return pool.address() instanceof Sv2PoolAddress sv2
                && sv2.authorityKey().isEmpty();
    }

    private static Optional<UpstreamConfig> sameUrl(RoutingConfig routing, String url) {
        return routing.upstreams().stream()
                .filter(known -> known.pool().address().url().equals(url))
                .findFirst();
    }

    /** Used as the first was; called, and mined for, as the pool of the same URL is now. */
    private static UpstreamConfig as(
            Optional<UpstreamConfig> first, UpstreamConfig upstream, Optional<UpstreamConfig> known) {
        int aggregation = first.map(UpstreamConfig::aggregation).orElse(UpstreamConfig.ALL_MINERS);
        return new UpstreamConfig(
                known.map(UpstreamConfig::name).orElse(upstream.name()),
                upstream.pool(),
                upstream.identity(),
                aggregation,
                first.map(UpstreamConfig::warm).orElse(false),
                first.map(UpstreamConfig::payout).orElse(PayoutConfig.NONE),
                known.flatMap(UpstreamConfig::declaration)
                        .filter(_ -> UpstreamConfig.obstacleToDeclaration(
                                        upstream.pool(), upstream.identity(), aggregation)
                                .isEmpty()));
    }

    private static RoutingConfig assembled(
            RoutingConfig routing, GoalConfig changed, List<UpstreamConfig> read, Optional<UpstreamConfig> first) {
        List<UpstreamConfig> wanted = read.stream()
                .map(upstream -> as(
                        first,
                        upstream,
                        sameUrl(routing, upstream.pool().address().url())))
                .toList();
        List<String> order =
                new ArrayList<>(wanted.stream().map(UpstreamConfig::name).toList());
        if (changed.upstreams().contains(SoloConfig.NAME)) {
            order.add(SoloConfig.NAME);
        }
        List<GoalConfig> goals = new ArrayList<>();
        Set<String> used = new HashSet<>();
        for (GoalConfig known : routing.goals()) {
            boolean isChanged = known.equals(changed);
            goals.add(isChanged ? new GoalConfig(known.name(), known.weight(), order) : known);
            if (!isChanged) {
                used.addAll(known.upstreams());
            }
        }
        List<UpstreamConfig> upstreams = new ArrayList<>(wanted);
        routing.upstreams().stream()
                .filter(known -> used.contains(known.name()) && !wanted.contains(known))
                .forEach(upstreams::add);
        return new RoutingConfig(upstreams, goals, routing.pins(), routing.solo());
    }
}
