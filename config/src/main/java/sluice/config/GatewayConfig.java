package sluice.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that an operator can set, valid as a whole.
 *
 * @param enabled false: the gateway opens no port
 * @param listeners where miners connect; the default one first
 * @param routing with an upstream or solo mining when {@code enabled}
 * @param templateSources where templates come from, the best first; at least one for solo mining
 * @param clientPorts where clients connect that are no miners
 * @param authority our own authority key, which SV2 miners may check
 * @param dataDirectory what Sluice keeps between two runs
 * @param profiles how some miners are treated differently; of each setting the first decides that matches and gives it
 */
public record GatewayConfig(
        boolean enabled,
        List<ListenerConfig> listeners,
        RoutingConfig routing,
        List<TemplateSourceConfig> templateSources,
        ClientPortsConfig clientPorts,
        FailoverConfig failover,
        AuthorityKeySource authority,
        Path dataDirectory,
        VardiffConfig vardiff,
        List<ProfileConfig> profiles,
        LimitsConfig limits,
        Sv1Config sv1,
        ApiConfig api,
        Optional<MiningOsConfig> miningOs,
        List<WebhookConfig> webhooks,
        LogLevel logLevel) {

    public GatewayConfig {
        listeners = List.copyOf(listeners);
        if (listeners.isEmpty() || listeners.size() > ListenerConfig.MAX_LISTENERS) {
            throw new IllegalArgumentException(
                    "there are " + listeners.size() + " listeners, not 1 to " + ListenerConfig.MAX_LISTENERS);
        }
        if (!listeners.getFirst().name().equals(ListenerConfig.DEFAULT_NAME)) {
            throw new IllegalArgumentException("the first listener is called " + ListenerConfig.DEFAULT_NAME);
        }
        Set<String> names = new HashSet<>();
        for (ListenerConfig listener : listeners) {
            if (!names.add(listener.name())) {
                throw new IllegalArgumentException("two listeners are called " + listener.name());
            }
        }
        templateSources = List.copyOf(templateSources);
        if (enabled && routing.upstreams().isEmpty() && routing.solo().isEmpty()) {
            throw new IllegalArgumentException("a gateway that is enabled has an upstream, or mines solo");
        }
        if (routing.solo().isPresent() && templateSources.isEmpty()) {
            throw new IllegalArgumentException("solo mining needs a template source, and there is none");
        }
        if (failover.afterHold() == AfterHold.SOLO && routing.solo().isEmpty()) {
            throw new IllegalArgumentException("nobody can mine solo after the hold without [solo]");
        }
        routing.pins().forEach(pin -> requireAll(names, pin.listeners(), "a pin"));
        profiles = List.copyOf(profiles);
        webhooks = List.copyOf(webhooks);
        if (webhooks.size() > WebhookConfig.MAX_WEBHOOKS) {
            throw new IllegalArgumentException("there are more than " + WebhookConfig.MAX_WEBHOOKS + " webhooks");
        }
        if (profiles.size() > ProfileConfig.MAX_PROFILES) {
            throw new IllegalArgumentException("there are more than " + ProfileConfig.MAX_PROFILES + " profiles");
        }
        profiles.forEach(profile -> requireAll(names, profile.match().listeners(), "profile " + profile.name()));
    }

    private static void requireAll(Set<String> listeners, List<String> named, String who) {
        for (String listener : named) {
            if (!listeners.contains(listener)) {
                throw new IllegalArgumentException(who + " names the listener " + listener + ", which does not exist");
            }
        }
    }

    /** The same beside other pools. */
    public GatewayConfig withRouting(RoutingConfig other) {
        return new GatewayConfig(
                enabled,
                listeners,
                other,
                templateSources,
                clientPorts,
                failover,
                authority,
                dataDirectory,
                vardiff,
                profiles,
                limits,
                sv1,
                api,
                miningOs,
                webhooks,
                logLevel);
    }

    /** Of the default listener. */
    public ListenAddress listenAddress() {
        return listeners.getFirst().address();
    }
}
