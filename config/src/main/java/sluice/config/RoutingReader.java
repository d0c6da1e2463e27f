package sluice.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sluice.config.ConfigDocument.Found;
import sluice.config.IdentityTemplate.Placeholder;
import sluice.protocol.bitcoin.Descriptor;

/** Reads which miners mine for which pools: from {@code pool_url}, or from upstreams, goals and pins. */
final class RoutingReader {
    private static final String TOO_MANY_PLACES =
            "has more than " + GoalConfig.MAX_UPSTREAMS + " entries, where one with job_declaration counts for two";

    private final ConfigDocument document;
    private final ConfigTable gateway;
    private final Names listenerNames;
    private final boolean namesByUrl;
    private final boolean templates;
    private final List<ConfigTable> upstreamTables;
    private final List<ConfigTable> goalTables;
    private final Names upstreamNames = new Names("upstream");
    private final Names goalNames = new Names("goal");
    private final Map<String, ConfigTable> tableOfUpstream = new LinkedHashMap<>();
    private final Set<String> usedUpstreams = new HashSet<>();
    private boolean solo;
    private final List<UpstreamConfig> upstreams = new ArrayList<>();
    private final List<GoalConfig> goals = new ArrayList<>();
    private final List<PinConfig> pins = new ArrayList<>();

    /** @param gateway the table of {@code pool_url} and what goes with it */
    RoutingReader(ConfigDocument document, ConfigTable gateway, Names listenerNames) {
        this(document, gateway, listenerNames, false, document.isPresent("template_source"));
    }

    private RoutingReader(
            ConfigDocument document, ConfigTable gateway, Names listenerNames, boolean namesByUrl, boolean templates) {
        this.document = document;
        this.gateway = gateway;
        this.listenerNames = listenerNames;
        this.namesByUrl = namesByUrl;
        this.templates = templates;
        upstreamTables = document.tables("upstream", RoutingConfig.MAX_UPSTREAMS);
        goalTables = document.tables("goal", RoutingConfig.MAX_GOALS);
    }

    /**
     * Of a document that has upstreams, goals and pins only, in which an upstream without a name is called by its URL.
     *
     * @param templates whether jobs of our own can be made
     */
    static RoutingReader ofPoolsAlone(ConfigDocument document, Names listenerNames, boolean templates) {
        return new RoutingReader(document, document.table("stratum_v2"), listenerNames, true, templates);
    }

    /**
     * Reads everything. What it comes to is had by {@link #config}, unless the document has a problem then.
     *
     * @param poolUrl where it is written or replaced
     * @param workRequired neither a pool nor solo mining is a problem
     * @param solo whether we can mine on templates of our own
     */
    void read(Optional<Found<String>> poolUrl, boolean workRequired, boolean solo) {
        this.solo = solo;
        if (solo) {
            upstreamNames.add(SoloConfig.NAME, "mining on templates of your own");
        }
        gateway.callsHere("pool_url", "url");
        gateway.callsHere("pool_user", "user");
        gateway.callsHere("pool_password", "password");
        if (upstreamTables.isEmpty()) {
            readShorthand(poolUrl, workRequired && !solo);
        } else {
            refuseShorthand(poolUrl);
            upstreamTables.forEach(this::readUpstream);
        }
        if (goalTables.isEmpty()) {
            addDefaultGoal();
        } else {
            goalTables.forEach(this::readGoal);
            warnOfUnusedUpstreams();
        }
        document.tables("pin", RoutingConfig.MAX_PINS).forEach(this::readPin);
    }

    /** Whether a goal names mining on templates of our own. */
    boolean goalsMineSolo() {
        return goals.stream().anyMatch(goal -> goal.upstreams().contains(SoloConfig.NAME));
    }

    /** @param read of the same document */
    RoutingConfig config(Optional<SoloConfig> read) {
        return new RoutingConfig(upstreams, goals, pins, read);
    }

