package sluice.config;

import java.util.List;

/** Reads which miners a table is about. */
final class MatchReader {
    private final ConfigTable table;
    private final Names listenerNames;

    MatchReader(ConfigTable table, Names listenerNames) {
        this.table = table;
        this.listenerNames = listenerNames;
    }

    List<UserPattern> users() {
        return table.parsedEach(
                "users", PinConfig.MAX_ENTRIES, UserPattern::parse, "write a list such as [\"farm.s19-*\"]");
    }

    List<AddressRange> addresses() {
        return table.parsedEach(
                "addresses", PinConfig.MAX_ENTRIES, AddressRange::parse, "write a list such as [\"10.0.1.0/24\"]");
    }

    List<String> listeners() {
        return listenerNames.refer(
                table,
                "listeners",
                table.texts("listeners", PinConfig.MAX_ENTRIES, "write the names of listeners, such as [\"lan2\"]")
                        .orElse(List.of()));
    }

    List<UserAgentPattern> userAgents() {
        return table.parsedEach(
                "user_agents", PinConfig.MAX_ENTRIES, UserAgentPattern::parse, "write a list such as [\"bitaxe*\"]");
    }
}
