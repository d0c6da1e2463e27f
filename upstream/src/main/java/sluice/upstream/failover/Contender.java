package sluice.upstream.failover;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import sluice.upstream.failover.Standing.State;

/** One upstream as its selector knows it; confined to it. */
final class Contender {
    private final String name;
    private boolean warm;
    private State state = State.OFF;
    private boolean fit;
    private boolean closing;
    private Instant since;
    private Optional<Loss> lastLoss = Optional.empty();
    private Duration failbackPatience;

    /** A loss as it was reported. */
    record Loss(String step, String reason) {
        String words() {
            return step + ": " + reason;
        }
    }

    Contender(String name, Duration failbackPatience, Instant now) {
        this.name = name;
        this.failbackPatience = failbackPatience;
        this.since = now;
    }

    String name() {
        return name;
    }

    boolean isWarm() {
        return warm;
    }

    void setWarm(boolean warm) {
        this.warm = warm;
    }

    boolean isOff() {
        return state == State.OFF;
    }

    /** Opened and to stay so. */
    boolean isOpen() {
        return state != State.OFF && !closing;
    }

    boolean isClosing() {
        return closing;
    }

    /** Also while it is being closed: until it is drained it can be kept. */
    boolean isReady() {
        return state == State.READY;
    }

    boolean isReadyAndFit() {
        return isReady() && fit;
    }

    boolean isLost() {
        return state == State.LOST;
    }

    /** Whether it has had its chance, so that the next in order is opened as well. */
    boolean isPassed(Duration patience, Instant now) {
        return switch (state) {
            case OFF -> false;
            case OPENING -> !now.isBefore(since.plus(patience));
            // Who asks is not satisfied with this one, so it is not fit.
            case READY, LOST -> true;
        };
    }

    Instant since() {
        return since;
    }

    Optional<Loss> lastLoss() {
        return lastLoss;
    }

    void open(Instant now) {
        enter(State.OPENING, now);
    }

    void close() {
        closing = true;
    }

    void keep() {
        closing = false;
    }

    void drained(Instant now) {
        closing = false;
        enter(State.OFF, now);
    }

    /** Repeated news leave the time alone; a change of fitness counts from now, like a new beginning. */
    void ready(boolean nowFit, Instant now) {
        if (state != State.READY || fit != nowFit) {
            fit = nowFit;
            enter(State.READY, now);
        }
    }

    void lost(Loss loss, Instant now) {
        lastLoss = Optional.of(loss);
        if (state != State.LOST) {
            enter(State.LOST, now);
        }
    }

    /** Its next attempt is made now, and what became of the ones before counts no more. */
    void retry(Instant now) {
        enter(State.OPENING, now);
    }

    private void enter(State next, Instant now) {
        state = next;
        since = now;
    }

    /** Where it is ready: from when on miners may come back to it. */
    Instant failbackAt() {
        return since.plus(failbackPatience);
    }

    void setFailbackPatience(Duration patience) {
        failbackPatience = patience;
    }

    Duration failbackPatience() {
        return failbackPatience;
    }

    Standing standing() {
        return new Standing(name, closing ? State.OFF : state, fit, since, lastLoss.map(Loss::words));
    }
}
