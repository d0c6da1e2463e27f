package sluice.simulation;

import java.util.function.IntConsumer;
import sluice.proxy.route.LoopLanes;

/** Something that goes to all loops: each reports once that it has served its miners. */
final class Delivery implements LoopLanes.Delivery {
    private final IntConsumer whenAllHave;
    private int loopsLeft;
    private int miners;

    /** @param whenAllHave is told how many miners were served in all */
    Delivery(int loops, IntConsumer whenAllHave) {
        this.loopsLeft = loops;
        this.whenAllHave = whenAllHave;
    }

    @Override
    public void delivered(int count) {
        BrokenInvariant.require(loopsLeft > 0, "a loop reports one delivery twice");
        miners += count;
        if (--loopsLeft == 0) {
            whenAllHave.accept(miners);
        }
    }
}
