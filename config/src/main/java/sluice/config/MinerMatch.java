package sluice.config;

import java.net.InetAddress;
import java.util.List;

/**
 * Which miners are meant. Of each kind that is given, one entry must match.
 *
 * @param users globs over the user identity
 * @param addresses where the miner connects from
 * @param listeners names of the ports it connects to
 * @param userAgents globs over what the machine calls itself
 */
public record MinerMatch(
        List<UserPattern> users,
        List<AddressRange> addresses,
        List<String> listeners,
        List<UserAgentPattern> userAgents) {

    public MinerMatch {
        users = bounded(users);
        addresses = bounded(addresses);
        listeners = bounded(listeners);
        userAgents = bounded(userAgents);
        if (users.isEmpty() && addresses.isEmpty() && listeners.isEmpty() && userAgents.isEmpty()) {
            throw new IllegalArgumentException("a profile says nothing of whom it is for");
        }
    }

    /** All machines that call themselves one of these. */
    public static MinerMatch userAgents(String... globs) {
        return new MinerMatch(
                List.of(),
                List.of(),
                List.of(),
                List.of(globs).stream().map(UserAgentPattern::parse).toList());
    }

    public boolean matches(String userIdentity, InetAddress address, String listener, String userAgent) {
        return (addresses.isEmpty() || addresses.stream().anyMatch(range -> range.contains(address)))
                && (listeners.isEmpty() || listeners.contains(listener))
                && (userAgents.isEmpty() || userAgents.stream().anyMatch(pattern -> pattern.matches(userAgent)))
                && (users.isEmpty() || users.stream().anyMatch(pattern -> pattern.matches(userIdentity)));
    }

    private static <T> List<T> bounded(List<T> entries) {
        if (entries.size() > PinConfig.MAX_ENTRIES) {
            throw new IllegalArgumentException(
                    "a profile has more than " + PinConfig.MAX_ENTRIES + " entries of one kind");
        }
        return List.copyOf(entries);
    }
}