    private void readShorthand(Optional<Found<String>> url, boolean required) {
        if (required && url.isEmpty() && !gateway.isPresent("pool_url") && goalTables.isEmpty()) {
            gateway.missing("pool_url", "write pool_url = \"" + PoolUrl.FORM + "\" below [stratum_v2]", "upstream");
        }
        boolean namesPerShare = gateway.bool("pool_names_per_share", false);
        Optional<PoolConfig> pool = new PoolReader(gateway, PoolReader.SHORTHAND).read(url, true);
        IdentityMode identity = namesPerShare ? IdentityMode.PER_SHARE : IdentityMode.GATEWAY;
        pool.map(found -> new UpstreamConfig(found, identity)).ifPresent(upstreams::add);
        pool.ifPresent(found -> checkTemplate(
                gateway, PoolReader.SHORTHAND, found.template(), identity, "write pool_names_per_share = true"));
        if (namesPerShare && pool.isPresent() && pool.get().address() instanceof Sv2PoolAddress) {
            gateway.problem(
                    "pool_names_per_share",
                    gateway.lineOf("pool_names_per_share"),
                    "stands beside an SV2 pool, and is for SV1 pools only",
                    "remove it");
        }
    }

    /** One place for pools: two would leave open whether the shorthand's is one more, the first or none. */
    private void refuseShorthand(Optional<Found<String>> url) {
        String beside = "stands beside [[upstream]]";
        url.ifPresent(found -> gateway.problem(
                "pool_url",
                found.origin(),
                beside,
                "write it as an upstream of its own: [[upstream]], and below it name = \"pool\" and url = "
                        + quoted(found.value())));
        for (String key : List.of("authority_key", "allow_unverified")) {
            gateway.refuse(key, beside, "move it below the [[upstream]] it is for");
        }
        gateway.refuse("pool_user", beside, "write it as user below the [[upstream]] it is for");
        gateway.refuse("pool_password", beside, "write it as password below the [[upstream]] it is for");
        gateway.refuse(
                "pool_names_per_share", beside, "write identity = \"per-share\" below the [[upstream]] it is for");
    }

    private static String quoted(String url) {
        try {
            PoolUrl.parse(url);
            return "\"" + url + "\"";
        } catch (InvalidValueException e) {
            return "\"" + PoolUrl.FORM + "\"";
        }
    }

    private void readUpstream(ConfigTable table) {
        table.callsHere("url", "pool_url");
        table.callsHere("user", "pool_user");
        table.callsHere("password", "pool_password");
        table.callsHere("identity", "pool_names_per_share");
        boolean calledByUrl = namesByUrl && isCalledByUrl(table);
        Optional<String> ownName = calledByUrl ? Optional.empty() : upstreamNames.declare(table);
        if (ownName.filter(SoloConfig.NAME::equals).isPresent()) {
            table.problem(
                    "name",
                    table.lineOf("name"),
                    "is what mining on templates of your own is called",
                    "give this pool another name");
        }
        Optional<Found<String>> url = table.text("url");
        if (!table.isPresent("url")) {
            table.missing("url", "write url = \"" + PoolUrl.FORM + "\"");
        }
        IdentityMode identity = table.parsed(
                        "identity", IdentityMode::parse, "write \"gateway\", \"per-share\" or \"per-channel\"")
                .map(Found::value)
                .orElse(IdentityMode.GATEWAY);
        Optional<PoolConfig> pool =
                new PoolReader(table, PoolReader.UPSTREAM).read(url, identity != IdentityMode.PER_CHANNEL);
        pool.ifPresent(found -> checkTemplate(
                table,
                PoolReader.UPSTREAM,
                found.template(),
                identity,
                "write identity = \"per-share\" or identity = \"per-channel\""));
        int aggregation = table.integer("aggregation", UpstreamConfig.ALL_MINERS, UpstreamConfig.AGGREGATION);
        boolean warm = table.parsed("standby", UpstreamConfig::parseStandby, "write \"cold\" or \"warm\"")
                .map(Found::value)
                .orElse(false);
        PayoutConfig payout = payout(table);
        Optional<JobDeclarationConfig> declaration =
                new JobDeclarationReader(table, templates).read(pool, identity, aggregation);
        Optional<String> name = calledByUrl ? nameByUrl(table, pool) : ownName;
        name.ifPresent(found -> tableOfUpstream.put(found, table));
        if (name.isPresent() && pool.isPresent()) {
            // What cannot be combined is a problem already.
            boolean declares = UpstreamConfig.obstacleToDeclaration(pool.get(), identity, aggregation)
                    .isEmpty();
            upstreams.add(new UpstreamConfig(
                    name.get(), pool.get(), identity, aggregation, warm, payout, declaration.filter(_ -> declares)));
        }
    }

