package sluice.upstream.provider;

import java.time.Duration;

/** Everything a {@link TemplateProviderSession} waits for; a new deadline of a kind replaces the older one. */
public enum ProviderDeadline {
    /** SetupConnection must be answered by then. */
    SETUP(Duration.ofSeconds(10)),
    /** The first template and its tip must have come by then. */
    FIRST_TEMPLATE(Duration.ofSeconds(60)),
    /** RequestTransactionData should be answered by then; the template is used without its transactions if not. */
    TRANSACTIONS(Duration.ofSeconds(30)),
    /** Without a frame until then we ask whether anybody is there: a provider with nothing to say looks like one that hangs. */
    SILENCE(Duration.ofSeconds(60)),
    /** That question must be answered by then. */
    SIGN_OF_LIFE(Duration.ofSeconds(30)),
    /** The tip must have become our block by then: there is no other answer to a solution. Holds on without a connection. */
    BLOCK_VERDICT(Duration.ofSeconds(30)),
    /** Closed by us, the connection stays until then for a block that is still on its way to it. */
    LAST_BLOCK(Duration.ofSeconds(5));

    private final Duration patience;

    ProviderDeadline(Duration patience) {
        this.patience = patience;
    }

    public Duration patience() {
        return patience;
    }

    /** Whether it holds on when the connection ends. */
    public boolean outlivesConnection() {
        return this == BLOCK_VERDICT;
    }
}
