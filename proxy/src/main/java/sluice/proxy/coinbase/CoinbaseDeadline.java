package sluice.proxy.coinbase;

import java.time.Duration;

/** How long a {@link CoinbaseProvider} waits, where the provider's own terms do not say it. */
public enum CoinbaseDeadline {
    /** Since more room was asked for, until templates whose transactions nobody knows are taken to leave it. */
    ROOM(Duration.ofSeconds(10));

    private final Duration patience;

    CoinbaseDeadline(Duration patience) {
        this.patience = patience;
    }

    public Duration patience() {
        return patience;
    }
}
