package sluice.proxy.sink;

import java.time.Instant;

/** One module that wants shares, and how far it is. Confined to the reader's thread. */
public final class ShareSink {
    private final String name;
    private final String registeredBy;
    private final Instant registeredAt;
    private Instant heardAt;
    private long acknowledged;
    private long handedOver;
    private long lost;

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
        lost += Math.max(0, place + batch.lost() - Math.max(place, handedOver));
        handedOver = Math.max(handedOver, batch.place());
    }
}
