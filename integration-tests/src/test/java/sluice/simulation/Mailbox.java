package sluice.simulation;

/** The way from one loop to another: in order, and late. */
final class Mailbox {
    private final World world;
    private final Chance chance;
    private long lastArrival;
    private int waiting;

    Mailbox(World world, Chance chance) {
        this.world = world;
        this.chance = chance;
    }

    void post(Runnable task) {
        waiting++;
        lastArrival = Math.max(
                lastArrival,
                world.time().nanos() + world.faults().betweenLoops(chance).toNanos());
        world.time().atNanos(lastArrival, () -> {
            waiting--;
            task.run();
        });
    }

    /** Tasks that have not run yet. */
    int waiting() {
        return waiting;
    }
}
