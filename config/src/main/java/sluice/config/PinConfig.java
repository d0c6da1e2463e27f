package sluice.config;

import java.net.InetAddress;
import java.util.List;

/**
 * Binds miners to a goal. Of each kind that is given, one entry must match.
 *
 * @param goal the goal's name
 * @param users globs over the user identity
 * @param addresses where the miner connects from
 * @param listeners names of the ports it connects to
 */
public record PinConfig(String goal, List<UserPattern> users, List<AddressRange> addresses, List<String> listeners) {

    /** Of each kind. */
    public static final int MAX_ENTRIES = 64;

    public PinConfig {
        users = bounded(users);
        addresses = bounded(addresses);
        listeners = bounded(listeners);
        if (users.isEmpty() && addresses.isEmpty() && listeners.isEmpty()) {
            throw new IllegalArgumentException("a pin to goal " + goal + " says nothing of whom it binds");
        }
    }

    public boolean matches(String userIdentity, InetAddress address, String listener) {
        return mayMatch(address, listener)
                && (users.isEmpty() || users.stream().anyMatch(pattern -> pattern.matches(userIdentity)));
    }

    /** Whether there are users that it matches from there: all that can be said of a miner that gave no name yet. */
    public boolean mayMatch(InetAddress address, String listener) {
        return (addresses.isEmpty() || addresses.stream().anyMatch(range -> range.contains(address)))
                && (listeners.isEmpty() || listeners.contains(listener));
    }

    private static <T> List<T> bounded(List<T> entries) {
        if (entries.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException("a pin has more than " + MAX_ENTRIES + " entries of one kind");
        }
        return List.copyOf(entries);
    }
}
