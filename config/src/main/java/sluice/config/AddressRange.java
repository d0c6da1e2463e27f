package sluice.config;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * IP addresses that begin with the same bits: {@code 10.0.1.0/24}, {@code 2001:db8::/32}, or one address alone. An IPv4
 * address that came through an IPv6 socket ({@code ::ffff:10.0.0.1}) counts as the IPv4 address.
 *
 * @param network its bits behind {@code prefixLength} are zero
 */
public record AddressRange(InetAddress network, int prefixLength) {
    private static final String RIGHT = "write an address such as 10.0.0.7, or a range such as 10.0.1.0/24";
    private static final Pattern PREFIX_DIGITS = Pattern.compile("[0-9]{1,3}");
    private static final int IPV4_BYTES = 4;
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff};
    private static final int MAPPED_BITS = MAPPED.length * Byte.SIZE;

    public AddressRange {
        byte[] bytes = unmapped(network);
        int bits = bytes.length * Byte.SIZE;
        if (prefixLength < 0 || prefixLength > bits) {
            throw new InvalidValueException(
                    "has the wrong prefix length " + prefixLength,
                    "write a number from 0 to " + bits + " behind the /");
        }
        byte[] masked = masked(bytes, prefixLength);
        network = ofBytes(masked);
        if (!Arrays.equals(masked, bytes)) {
            throw new InvalidValueException(
                    "has bits behind the first " + prefixLength,
                    "write " + text(network, prefixLength) + " for the range");
        }
    }

    /** Throws InvalidValueException that says what is wrong. */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        if (literal.isEmpty()) {
            throw new InvalidValueException("has no address", RIGHT);
        }
        InetAddress network = HostPort.requireAddress(literal, RIGHT);
        int bits = network.getAddress().length * Byte.SIZE;
        if (slash < 0) {
            return new AddressRange(network, bits);
        }
        String digits = text.substring(slash + 1);
        if (!PREFIX_DIGITS.matcher(digits).matches()) {
            throw new InvalidValueException(
                    "has '" + digits + "' behind the /, which is no prefix length", "write a number from 0 to " + bits);
        }
        int prefixLength = Integer.parseInt(digits);
        if (network instanceof Inet6Address || literal.indexOf(':') < 0) {
            return new AddressRange(network, prefixLength);
        }
        if (prefixLength < MAPPED_BITS) {
            throw new InvalidValueException(
                    "has the prefix length " + prefixLength + " on an IPv4 address within IPv6",
                    "write the range in IPv4");
        }
        return new AddressRange(network, prefixLength - MAPPED_BITS);
    }

    public boolean contains(InetAddress address) {
        byte[] bytes = unmapped(address);
        byte[] first = network.getAddress();
        return bytes.length == first.length && Arrays.equals(masked(bytes, prefixLength), first);
    }

    private static byte[] unmapped(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean mapped = bytes.length == MAPPED.length + IPV4_BYTES
                && Arrays.equals(bytes, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
        return mapped ? Arrays.copyOfRange(bytes, MAPPED.length, bytes.length) : bytes;
    }

    private static byte[] masked(byte[] bytes, int prefixLength) {
        byte[] masked = new byte[bytes.length];
        int whole = prefixLength / Byte.SIZE;
        System.arraycopy(bytes, 0, masked, 0, whole);
        if (whole < bytes.length) {
            masked[whole] = (byte) (bytes[whole] & (0xff00 >> (prefixLength % Byte.SIZE)));
        }
        return masked;
    }

    private static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 and 16 bytes are an address", e);
        }
    }

    private static String text(InetAddress network, int prefixLength) {
        String address = network.getHostAddress();
        return prefixLength == network.getAddress().length * Byte.SIZE ? address : address + "/" + prefixLength;
    }

    @Override
    public String toString() {
        return text(network, prefixLength);
    }
}
