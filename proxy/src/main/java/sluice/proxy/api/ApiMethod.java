package sluice.proxy.api;

import java.util.Locale;

/** What a request wants done with a resource. HEAD and OPTIONS are answered from these for every path. */
public enum ApiMethod {
    GET,
    PUT,
    POST,
    DELETE;

    /** Whether it changes something, and so belongs in the audit log. */
    public boolean writes() {
        return this != GET;
    }

    /** As OpenAPI writes it. */
    public String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }
}