    private static boolean isCalledByUrl(ConfigTable table) {
        return !table.isPresent("name")
                || table.written("name").isPresent() && table.written("name").equals(table.written("url"));
    }

    private Optional<String> nameByUrl(ConfigTable table, Optional<PoolConfig> pool) {
        // Known here, whatever it says.
        table.text("name");
        if (pool.isEmpty()) {
            table.markUnclear("upstream");
        }
        return pool.map(found -> found.address().url()).filter(url -> upstreamNames.call(table, url));
    }

    /** @param right how the pool comes to see names */
    private static void checkTemplate(
            ConfigTable table, PoolReader.Keys keys, IdentityTemplate user, IdentityMode identity, String right) {
        if (user.isPlain()) {
            return;
        }
        String key = keys.user();
        String has =
                "has the placeholder " + user.placeholders().iterator().next().text() + ", ";
        switch (identity) {
            case GATEWAY ->
                table.problem(
                        key, table.lineOf(key), has + "but all shares go up under one name", "remove it, or " + right);
            case PER_SHARE -> {
                if (!user.hasFixedText()) {
                    table.warning(
                            key,
                            table.lineOf(key),
                            "leaves no name for the connection itself, which logs in as \"" + PoolConfig.DEFAULT_USER
                                    + "\"",
                            "write the account that the pool gave you in front of the placeholders");
                }
            }
            case PER_CHANNEL ->
                user.placeholders().stream()
                        .filter(placeholder ->
                                placeholder == Placeholder.LISTENER || placeholder == Placeholder.ADDRESS)
                        .findFirst()
                        .ifPresent(placeholder -> table.problem(
                                key,
                                table.lineOf(key),
                                "has the placeholder " + placeholder.text()
                                        + ", but miners of one name share a channel wherever they connect",
                                "use {account}, {worker} and {user}"));
        }
    }

    private static PayoutConfig payout(ConfigTable table) {
        List<Descriptor> accepted = table.parsedEach(
                "payout",
                PayoutConfig.MAX_ACCEPTED,
                PayoutConfig::parseAccepted,
                "write a list of addresses, such as [\"bc1...\"]");
        int percent = table.integer("payout_percent", 0, PayoutConfig.LEAST_PERCENT);
        boolean failover = table.parsed(
                        "payout_mismatch", PayoutConfig::parseMismatch, "write \"warn\" or \"failover\"")
                .map(Found::value)
                .orElse(false);
        if (!table.isPresent("payout")) {
            String alone = "says nothing without payout";
            table.refuse("payout_percent", alone, "write payout = [\"...\"], or remove it");
            table.refuse("payout_mismatch", alone, "write payout = [\"...\"], or remove it");
        }
        return new PayoutConfig(accepted, percent, failover);
    }

