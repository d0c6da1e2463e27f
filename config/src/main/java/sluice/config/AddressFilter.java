package sluice.config;

import java.net.InetAddress;
import java.util.List;

/**
 * From where a port takes connections.
 *
 * @param allow only from here; empty: from everywhere
 * @param deny never from here, whatever is allowed
 */
public record AddressFilter(List<AddressRange> allow, List<AddressRange> deny) {
    /** Of each of the two lists. */
    public static final int MAX_ENTRIES = 256;

    public static final AddressFilter NONE = new AddressFilter(List.of(), List.of());

    public AddressFilter {
        if (allow.size() > MAX_ENTRIES || deny.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException("a list has more than " + MAX_ENTRIES + " entries");
        }
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
    }

    public boolean permits(InetAddress address) {
        return (allow.isEmpty() || contains(allow, address)) && !contains(deny, address);
    }

    private static boolean contains(List<AddressRange> ranges, InetAddress address) {
        for (AddressRange range : ranges) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
