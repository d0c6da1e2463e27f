package sluice.upstream.declaration;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Tokens that were asked for ahead of need, the oldest first. Confined to its {@link CustomJobs}. */
final class TokenStock {
    /** Tokens in stock and asked for: a new tip brings two templates at once, and each may have to be offered again. */
    static final int MAX_TOKENS = 4;

    private final CustomJobsOutbox outbox;
    private final Deque<Stocked> tokens = new ArrayDeque<>();
    private boolean ready;
    private int asked;

    TokenStock(CustomJobsOutbox outbox) {
        this.outbox = outbox;
    }

    /** @param until its server may take it back then */
    record Stocked(JobToken token, Instant until) {}

    /** The server can be asked, for the first time on its connection. */
    void ready() {
        lost();
        ready = true;
    }

    /** Tokens die with the connection that they came on. */
    void lost() {
        ready = false;
        asked = 0;
        tokens.clear();
    }

    void add(JobToken token, Instant now) {
        asked = Math.max(0, asked - 1);
        if (ready && tokens.size() < MAX_TOKENS) {
            tokens.addLast(new Stocked(token, now.plus(CustomJobsDeadline.TOKEN_AGE.patience())));
        }
    }

    Optional<Stocked> take() {
        return Optional.ofNullable(tokens.pollFirst());
    }

    /** It was not used after all. */
    void giveBack(Stocked token) {
        if (ready && tokens.size() < MAX_TOKENS) {
            tokens.addFirst(token);
        }
    }

    /** Drops what has become too old. */
    void expire(Instant now) {
        tokens.removeIf(token -> !now.isBefore(token.until()));
    }

    /** When {@link #expire} has something to do. */
    Optional<Instant> nextExpiry() {
        return tokens.stream().map(Stocked::until).min(Instant::compareTo);
    }

    /** Asks for what is missing. */
    void fill() {
        while (ready && tokens.size() + asked < MAX_TOKENS) {
            asked++;
            outbox.toDeclarator(new DeclaratorCommand.AllocateToken());
        }
    }
}
