package sluice.proxy.provider;

import java.time.Duration;

/** Everything a {@link TemplateClientSession} waits for; a new deadline of a kind replaces the older one. */
public enum TemplateClientDeadline {
    /** SetupConnection must have come by then. */
    SETUP(Duration.ofSeconds(10)),
    /** CoinbaseOutputConstraints must have come by then; a client may have to ask its pool first. */
    CONSTRAINTS(Duration.ofMinutes(5)),
    /** Templates must be there by then, so that a client with other providers turns to them. */
    NO_TEMPLATES(Duration.ofSeconds(30)),
    /** Templates of a former tip are known until then. */
    STALE(Duration.ofSeconds(10));

    private final Duration patience;

    TemplateClientDeadline(Duration patience) {
        this.patience = patience;
    }

    public Duration patience() {
        return patience;
    }
}
