package sluice.proxy.api;

import java.net.InetAddress;

/**
 * Whether a request that came in plain text was meant for this machine: a page that a browser shows may send requests to any
 * name that its owner has made to mean 127.0.0.1 (DNS rebinding), but not to an address or to localhost.
 */
final class HostCheck {
    private HostCheck() {}

    /** @param host the header Host */
    static boolean isOurs(String host) {
        String name = withoutPort(host);
        if (name.equalsIgnoreCase("localhost")) {
            return true;
        }
        if (name.startsWith("[") && name.endsWith("]")) {
            name = name.substring(1, name.length() - 1);
            return name.indexOf(':') >= 0 && isLiteral(name);
        }
        // Without digits and dots only, it would be a name that some resolver takes for an address.
        return name.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.') && isLiteral(name);
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        if (colon < 0 || host.endsWith("]")) {
            return host;
        }
        String port = host.substring(colon + 1);
        boolean isPort = !port.isEmpty() && port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9');
        return isPort ? host.substring(0, colon) : host;
    }

    private static boolean isLiteral(String text) {
        try {
            InetAddress.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
