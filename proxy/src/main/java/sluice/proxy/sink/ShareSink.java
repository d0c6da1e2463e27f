package sluice.proxy.sink;

import java.time.Duration;
import java.time.Instant;

/** One module that wants shares, and how far it is. Confined to the reader's thread. */
public final class ShareSink {
    /** Between two log lines of what it lost. */
    static final Duration TELLING_INTERVAL = Duration.ofMinutes(1);

    private final String name;
    private final String registeredBy;
    private final Instant registeredAt;
    private Instant heardAt;
    private long acknowledged;
    private long handedOver;
    private long lost;
    private long untold;
    private Instant toldAt = Instant.EPOCH;

    /** @param place the number of the last share that it does not get */
    ShareSink(String name, String registeredBy, Instant now, long place) {
        this.name = name;
        this.registeredBy = registeredBy;
        this.registeredAt = now;
        this.heardAt = now;
        this.acknowledged = place;
        this.handedOver = place;
    }

    public String name() {
        return name;
    }

    /** The name of the token. */
    public String registeredBy() {
        return registeredBy;
    }

    public Instant registeredAt() {
        return registeredAt;
    }

    /** When it was registered or asked for shares the last time. */
    public Instant heardAt() {
        return heardAt;
    }

    /** It has said that it has all shares up to this number. */
    public long acknowledged() {
        return acknowledged;
    }

    /** It was sent all shares up to this number that had not given way. */
    public long handedOver() {
        return handedOver;
    }

    /** Shares that gave way before it was ever sent them, as far as it asked. */
    public long lost() {
        return lost;
    }

    void heard(Instant now) {
        heardAt = now;
    }

    void acknowledge(long number) {
        acknowledged = Math.max(acknowledged, number);
        handedOver = Math.max(handedOver, number);
    }

    /** @param place where it was read from */
    void handOver(long place, ShareRing.Batch batch) {
        long missed = Math.max(0, place + batch.lost() - Math.max(place, handedOver));
        lost += missed;
        untold += missed;
        handedOver = Math.max(handedOver, batch.place());
    }

    /** Lost shares that operators are to be told of now, and have not been before; 0 where they were told a moment ago. */
    long takeUntold(Instant now) {
        if (untold == 0 || now.isBefore(toldAt.plus(TELLING_INTERVAL))) {
            return 0;
        }
        long told = untold;
        untold = 0;
        toldAt = now;
        return told;
    }
}
