package sluice.proxy.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import sluice.config.AddressRange;
import sluice.config.ApiConfig;
import sluice.config.AuthorityKeyFile;
import sluice.config.AuthorityKeySource;
import sluice.config.DurationText;
import sluice.config.EventType;
import sluice.config.FailoverConfig;
import sluice.config.GatewayConfig;
import sluice.config.GoalConfig;
import sluice.config.JobDeclarationConfig;
import sluice.config.LimitsConfig;
import sluice.config.ListenerConfig;
import sluice.config.MiningOsConfig;
import sluice.config.PayoutConfig;
import sluice.config.PinConfig;
import sluice.config.PoolConfig;
import sluice.config.ProfileConfig;
import sluice.config.RoutingConfig;
import sluice.config.SoloConfig;
import sluice.config.Sv1PoolAddress;
import sluice.config.Sv2PoolAddress;
import sluice.config.UpstreamConfig;
import sluice.config.VardiffConfig;
import sluice.protocol.bitcoin.Descriptor;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.Secp256k1;

/** What a configuration makes Sluice do, in words and without secrets. */
final class ConfigSummary {
    private final GatewayConfig config;
    private final PrintWriter out;

    ConfigSummary(GatewayConfig config, PrintWriter out) {
        this.config = config;
        this.out = out;
    }

    void print() throws IOException {
        if (!config.enabled()) {
            row("miners", "none: stratum_v2.enabled is false, so run opens no port and ends");
            return;
        }
        row("miners", "SV2 and SV1 on " + listeners(config.listeners()) + ", " + limits(config.limits()));
        row("protection", protection(config.limits()));
        row("authority key", authority(config.authority()));
        printRouting(config.routing());
        config.routing().solo().ifPresent(solo -> row("solo", solo(solo)));
        config.templateSources().forEach(source -> row("templates", source.name() + ": " + source.address()));
        config.clientPorts().templates().ifPresent(listen -> row("templates", "given away on " + listen));
        config.clientPorts()
                .declarations()
                .ifPresent(port -> row(
                        "declared jobs",
                        "of clients on " + port.listen() + ", each pays "
                                + port.payout().text()));
        row("failover", failover(config.failover()));
        row("difficulty", difficulty(config.vardiff()));
        config.profiles().forEach(profile -> row("profile", profile(profile)));
        row(
                "SV1",
                "version mask %08x, the job again after %s of silence"
                        .formatted(
                                config.sv1().versionMask(),
                                DurationText.format(config.sv1().keepalive())));
        config.webhooks()
                .forEach(webhook -> row(
                        "webhook",
                        webhook.name() + ": " + webhook.shownUrl() + " is told of "
                                + webhook.events().stream().map(EventType::text).collect(Collectors.joining(", "))));
        if (!config.api().isOff()) {
            row("API", api(config.api()));
        }
        config.miningOs().ifPresent(port -> row("MiningOS", miningOs(port)));
        row("data", config.dataDirectory().toString());
        row("log", config.logLevel().text());
    }

    private static String listeners(List<ListenerConfig> listeners) {
        if (listeners.size() == 1) {
            return listener(listeners.getFirst());
        }
        return listeners.stream()
                .map(listener -> listener(listener) + " (" + listener.name() + ")")
                .collect(Collectors.joining(", "));
    }

    private static String miningOs(MiningOsConfig port) {
        return "reads on " + port.listen() + (port.tls().isPresent() ? " over TLS" : "")
                + (port.password().isPresent()
                        ? ", miners and configuration as " + port.user()
                        : ", neither miners nor configuration");
    }

    private static String api(ApiConfig api) {
        List<String> places = new ArrayList<>();
        api.listen().ifPresent(address -> places.add(address + (api.tls().isPresent() ? " over TLS" : "")));
        api.unixSocket().ifPresent(socket -> places.add(socket.toString()));
        return "on " + String.join(" and ", places) + ", for "
                + (api.tokens().isEmpty()
                        ? "nobody"
                        : api.tokens().stream()
                                .map(token ->
                                        token.name() + " (" + token.scope().text() + ")")
                                .collect(Collectors.joining(", ")));
    }

