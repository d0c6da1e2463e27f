package sluice.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What reading the operator's file anew would change in a gateway that runs.
 *
 * @param routing upstreams, goals or pins differ
 * @param failover when miners change their upstream differs
 * @param vardiff how a miner's difficulty is chosen differs
 * @param profiles how some miners are treated differently differs
 * @param filters from where listeners take connections differs
 * @param apiTokens who may call the API differs
 * @param logLevel how much is logged differs
 * @param restartKeys keys and tables that differ and that only a restart applies, in the order of the guide
 */
public record ConfigChange(
        boolean routing,
        boolean failover,
        boolean vardiff,
        boolean profiles,
        boolean filters,
        boolean apiTokens,
        boolean logLevel,
        List<String> restartKeys) {

    public ConfigChange {
        restartKeys = List.copyOf(restartKeys);
    }

    public static ConfigChange between(GatewayConfig before, GatewayConfig after) {
        return new ConfigChange(
                differs(before, after, GatewayConfig::routing),
                differs(before, after, GatewayConfig::failover),
                differs(before, after, GatewayConfig::vardiff),
                differs(before, after, GatewayConfig::profiles),
                !filtersInForce(before, before).equals(filtersInForce(before, after)),
                differs(before, after, config -> config.api().tokens()),
                differs(before, after, GatewayConfig::logLevel),
                restartKeys(before, after));
    }

    /** Whether the two files say the same. */
    public boolean isEmpty() {
        return appliesNothing() && restartKeys.isEmpty();
    }

    /** Whether nothing differs that a gateway takes while it runs. */
    public boolean appliesNothing() {
        return !routing && !failover && !vardiff && !profiles && !filters && !apiTokens && !logLevel;
    }

    /** The listeners of {@code running}, each with the filter that {@code next} has for it, where it has it at all. */
    public static List<ListenerConfig> filtersInForce(GatewayConfig running, GatewayConfig next) {
        Map<String, AddressFilter> filters = new HashMap<>();
        next.listeners().forEach(listener -> filters.put(listener.name(), listener.filter()));
        return running.listeners().stream()
                .map(listener -> listener.withFilter(filters.getOrDefault(listener.name(), listener.filter())))
                .toList();
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

    /** What makes up the ports, apart from the default one's address, which has a key of its own, and from filters. */
    private static List<ListenerConfig> ports(GatewayConfig config) {
        List<ListenerConfig> ports = new ArrayList<>();
        for (ListenerConfig listener : config.listeners()) {
            ListenAddress address = ports.isEmpty() ? ListenAddress.DEFAULT : listener.address();
            ports.add(new ListenerConfig(
                    listener.name(), address, AddressFilter.NONE, listener.tls(), listener.proxies()));
        }
        return ports;
    }

    private enum RestartKey {
        DATA_DIR("data_dir", GatewayConfig::dataDirectory),
        ENABLED("stratum_v2.enabled", GatewayConfig::enabled),
        LISTEN_ADDR("stratum_v2.listen_addr", GatewayConfig::listenAddress),
        LISTENERS("listener", ConfigChange::ports),
        TEMPLATE_SOURCES("template_source", GatewayConfig::templateSources),
        TEMPLATE_PROVIDER("template_provider", config -> config.clientPorts().templates()),
        /** The payout of what is declared is solo mining's, so that one may change it, too. */
        JOB_DECLARATION_SERVER(
                "job_declaration_server", config -> config.clientPorts().declarations()),
        AUTHORITY("stratum_v2.authority_secret_key", config -> keySource(config.authority())),
        MAX_CONNECTIONS("limits.max_connections", config -> config.limits().maxConnections()),
        HANDSHAKE_TIMEOUT("limits.handshake_timeout", config -> config.limits().handshakeTimeout()),
        IDLE_TIMEOUT("limits.idle_timeout", config -> config.limits().idleTimeout()),
        MAX_CONNECTIONS_PER_ADDRESS(
                "limits.max_connections_per_address", config -> config.limits().maxConnectionsPerAddress()),
        ACCEPT_RATE("limits.accept_rate", config -> config.limits().acceptRate()),
        ACCEPT_RATE_PER_ADDRESS(
                "limits.accept_rate_per_address", config -> config.limits().acceptRatePerAddress()),
        INVALID_SHARES(
                "limits.invalid_shares_per_second", config -> config.limits().invalidSharesPerSecond()),
        BAN_AFTER("limits.ban_after", config -> config.limits().banAfter()),
        BAN_TIME("limits.ban_time", config -> config.limits().banTime()),
        VERSION_MASK("sv1.version_mask", config -> config.sv1().versionMask()),
        KEEPALIVE("sv1.keepalive", config -> config.sv1().keepalive()),
        POOL_EXTRANONCE2_SIZE(
                "sv1.pool_extranonce2_size", config -> config.sv1().poolExtranonce2Size()),
        API("api", config -> config.api().withTokens(List.of())),
        MININGOS("miningos", GatewayConfig::miningOs),
        WEBHOOKS("webhook", GatewayConfig::webhooks);

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
