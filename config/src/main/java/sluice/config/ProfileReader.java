package sluice.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import sluice.config.ConfigDocument.Found;

/** Reads how some miners are treated differently: the tables {@code [[profile]]}. */
final class ProfileReader {
    private static final List<String> MATCHERS = List.of("users", "addresses", "listeners", "user_agents");

    private final Names names = new Names("profile");
    private final Names listenerNames;

    ProfileReader(Names listenerNames) {
        this.listenerNames = listenerNames;
    }

    /** What can be used of them; what cannot is a problem of the document. */
    List<ProfileConfig> read(ConfigDocument document) {
        List<ProfileConfig> profiles = new ArrayList<>();
        for (ConfigTable table : document.tables("profile", ProfileConfig.MAX_PROFILES)) {
            Optional<String> name = names.declare(table);
            Optional<MinerMatch> match = match(table);
            Optional<ProfileSettings> settings = settings(table);
            if (name.isPresent() && match.isPresent() && settings.isPresent()) {
                profiles.add(new ProfileConfig(name.get(), match.get(), settings.get()));
            }
        }
        return profiles;
    }

    private Optional<MinerMatch> match(ConfigTable table) {
        MatchReader reader = new MatchReader(table, listenerNames);
        List<UserPattern> users = reader.users();
        List<AddressRange> addresses = reader.addresses();
        List<String> listeners = reader.listeners();
        List<UserAgentPattern> userAgents = reader.userAgents();
        if (MATCHERS.stream().noneMatch(table::isPresent)) {
            table.consequence(
                    "users",
                    table.header(),
                    "is missing, as are addresses, listeners and user_agents, so the profile is for nobody",
                    "write at least one of the four; users = [\"*\"] means everybody",
                    MATCHERS.stream().map(table::fullName).toArray(String[]::new));
        }
        boolean meansSomebody =
                Stream.of(users, addresses, listeners, userAgents).anyMatch(entries -> !entries.isEmpty());
        return meansSomebody ? Optional.of(new MinerMatch(users, addresses, listeners, userAgents)) : Optional.empty();
    }

    private static Optional<ProfileSettings> settings(ConfigTable table) {
        Optional<Double> sharesPerMinute = table.number("shares_per_minute", VardiffConfig.SHARES_PER_MINUTE);
        Optional<Double> least = table.number("min_difficulty", VardiffConfig.DIFFICULTY);
        Optional<Double> most = table.number("max_difficulty", VardiffConfig.DIFFICULTY);
        Optional<Double> start = table.number("start_difficulty", VardiffConfig.DIFFICULTY);
        Optional<DifficultyForm> form = table.parsed("difficulty_form", DifficultyForm::parse, DifficultyForm.RIGHT)
                .map(Found::value);
        ProfileSettings settings = new ProfileSettings(
                sharesPerMinute,
                least,
                Optional.empty(),
                start,
                form,
                table.duration("keepalive", Sv1Config.KEEPALIVE, Sv1Config.DEFAULT.keepalive()),
                table.integer("coinbase_budget", ProfileSettings.COINBASE_BUDGET),
                table.duration("job_interval", ProfileSettings.JOB_INTERVAL, Sv1Config.DEFAULT.keepalive()));
        if (most.isEmpty()) {
            return Optional.of(settings);
        }
        return table.accept(
                "max_difficulty",
                new Found<>(most.get(), table.lineOf("max_difficulty")),
                value -> settings.withMaxDifficulty(value));
    }
}