    private static String listener(ListenerConfig listener) {
        StringBuilder text = new StringBuilder(listener.address().toString());
        if (listener.tls().isPresent()) {
            text.append(" over TLS");
        }
        if (!listener.proxies().isEmpty()) {
            text.append(" behind ").append(ranges(listener.proxies()));
        }
        if (!listener.filter().allow().isEmpty()) {
            text.append(" from ").append(ranges(listener.filter().allow()));
        }
        if (!listener.filter().deny().isEmpty()) {
            text.append(" not from ").append(ranges(listener.filter().deny()));
        }
        return text.toString();
    }

    private static String ranges(List<AddressRange> ranges) {
        return ranges.stream().map(AddressRange::toString).collect(Collectors.joining(" or "));
    }

    private static String limits(LimitsConfig limits) {
        return "at most %d, set up within %s, dropped after %s of silence"
                .formatted(
                        limits.maxConnections(),
                        DurationText.format(limits.handshakeTimeout()),
                        DurationText.format(limits.idleTimeout()));
    }

    private static String protection(LimitsConfig limits) {
        String bans = limits.banTime().isZero()
                ? "nobody is banned"
                : "banned for %s after %d offences".formatted(DurationText.format(limits.banTime()), limits.banAfter());
        return "of one address at most %d connections and %d new ones a second, of all %d; %d bad shares a second; %s"
                .formatted(
                        limits.maxConnectionsPerAddress(),
                        limits.acceptRatePerAddress(),
                        limits.acceptRate(),
                        limits.invalidSharesPerSecond(),
                        bans);
    }

    private void printRouting(RoutingConfig routing) {
        routing.upstreams().forEach(upstream -> row("upstream", upstream(upstream)));
        // One goal with one upstream says nothing that the upstream's row does not.
        if (routing.upstreams().size() > 1 || routing.goals().size() > 1) {
            long weights =
                    routing.goals().stream().mapToLong(GoalConfig::weight).sum();
            routing.goals().forEach(goal -> row("goal", goal(goal, weights)));
        }
        if (routing.goals().size() > 1) {
            row("goals", goals(config.failover()));
        }
        routing.pins().forEach(pin -> row("pin", pin(pin)));
    }

    private static String upstream(UpstreamConfig upstream) {
        String url = upstream.pool().address().url();
        // One that nobody named is called by its URL.
        String name = upstream.name().equals(url) ? "" : upstream.name() + ": ";
        String identity = switch (upstream.identity()) {
            case GATEWAY -> " as user " + upstream.pool().user();
            case PER_SHARE ->
                upstream.pool().template().isPlain()
                        ? " as user " + upstream.pool().user() + ", shares under the miners' own names"
                        : ", shares under the names " + upstream.pool().user();
            case PER_CHANNEL ->
                upstream.pool().template().isPlain()
                        ? ", each miner on a channel under its own name"
                        : ", each miner on a channel under the name "
                                + upstream.pool().user();
        };
        String aggregation = upstream.aggregation() == UpstreamConfig.ALL_MINERS
                ? ""
                : ", at most " + upstream.aggregation() + " miners a connection";
        return name
                + pool(upstream.pool())
                + identity
                + aggregation
                + (upstream.warm() ? ", warm standby" : "")
                + upstream.declaration().map(ConfigSummary::declaration).orElse("")
                + payout(upstream.payout());
    }

    private static String declaration(JobDeclarationConfig declaration) {
        String server = declaration.server() + " (" + trust(declaration.server()) + ")";
        String jobs = switch (declaration.mode()) {
            case FULL_TEMPLATE -> ", on jobs of our own declared with their transactions to " + server;
            case COINBASE_ONLY -> ", on jobs of our own of which " + server + " sees the coinbase only";
        };
        return jobs + (declaration.paysProvider() ? ", with a coinbase provider's outputs" : "");
    }

    private static String trust(Sv2PoolAddress address) {
        return address.authorityKey().isPresent() ? "verified" : "NOT verified";
    }

    private static String payout(PayoutConfig payout) {
        return payout.accepted().isEmpty()
                ? ""
                : ", " + (payout.failover() ? "left unless" : "named unless") + " its jobs pay "
                        + (payout.leastPercent() == 0 ? "" : payout.leastPercent() + " % to ")
                        + payout.accepted().stream().map(Descriptor::text).collect(Collectors.joining(" or "));
    }

