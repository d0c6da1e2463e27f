package sluice.simulation;

import java.time.Instant;
import java.util.Optional;

/** A route as the director's actions show it. */
final class SeenRoute {
    private final int number;
    private final SimulatedDefinition definition;
    private final Optional<String> user;
    // Of the channel in force; 0 while there is none.
    private long generation;
    private boolean fit;
    private boolean closing;
    private Instant readySince;
    private Instant leftAt = Instant.MIN;

    SeenRoute(int number, SimulatedDefinition definition, Optional<String> user) {
        this.number = number;
        this.definition = definition;
        this.user = user;
    }

    int number() {
        return number;
    }

    String name() {
        return definition.name();
    }

    SimulatedDefinition definition() {
        return definition;
    }

    Optional<String> user() {
        return user;
    }

    void connected(long channel, boolean allowsVersionRolling) {
        generation = channel;
        fit = allowsVersionRolling;
        readySince = null;
    }

    void hasTip(Instant now) {
        if (readySince == null) {
            readySince = now;
        }
    }

    void lost() {
        generation = 0;
        readySince = null;
    }

    /** Miners were fed by it until now; what they found may still be on its way. */
    void left(Instant now) {
        leftAt = now;
    }

    Instant leftAt() {
        return leftAt;
    }

    void close() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }

    /** Whether its upstream takes a share of this generation of jobs. */
    boolean takes(long generationOfJob) {
        return generation == generationOfJob && !closing;
    }

    /** Whether it has work that somebody takes. */
    boolean isReady() {
        return readySince != null;
    }

    /** Whether it works for all miners. */
    boolean isFit() {
        return fit;
    }

    Instant readySince() {
        return readySince;
    }

    boolean is(SimulatedDefinition what, Optional<String> forWhom) {
        return definition.equals(what) && user.equals(forWhom);
    }

    @Override
    public String toString() {
        return "route " + number + " to " + definition
                + user.map(name -> " as " + name).orElse("")
                + (isReady() ? " since " + readySince : " (not ready)") + (fit ? "" : " (unfit)")
                + (closing ? " (closing)" : "");
    }
}
