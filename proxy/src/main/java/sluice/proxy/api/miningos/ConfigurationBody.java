package sluice.proxy.api.miningos;

import java.util.Optional;
import sluice.config.GatewayConfig;
import sluice.config.IdentityMode;
import sluice.config.NodeSourceConfig;
import sluice.config.PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.upstream.node.NodeDeadline;

/**
 * The answer to {@code /v1/configuration}, without any secret.
 *
 * @param poolAddress whom our own blocks pay; empty where there are none
 * @param coinbaseUniqueId that of a DATUM gateway: always 0
 * @param rewardSharing require: pools only; prefer: pools, and solo mining where there is none; never: solo mining only
 * @param fingerprintMiners whether machines are treated by what they call themselves
 * @param alwaysPaySelf whether our own blocks pay us
 * @param workUpdateSeconds between two looks for better fees; 0 without a node
 * @param rpcpassword three stars where there is one
 */
record ConfigurationBody(
        String poolAddress,
        UsernameBody minerUsernameBehavior,
        String coinbaseTagSecondary,
        int coinbaseUniqueId,
        String rewardSharing,
        PoolBody pool,
        boolean fingerprintMiners,
        boolean alwaysPaySelf,
        long workUpdateSeconds,
        String rpcurl,
        String rpcuser,
        String rpcpassword,
        boolean rpcpasswordSet) {
    private static final String MASKED = "***";

    /**
     * @param poolPassWorkers a pool sees the miners' names behind ours
     * @param poolPassFullUsers a pool sees the miners' names as they are
     */
    record UsernameBody(boolean poolPassWorkers, boolean poolPassFullUsers) {
        static UsernameBody of(Optional<UpstreamConfig> upstream) {
            Optional<UpstreamConfig> naming = upstream.filter(one -> one.identity() != IdentityMode.GATEWAY);
            boolean plain = naming.map(one -> one.pool().template().isPlain()).orElse(false);
            return new UsernameBody(naming.isPresent() && !plain, plain);
        }
    }

    /** @param pubkey the authority key of an SV2 pool */
    record PoolBody(String host, int port, String pubkey) {
        static PoolBody of(PoolAddress address) {
            return new PoolBody(address.host(), address.port(), Feeding.publicKey(address));
        }
    }

    static ConfigurationBody of(GatewayConfig config, Optional<UpstreamConfig> pool) {
        Optional<NodeSourceConfig> node = config.templateSources().stream()
                .filter(NodeSourceConfig.class::isInstance)
                .map(NodeSourceConfig.class::cast)
                .findFirst();
        Optional<NodeSourceConfig.Access.Password> access = node.map(NodeSourceConfig::access)
                .filter(NodeSourceConfig.Access.Password.class::isInstance)
                .map(NodeSourceConfig.Access.Password.class::cast);
        boolean solo = config.routing().solo().isPresent();
        return new ConfigurationBody(
                config.routing().solo().map(mine -> mine.payout().text()).orElse(""),
                UsernameBody.of(pool),
                Feeding.tag(config),
                0,
                config.routing().upstreams().isEmpty() ? "never" : solo ? "prefer" : "require",
                pool.map(one -> PoolBody.of(one.pool().address())).orElse(new PoolBody("", 0, "")),
                config.profiles().stream()
                        .anyMatch(profile -> !profile.match().userAgents().isEmpty()),
                solo,
                node.map(one -> NodeDeadline.REFRESH.patience().toSeconds()).orElse(0L),
                node.map(one -> one.url().toString()).orElse(""),
                access.map(NodeSourceConfig.Access.Password::user).orElse(""),
                access.map(one -> MASKED).orElse(""),
                access.isPresent());
    }
}
