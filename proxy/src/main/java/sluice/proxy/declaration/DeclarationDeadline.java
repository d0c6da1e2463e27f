package sluice.proxy.declaration;

import java.time.Duration;

/** Everything a {@link DeclarationSession} waits for; a new deadline of a kind replaces the older one. */
public enum DeclarationDeadline {
    /** SetupConnection must have come by then. */
    SETUP(Duration.ofSeconds(10)),
    /** A block that the client builds on, and that we have not heard of, must have come to us by then. */
    TIP(Duration.ofSeconds(5)),
    /** The transactions that we asked for must have come by then. */
    TRANSACTIONS(Duration.ofSeconds(30));

    private final Duration patience;

    DeclarationDeadline(Duration patience) {
        this.patience = patience;
    }

    public Duration patience() {
        return patience;
    }
}