    private void addDefaultGoal() {
        goalNames.add(GoalConfig.DEFAULT_NAME, "the goal that is there without [[goal]]");
        if (upstreamTables.size() > GoalConfig.MAX_UPSTREAMS) {
            upstreamTables
                    .get(GoalConfig.MAX_UPSTREAMS)
                    .consequence(
                            "name",
                            upstreamTables.get(GoalConfig.MAX_UPSTREAMS).header(),
                            "is one more than the " + GoalConfig.MAX_UPSTREAMS + " upstreams that a goal has",
                            "write each [[goal]] with the upstreams it uses",
                            "goal");
        } else if (places(upstreams.stream().map(UpstreamConfig::name).toList()) > GoalConfig.MAX_UPSTREAMS) {
            upstreamTables
                    .getLast()
                    .problem(
                            "name",
                            upstreamTables.getLast().header(),
                            "ends a list of upstreams that " + TOO_MANY_PLACES,
                            "write each [[goal]] with the upstreams it uses");
        } else if (!upstreams.isEmpty() || solo) {
            goals.add(new GoalConfig(
                    GoalConfig.DEFAULT_NAME,
                    GoalConfig.DEFAULT_WEIGHT,
                    upstreams.isEmpty()
                            ? List.of(SoloConfig.NAME)
                            : upstreams.stream().map(UpstreamConfig::name).toList()));
        }
    }

    private int places(List<String> named) {
        return named.size()
                + upstreams.stream()
                        .filter(upstream -> named.contains(upstream.name()))
                        .mapToInt(upstream -> upstream.places() - 1)
                        .sum();
    }

    private void readGoal(ConfigTable table) {
        Optional<String> name = goalNames.declare(table);
        int weight = table.integer("weight", GoalConfig.DEFAULT_WEIGHT, GoalConfig.WEIGHT);
        String right = "write the names of upstreams, the best first, such as [\"main\", \"backup\"]";
        List<Found<String>> written =
                table.texts("upstreams", GoalConfig.MAX_UPSTREAMS, right).orElse(List.of());
        if (upstreamTables.isEmpty() && !solo) {
            table.consequence(
                    "upstreams",
                    table.lineOf("upstreams"),
                    "needs an [[upstream]], and there is none",
                    "write each pool as an [[upstream]] with a name and a url; pool_url is for one pool without goals",
                    "upstream");
            return;
        }
        if (!table.isPresent("upstreams")) {
            table.missing("upstreams", right);
        }
        List<String> named = upstreamNames.refer(table, "upstreams", written);
        usedUpstreams.addAll(named);
        if (places(named) > GoalConfig.MAX_UPSTREAMS) {
            table.problem("upstreams", table.lineOf("upstreams"), TOO_MANY_PLACES, "write fewer of them");
        }
        if (name.isPresent() && !named.isEmpty()) {
            goals.add(new GoalConfig(name.get(), weight, named));
        }
    }

    private void warnOfUnusedUpstreams() {
        tableOfUpstream.forEach((name, table) -> {
            if (!usedUpstreams.contains(name)) {
                table.warning(
                        "name",
                        table.header(),
                        "is named by no goal, so nobody mines there",
                        "add it to the upstreams of a [[goal]], or remove it");
            }
        });
    }

    private void readPin(ConfigTable table) {
        Optional<Found<String>> written = table.text("goal");
        if (!table.isPresent("goal")) {
            table.missing("goal", "write the name of a goal");
        }
        List<String> goal = goalNames.refer(table, "goal", written.stream().toList());
        MatchReader match = new MatchReader(table, listenerNames);
        List<UserPattern> users = match.users();
        List<AddressRange> addresses = match.addresses();
        List<String> listeners = match.listeners();
        if (!table.isPresent("users") && !table.isPresent("addresses") && !table.isPresent("listeners")) {
            table.consequence(
                    "users",
                    table.header(),
                    "is missing, as are addresses and listeners, so nobody is bound",
                    "write at least one of the three",
                    table.fullName("users"),
                    table.fullName("addresses"),
                    table.fullName("listeners"));
        }
        boolean bindsSomebody = !users.isEmpty() || !addresses.isEmpty() || !listeners.isEmpty();
        if (!goal.isEmpty() && bindsSomebody) {
            pins.add(new PinConfig(goal.getFirst(), users, addresses, listeners));
        }
    }
}