    private static String pool(PoolConfig pool) {
        String kind = switch (pool.address()) {
            case Sv2PoolAddress address -> "SV2, " + trust(address);
            case Sv1PoolAddress address -> "SV1, " + (address.encrypted() ? "over TLS" : "NOT encrypted");
        };
        return pool.address() + " (" + kind + ")";
    }

    private static String solo(SoloConfig solo) {
        return "a block pays " + solo.payout().text() + " (" + solo.network() + ") and shows " + solo.tag();
    }

    private static String goal(GoalConfig goal, long weights) {
        return "%s: weight %d of %d, mines for %s"
                .formatted(goal.name(), goal.weight(), weights, String.join(", else ", goal.upstreams()));
    }

    private static String goals(FailoverConfig failover) {
        return "hashrate is moved between them every %s if at all; one without a pool hands its miners on after %s"
                .formatted(
                        DurationText.format(failover.rebalanceInterval()),
                        DurationText.format(failover.redistributeAfter()));
    }

    private static String pin(PinConfig pin) {
        List<String> conditions = new ArrayList<>();
        addCondition(conditions, "users", pin.users());
        addCondition(conditions, "addresses", pin.addresses());
        addCondition(conditions, "listeners", pin.listeners());
        return String.join(" and ", conditions) + " mine for goal " + pin.goal();
    }

    private static void addCondition(List<String> conditions, String kind, List<?> entries) {
        if (!entries.isEmpty()) {
            conditions.add(kind + " " + entries.stream().map(Object::toString).collect(Collectors.joining(" or ")));
        }
    }

    private static String profile(ProfileConfig profile) {
        List<String> conditions = new ArrayList<>();
        addCondition(conditions, "users", profile.match().users());
        addCondition(conditions, "addresses", profile.match().addresses());
        addCondition(conditions, "listeners", profile.match().listeners());
        addCondition(conditions, "user agents", profile.match().userAgents());
        return profile.name() + ": " + String.join(" and ", conditions) + " have " + profile.settings();
    }

    private static String failover(FailoverConfig failover) {
        String afterHold = switch (failover.afterHold()) {
            case KEEP -> "for as long as no pool is usable";
            case CLOSE ->
                "for " + DurationText.format(failover.hold()) + " while no pool is usable, then their ports close";
            case SOLO ->
                "for " + DurationText.format(failover.hold()) + " while no pool is usable, then they mine solo";
        };
        return "miners keep their last job %s; back to a better pool after %s, switches within %s;"
                        .formatted(
                                afterHold,
                                DurationText.format(failover.failbackAfter()),
                                DurationText.format(failover.switchTimeout()))
                + " a pool is left after %s without a job or %s of rejects only"
                        .formatted(
                                DurationText.format(failover.noJobTimeout()),
                                DurationText.format(failover.rejectsTimeout()));
    }

    private static String difficulty(VardiffConfig vardiff) {
        return vardiff.enabled()
                ? "starts at %s, steered to %s shares a minute, not below %s"
                                .formatted(
                                        number(vardiff.startDifficulty()),
                                        number(vardiff.sharesPerMinute()),
                                        number(vardiff.minDifficulty()))
                        + (vardiff.maxDifficulty() < VardiffConfig.DIFFICULTY.most()
                                ? ", not above " + number(vardiff.maxDifficulty())
                                : "")
                : "stays at " + number(vardiff.startDifficulty());
    }

    /** The public half only. */
    private static String authority(AuthorityKeySource source) throws IOException {
        return switch (source) {
            case AuthorityKeySource.Given(var key) -> publicText(key);
            case AuthorityKeySource.KeptIn(Path file) ->
                Files.exists(file)
                        ? publicText(AuthorityKeyFile.read(file)) + " kept in " + file
                        : "to be made at the first start, in " + file;
        };
    }

    private static String publicText(AuthoritySecretKey key) {
        return key.publicKey(Secp256k1.best()).text();
    }

    private static String number(double value) {
        String text = Double.toString(value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private void row(String name, String value) {
        out.printf("  %-14s %s%n", name, value);
    }
}
