package sluice.upstream.failover;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.upstream.failover.Contender.Loss;
import sluice.upstream.failover.UpstreamSelector.Settings;

/**
 * First phase of a switch: candidates are opened in order until one is ready. A later candidate counts when all before it
 * are lost or the time is up, so that what the operator wants most is not passed over for what is ready by chance.
 * Confined to its selector.
 */
final class Preparation {
    private final List<Contender> order;
    private final Settings settings;
    private Instant deadline;
    private boolean prepared;

    Preparation(List<Contender> order, Settings settings, Instant now) {
        this.order = order;
        this.settings = settings;
        this.deadline = now.plus(settings.switchTimeout());
    }

    boolean concerns(Contender candidate) {
        return order.contains(candidate);
    }

    void prepared(Instant now) {
        prepared = true;
        deadline = now.plus(settings.switchTimeout());
    }

    /** Prepared, and nobody said what for: connections that were forgotten do not stay for ever. */
    boolean isExpired(Instant now) {
        return prepared && isOver(now);
    }

    private boolean isOver(Instant now) {
        return !now.isBefore(deadline);
    }

    /** Not prepared yet, and no candidate that would come first may still become ready. */
    boolean isDecided(Instant now) {
        return !prepared
                && (isOver(now)
                        || order.stream()
                                .filter(candidate -> !candidate.isLost())
                                .findFirst()
                                .map(Contender::isReady)
                                .orElse(true));
    }

    Optional<Contender> firstReady() {
        return order.stream().filter(Contender::isReady).findFirst();
    }

    /** What happened to the first choice, where nothing is ready. */
    SelectorAction.PrepareFailed failure() {
        Contender first = order.getFirst();
        Loss loss = first.lastLoss()
                .filter(last -> first.isLost())
                .orElseGet(() -> new Loss(
                        UpstreamSelector.TIMEOUT_STEP,
                        "not ready within " + settings.switchTimeout().toSeconds() + " s"));
        return new SelectorAction.PrepareFailed(first.name(), loss.step(), loss.reason());
    }

    /** Candidates to be open now. */
    List<Contender> needed(Instant now) {
        List<Contender> needed = new ArrayList<>();
        boolean reaching = !prepared;
        for (Contender candidate : order) {
            if (reaching || candidate.isOpen()) {
                needed.add(candidate);
            }
            reaching &= !candidate.isReady() && candidate.isPassed(settings.patience(), now);
        }
        return needed;
    }

    /** When something is to be done that nobody reports. */
    Instant nextDeadline(Instant now) {
        if (prepared) {
            return deadline;
        }
        Duration patience = settings.patience();
        return order.stream()
                .filter(candidate -> candidate.isOpen() && !candidate.isPassed(patience, now))
                .findFirst()
                .map(candidate -> candidate.since().plus(patience))
                .filter(next -> next.isBefore(deadline))
                .orElse(deadline);
    }
}
