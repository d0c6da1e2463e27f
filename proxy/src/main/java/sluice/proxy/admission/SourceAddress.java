package sluice.proxy.admission;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Whom connections from an address are counted for: an IPv4 address, also where it came through an IPv6 socket, or a /64 of
 * IPv6, because one machine has all of that.
 *
 * @param bits the address, or its first half
 */
record SourceAddress(long bits, boolean ipv6) {
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final long MAPPED = 0xffffL;

    static SourceAddress of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        if (bytes.remaining() == IPV4_BYTES) {
            return new SourceAddress(Integer.toUnsignedLong(bytes.getInt()), false);
        }
        long first = bytes.getLong();
        boolean mapped = first == 0 && Integer.toUnsignedLong(bytes.getInt()) == MAPPED;
        return mapped
                ? new SourceAddress(Integer.toUnsignedLong(bytes.getInt(IPV6_BYTES - IPV4_BYTES)), false)
                : new SourceAddress(first, true);
    }
}
