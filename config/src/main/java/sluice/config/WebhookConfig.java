package sluice.config;

import java.net.URI;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Somebody who is told of events.
 *
 * @param url http or https, without a user; what follows its host may be a secret
 * @param events what it is told of
 */
public record WebhookConfig(String name, URI url, WebhookSecret secret, Set<EventType> events) {
    /** Of one gateway. */
    public static final int MAX_WEBHOOKS = 16;

    static final int MAX_URL_LENGTH = 2_048;
    static final String FORM = "https://example.com/path";

    public WebhookConfig {
        EntryName.require(name);
        events = Collections.unmodifiableSet(EnumSet.copyOf(events));
    }

    /** Everything but what comes with shares. */
    static Set<EventType> rareEvents() {
        Set<EventType> rare = EnumSet.allOf(EventType.class);
        rare.removeIf(EventType::isFrequent);
        return rare;
    }

    /** Where it is, without what may be a secret. */
    public String shownUrl() {
        return url.getScheme() + "://" + url.getAuthority()
                + (url.getRawPath().length() > 1 || url.getRawQuery() != null ? "/..." : "/");
    }

    /** Throws InvalidValueException that says which part is wrong, and quotes nothing behind the host. */
    static URI parseUrl(String text) {
        String right = "write it as " + FORM;
        if (text.length() > MAX_URL_LENGTH) {
            throw new InvalidValueException("is longer than " + MAX_URL_LENGTH + " characters", right);
        }
        int scheme = text.indexOf("://");
        String name = scheme < 0 ? "" : text.substring(0, scheme).toLowerCase(Locale.ROOT);
        if (!name.equals("https") && !name.equals("http")) {
            throw new InvalidValueException("does not begin with https:// or http://", right);
        }
        String rest = text.substring(scheme + 3);
        int end = 0;
        while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        String authority = rest.substring(0, end);
        if (authority.indexOf('@') >= 0) {
            throw new InvalidValueException("has a user in front of the host", "leave it away: deliveries are signed");
        }
        if (rest.indexOf('#') >= 0) {
            throw new InvalidValueException("has a fragment, which is never sent", "leave # and the rest away");
        }
        HostPort host = HostPort.parse(authority, FORM);
        String behind = rest.substring(end);
        try {
            return URI.create(name + "://" + authority(host) + (behind.startsWith("/") ? behind : "/" + behind));
        } catch (IllegalArgumentException e) {
            throw new InvalidValueException("has something odd behind the host and port", right);
        }
    }

    private static String authority(HostPort host) {
        return host.port().isPresent()
                ? HostPort.text(host.host(), host.port().getAsInt())
                : host.host().indexOf(':') < 0 ? host.host() : "[" + host.host() + "]";
    }

    /** The path may be a secret, too. */
    @Override
    public String toString() {
        return "WebhookConfig[name=" + name + ", url=" + shownUrl() + ", secret=***, events=" + events + "]";
    }
}
