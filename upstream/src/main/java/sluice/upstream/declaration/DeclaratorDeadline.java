package sluice.upstream.declaration;

import java.time.Duration;

/** Everything a {@link JobDeclaratorSession} waits for; a new deadline of a kind replaces the older one. */
public enum DeclaratorDeadline {
    /** SetupConnection must be answered by then. */
    SETUP(Duration.ofSeconds(10)),
    /** The oldest AllocateMiningJobToken must be answered by then; servers may be slow with tokens on purpose (SV2 6.4.2). */
    TOKEN(Duration.ofSeconds(30)),
    /** The oldest DeclareMiningJob must be answered by then, or its transactions be asked for. */
    DECLARATION(Duration.ofSeconds(30));

    private final Duration patience;

    DeclaratorDeadline(Duration patience) {
        this.patience = patience;
    }

    public Duration patience() {
        return patience;
    }
}
