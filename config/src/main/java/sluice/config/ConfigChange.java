package sluice.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What reading the operator's file anew would change in a gateway that runs.
 *
 * @param routing upstreams, goals or pins differ
 * @param failover when miners change their upstream differs
 * @param vardiff how a miner's difficulty is chosen differs
 * @param logLevel how much is logged differs
 * @param restartKeys keys and tables that differ and that only a restart applies, in the order of the guide
 */
public record ConfigChange(
        boolean routing, boolean failover, boolean vardiff, boolean logLevel, List<String> restartKeys) {

    public ConfigChange {
        restartKeys = List.copyOf(restartKeys);
    }

    public static ConfigChange between(GatewayConfig before, GatewayConfig after) {
        return new ConfigChange(
                differs(before, after, GatewayConfig::routing),
                differs(before, after, GatewayConfig::failover),
                differs(before, after, GatewayConfig::vardiff),
                differs(before, after, GatewayConfig::logLevel),
                restartKeys(before, after));
    }

    /** Whether the two files say the same. */
    public boolean isEmpty() {
        return !routing && !failover && !vardiff && !logLevel && restartKeys.isEmpty();
    }

    private static List<String> restartKeys(GatewayConfig before, GatewayConfig after) {
        List<String> keys = new ArrayList<>();
        for (RestartKey key : RestartKey.values()) {
            if (differs(before, after, key.value)) {
                keys.add(key.text);
            }
        }
        return keys;
    }

    private static boolean differs(GatewayConfig before, GatewayConfig after, Function<GatewayConfig, ?> part) {
        return !part.apply(before).equals(part.apply(after));
    }

    private enum RestartKey {
        DATA_DIR("data_dir", GatewayConfig::dataDirectory),
        ENABLED("stratum_v2.enabled", GatewayConfig::enabled),
        LISTEN_ADDR("stratum_v2.listen_addr", GatewayConfig::listenAddress),
        LISTENERS(
                "listener",
                config -> config.listeners().subList(1, config.listeners().size())),
        AUTHORITY("stratum_v2.authority_secret_key", config -> keySource(config.authority())),
        MAX_CONNECTIONS("limits.max_connections", config -> config.limits().maxConnections()),
        HANDSHAKE_TIMEOUT("limits.handshake_timeout", config -> config.limits().handshakeTimeout()),
        IDLE_TIMEOUT("limits.idle_timeout", config -> config.limits().idleTimeout()),
        VERSION_MASK("sv1.version_mask", config -> config.sv1().versionMask()),
        KEEPALIVE("sv1.keepalive", config -> config.sv1().keepalive()),
        POOL_EXTRANONCE2_SIZE(
                "sv1.pool_extranonce2_size", config -> config.sv1().poolExtranonce2Size());

        private final String text;
        private final Function<GatewayConfig, ?> value;

        RestartKey(String text, Function<GatewayConfig, ?> value) {
            this.text = text;
            this.value = value;
        }

        /** A key that Sluice keeps lies in data_dir, so that a change of its place is named by that key already. */
        private static String keySource(AuthorityKeySource source) {
            return switch (source) {
                case AuthorityKeySource.Given(var key) -> key.text();
                case AuthorityKeySource.KeptIn _ -> "";
            };
        }
    }
}
