package sluice.proxy.block;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;

/**
 * One block on its way: it is offered on all paths at once, and on each again, ever more rarely, until one takes it or has
 * refused it for good. Confined to {@link BlockDeliveries}.
 */
final class BlockDelivery {
    static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    /** A node that has not heard of the block before ours will hear of it. */
    private static final String PARENT_UNKNOWN = "prev-blk-not-found";

    private final BlockSolution solution;
    private final Instant foundAt;
    private final Map<String, Attempts> paths = new LinkedHashMap<>();

    private static final class Attempts {
        private Duration pause = FIRST_PAUSE;
        private Instant next;
        private Optional<BlockVerdict> refusal = Optional.empty();
        private boolean hopeless;
    }

    BlockDelivery(BlockSolution solution, Instant foundAt) {
        this.solution = solution;
        this.foundAt = foundAt;
    }

    BlockSolution solution() {
        return solution;
    }

    /** Offers it to a path that is there now. */
    void open(String path, Instant now, List<DeliveryAction> actions) {
        Attempts attempts = new Attempts();
        attempts.next = now;
        if (paths.putIfAbsent(path, attempts) == null) {
            offer(path, attempts, now, actions);
        }
    }

    void close(String path) {
        paths.remove(path);
    }

    void onTime(Instant now, List<DeliveryAction> actions) {
        paths.forEach((path, attempts) -> {
            if (!attempts.hopeless && !attempts.next.isAfter(now)) {
                offer(path, attempts, now, actions);
            }
        });
    }

    private void offer(String path, Attempts attempts, Instant now, List<DeliveryAction> actions) {
        attempts.next = now.plus(attempts.pause);
        attempts.pause = attempts.pause.compareTo(LONGEST_PAUSE.dividedBy(2)) > 0
                ? LONGEST_PAUSE
                : attempts.pause.multipliedBy(2);
        actions.add(new DeliveryAction.Offer(path, solution));
    }

    /** Notes a refusal; answers whether it says anything new. */
    boolean refused(String path, BlockVerdict verdict) {
        Attempts attempts = paths.get(path);
        if (attempts == null) {
            return true;
        }
        boolean isNews = !attempts.refusal.equals(Optional.of(verdict));
        attempts.refusal = Optional.of(verdict);
        attempts.hopeless = !verdict.reason().equals(PARENT_UNKNOWN);
        return isNews;
    }

    /** Notes that a path can do nothing with it. */
    void impossible(String path) {
        Attempts attempts = paths.get(path);
        if (attempts != null) {
            attempts.hopeless = true;
        }
    }

    /** What was said against it, if anything was. */
    Optional<BlockVerdict> refusal() {
        return paths.values().stream()
                .flatMap(attempts -> attempts.refusal.stream())
                .findFirst();
    }

    /** Whether no path there is can take it any more. */
    boolean isHopeless() {
        return !paths.isEmpty() && paths.values().stream().allMatch(attempts -> attempts.hopeless);
    }

    /** Nobody needs a block any more that is as old as this. */
    boolean isTooOld(Instant now, Duration limit) {
        return foundAt.plus(limit).isBefore(now);
    }

    Optional<Instant> nextOffer() {
        return paths.values().stream()
                .filter(attempts -> !attempts.hopeless)
                .map(attempts -> attempts.next)
                .min(Comparator.naturalOrder());
    }
}
