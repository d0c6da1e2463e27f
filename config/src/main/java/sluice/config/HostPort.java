package sluice.config;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * A host and a TCP port, {@code host:port} or {@code [IPv6]:port}; no name is resolved.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without its brackets
 * @param port absent where the text has none
 */
record HostPort(String host, OptionalInt port) {
    static final Range<Integer> PORT = new Range<>(0, 65_535);
    static final int MAX_HOST_LENGTH = 253;

    private static final Pattern NAME = Pattern.compile(
            "[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?([.][A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*[.]?");
    private static final Pattern NUMBERS_AND_DOTS = Pattern.compile("[0-9.]+");
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}([.][0-9]{1,3}){3}");
    private static final Pattern ZONE = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern PORT_DIGITS = Pattern.compile("[0-9]{1,5}");

    /** Throws InvalidValueException that says which part is wrong; {@code example} is what the whole should look like. */
    static HostPort parse(String text, String example) {
        String right = "write it as " + example;
        String host;
        String behind;
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            if (close < 0) {
                throw new InvalidValueException("has [ without ]", right);
            }
            host = text.substring(1, close);
            behind = text.substring(close + 1);
            requireIpv6(host);
        } else {
            int colon = text.indexOf(':');
            if (colon != text.lastIndexOf(':')) {
                throw new InvalidValueException(
                        "has an IPv6 address without brackets", "write it as [2001:db8::1]:3333");
            }
            host = colon < 0 ? text : text.substring(0, colon);
            behind = colon < 0 ? "" : text.substring(colon);
            requireName(host, right);
        }
        if (behind.isEmpty()) {
            return new HostPort(host, OptionalInt.empty());
        }
        if (!behind.startsWith(":")) {
            throw new InvalidValueException("has '" + behind + "' behind the address", right);
        }
        return new HostPort(host, OptionalInt.of(parsePort(behind.substring(1))));
    }

    /** {@code host:port} with the brackets that an IPv6 address needs. */
    static String text(String host, int port) {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    /** Throws InvalidValueException unless {@code host} could be a name or an address. */
    static String requireHost(String host) {
        if (host.indexOf(':') < 0) {
            requireName(host, "name a host or an address");
        } else {
            requireIpv6(host);
        }
        return host;
    }

    /** The address that {@code text} writes in numbers, without zone and brackets. Throws InvalidValueException otherwise. */
    static InetAddress requireAddress(String text, String right) {
        if (text.indexOf(':') < 0) {
            requireIpv4(text, right);
        } else if (text.startsWith("[")) {
            throw new InvalidValueException("has brackets around the address", "write the address without them");
        } else if (text.indexOf('%') >= 0) {
            throw new InvalidValueException("has a zone behind %", "write the address without it");
        } else {
            requireIpv6(text);
        }
        return InetAddress.ofLiteral(text);
    }

    private static void requireName(String host, String right) {
        if (host.isEmpty()) {
            throw new InvalidValueException("has no host", right);
        }
        if (NUMBERS_AND_DOTS.matcher(host).matches()) {
            requireIpv4(host, right);
        } else if (host.length() > MAX_HOST_LENGTH || !NAME.matcher(host).matches()) {
            throw new InvalidValueException(
                    "has a host that is no name and no address",
                    "use letters, digits, dots and hyphens (a name in other letters in its xn-- form)");
        }
    }

    // Only the form with four parts: the shorter ones that inet_aton takes are mistakes in a config file.
    private static void requireIpv4(String host, String right) {
        boolean valid = IPV4.matcher(host).matches()
                && Arrays.stream(host.split("[.]")).mapToInt(Integer::parseInt).allMatch(part -> part <= 255);
        if (!valid) {
            throw new InvalidValueException("has '" + host + "', which is no IPv4 address", right);
        }
    }

    private static void requireIpv6(String host) {
        int percent = host.indexOf('%');
        if (percent >= 0 && !ZONE.matcher(host.substring(percent + 1)).matches()) {
            throw new InvalidValueException("has a wrong zone behind %", "write it as [fe80::1%eth0]:3333");
        }
        String address = percent < 0 ? host : host.substring(0, percent);
        if (address.indexOf(':') < 0) {
            throw new InvalidValueException(
                    "has brackets around something that is no IPv6 address",
                    "write brackets around IPv6 addresses only");
        }
        try {
            InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw new InvalidValueException("has '" + host + "', which is no IPv6 address", "correct the address");
        }
    }

    private static int parsePort(String digits) {
        if (!PORT_DIGITS.matcher(digits).matches() || !PORT.contains(Integer.parseInt(digits))) {
            throw new InvalidValueException(
                    digits.isEmpty() ? "has no port behind the colon" : "has a wrong port '" + digits + "'",
                    "write a port from 1 to " + PORT.most());
        }
        return Integer.parseInt(digits);
    }
}
