package sluice.proxy.sink;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who wants shares. While nobody does, none are kept. Confined to one thread. */
public final class ShareSinks {
    /** Modules that are registered at a time. */
    public static final int MAX_SINKS = 16;

    private static final Logger LOG = LoggerFactory.getLogger(ShareSinks.class);

    private final ShareRing ring;
    private final Map<String, ShareSink> sinks = new TreeMap<>();

    public ShareSinks(ShareRing ring) {
        this.ring = ring;
    }

    /** By name. */
    public List<ShareSink> all() {
        return List.copyOf(sinks.values());
    }

    public Optional<ShareSink> find(String name) {
        return Optional.ofNullable(sinks.get(name));
    }

    /**
     * The sink of this name, made now where there is none: it gets the shares that come from now on. Empty where there are
     * too many.
     */
    public Optional<ShareSink> register(String name, String by, Instant now) {
        ShareSink known = sinks.get(name);
        if (known != null) {
            known.heard(now);
            return Optional.of(known);
        }
        if (sinks.size() == MAX_SINKS) {
            return Optional.empty();
        }
        ring.open();
        ShareSink sink = new ShareSink(name, by, now, ring.last());
        sinks.put(name, sink);
        return Optional.of(sink);
    }

    /** Whether there was one of this name. */
    public boolean remove(String name) {
        boolean was = sinks.remove(name) != null;
        if (sinks.isEmpty()) {
            ring.close();
        }
        return was;
    }

    /** The number of the latest share. */
    public long last() {
        return ring.last();
    }

    /** Shares that gave way before {@code sink} was sent them. */
    public long lostBy(ShareSink sink) {
        return sink.lost() + ring.lostBehind(sink.handedOver());
    }

    /** Hands {@code sink} what comes behind {@code place}, up to {@code most} shares. */
    public ShareRing.Batch handOver(ShareSink sink, long place, int most, Instant now) {
        sink.heard(now);
        ShareRing.Batch batch = ring.after(place, most);
        sink.handOver(place, batch);
        long untold = sink.takeUntold(now);
        if (untold > 0) {
            LOG.warn("share sink {} missed {} shares: it asked for them too late", sink.name(), untold);
        }
        return batch;
    }

    /** {@code sink} has all shares up to {@code number}. */
    public void acknowledge(ShareSink sink, long number) {
        sink.acknowledge(number);
    }
}
