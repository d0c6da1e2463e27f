package sluice.proxy.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import sluice.config.AddressFilter;
import sluice.config.LimitsConfig;

/**
 * Decides who may connect, for all ports of a gateway together. Every event loop asks it: what concerns one address is one
 * atomic step on that address's entry, and what concerns all is one atomic number.
 */
public final class Admission {
    /** Addresses without a connection that are remembered, for their rate, offences or ban; others are taken for new. */
    static final int MAX_REMEMBERED = 65_536;

    /** New connections may come at once for so many seconds' worth of their rate. */
    static final int BURST_SECONDS = 4;

    /** After so long one offence less is held against an address. */
    static final Duration OFFENCE_FADES = Duration.ofMinutes(1);

    /** An address from which work came is not banned for so long: its machines may all be on their way back. */
    static final Duration STANDING = Duration.ofHours(24);

    private final LimitsConfig limits;
    private final Pace overall;
    private final Pace perAddress;
    private final AtomicInteger places = new AtomicInteger();
    private final AtomicLong accepted = new AtomicLong();
    // Entries with a connection weigh nothing and so are never pushed out: their number is bounded by that of
    // connections.
    private final Cache<SourceAddress, Source> sources;

    public Admission(LimitsConfig limits) {
        this(limits, MAX_REMEMBERED);
    }

    Admission(LimitsConfig limits, int remembered) {
        this.limits = limits;
        this.overall = Pace.of(limits.acceptRate(), BURST_SECONDS);
        this.perAddress = Pace.of(limits.acceptRatePerAddress(), BURST_SECONDS);
        this.sources = Caffeine.newBuilder()
                .maximumWeight(remembered)
                .weigher((SourceAddress address, Source source) -> source.open() > 0 ? 0 : 1)
                .executor(Runnable::run)
                .build();
    }

    /** One more socket, of which nothing is known yet. */
    public Visitor visitor() {
        return new Visitor(this);
    }

    /** Sockets that are open now. */
    public int places() {
        return places.get();
    }

    boolean takePlace() {
        if (places.incrementAndGet() <= limits.maxConnections()) {
            return true;
        }
        places.decrementAndGet();
        return false;
    }

    void freePlace() {
        places.decrementAndGet();
    }

    Optional<Refusal> admit(InetAddress address, AddressFilter filter, Instant at) {
        if (!filter.permits(address)) {
            return Optional.of(Refusal.ADDRESS_DENIED);
        }
        long now = nanos(at);
        Entry entry = new Entry(now);
        sources.asMap().compute(SourceAddress.of(address), (key, known) -> entry.enter(known));
        return Optional.ofNullable(entry.refusal);
    }

    void leave(InetAddress address, boolean proven, Instant at) {
        long now = nanos(at);
        sources.asMap().computeIfPresent(SourceAddress.of(address), (key, known) -> {
            Source next = known.left(proven, now);
            return next.isForgettable(now) ? null : next;
        });
    }

    void prove(InetAddress address, Instant at) {
        long now = nanos(at);
        sources.asMap().computeIfPresent(SourceAddress.of(address), (key, known) -> known.proved(now));
    }

    /**
     * Holds one offence against an address. Where miners work behind it, or did so lately, it is left alone: one of them
     * is broken, and the others are innocent.
     *
     * @return its ban, if it is banned now
     */
    Optional<Ban> offend(InetAddress address, Instant at) {
        if (limits.banTime().isZero()) {
            return Optional.empty();
        }
        long now = nanos(at);
        Ban[] ban = new Ban[1];
        sources.asMap().compute(SourceAddress.of(address), (key, known) -> {
            Source before = known == null ? Source.UNKNOWN : known;
            ban[0] = null;
            if (before.hasStanding(now, STANDING.toNanos())) {
                return known;
            }
            if (before.isBanned(now, limits)) {
                ban[0] = new Ban(instant(before.bannedUntil()), false);
                return known;
            }
            Source next = before.offended(now, OFFENCE_FADES.toNanos(), limits);
            ban[0] = next.isBanned(now, limits) ? new Ban(at.plus(limits.banTime()), true) : null;
            return next;
        });
        return Optional.ofNullable(ban[0]);
    }

    /** For a test of the bound. */
    int remembered() {
        sources.cleanUp();
        return sources.asMap().size();
    }

    private boolean takeOverall(long now) {
        while (true) {
            long state = accepted.get();
            long next = overall.take(state, now);
            if (next == Pace.REFUSED) {
                return false;
            }
            if (accepted.compareAndSet(state, next)) {
                return true;
            }
        }
    }

    private static Instant instant(long nanos) {
        return Instant.EPOCH.plusNanos(nanos);
    }

    private static long nanos(Instant at) {
        return at.getEpochSecond() * 1_000_000_000L + at.getNano();
    }

    /** One step on one address's entry. */
    private final class Entry {
        private final long now;
        private Refusal refusal;

        Entry(long now) {
            this.now = now;
        }

        Source enter(Source known) {
            Source source = known == null ? Source.UNKNOWN : known;
            if (source.isBanned(now, limits)) {
                refusal = Refusal.ADDRESS_BANNED;
                return known;
            }
            if (source.open() >= limits.maxConnectionsPerAddress()) {
                refusal = Refusal.TOO_MANY_CONNECTIONS_FROM_ADDRESS;
                return known;
            }
            long pace = perAddress.take(source.pace(), now);
            if (pace == Pace.REFUSED) {
                refusal = Refusal.ACCEPT_RATE_OF_ADDRESS;
                return known;
            }
            // Last, so that nobody who is refused anyway takes from what is left for the others.
            if (!takeOverall(now)) {
                refusal = Refusal.ACCEPT_RATE;
                return known;
            }
            refusal = null;
            return source.entered(pace);
        }
    }
}
