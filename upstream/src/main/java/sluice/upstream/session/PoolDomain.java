package sluice.upstream.session;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where {@code client.reconnect} may send us. Its sender is not authenticated and a farm's work is worth stealing, so only
 * names that the owner of the dialled name controls are followed, as cgminer does.
 */
final class PoolDomain {
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]+([.][a-z0-9_-]+)*");
    private static final Pattern IPV4 = Pattern.compile("[0-9.]+");
    // Domains such as co.uk or com.au, under which strangers are neighbours.
    private static final Pattern SHARED_BY_STRANGERS = Pattern.compile("[a-z]{1,3}[.][a-z]{2}");

    private PoolDomain() {}

    /** Whether {@code named} is {@code dialled} itself or a name in the same domain; another address never is. */
    static boolean holdsBoth(String dialled, String named) {
        String from = normal(dialled);
        String to = normal(named);
        if (from.equals(to)) {
            return true;
        }
        if (!isName(from) || !isName(to)) {
            return false;
        }
        String domain = domainOf(from);
        return to.equals(domain) || to.endsWith("." + domain);
    }

    private static String normal(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private static boolean isName(String host) {
        return NAME.matcher(host).matches() && !IPV4.matcher(host).matches();
    }

    private static String domainOf(String name) {
        String parent = name.substring(name.indexOf('.') + 1);
        boolean tooWide =
                parent.indexOf('.') < 0 || SHARED_BY_STRANGERS.matcher(parent).matches();
        return tooWide ? name : parent;
    }
}
