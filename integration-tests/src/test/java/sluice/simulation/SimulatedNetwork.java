package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Hash256;

/** The chain that the simulated pools mine on: somebody finds a block now and then, our miners among them. */
final class SimulatedNetwork {
    private final World world;
    private final Chance chance;
    private final Duration meanInterval;
    private final long nbits;
    private final List<Consumer<ChainTip>> listeners = new ArrayList<>();
    private ChainTip tip;
    private boolean still;
    private long height = 800_000;

    SimulatedNetwork(World world, Chance chance) {
        this.world = world;
        this.chance = chance;
        this.meanInterval = chance.spread(Duration.ofSeconds(15), Duration.ofMinutes(4));
        // One share in some hundreds is a block.
        this.nbits = compact(Hashing.bound(chance.spread(1e-7, 3e-6)));
        extend(randomHash());
        scheduleNext();
    }

    void listen(Consumer<ChainTip> listener) {
        listeners.add(listener);
    }

    ChainTip tip() {
        return tip;
    }

    long height() {
        return height;
    }

    /** No more blocks from here on. */
    void standStill() {
        still = true;
    }

    /** A pool found this block. */
    void found(Hash256 prevHash, Hash256 block) {
        if (!still && prevHash.equals(tip.prevHash())) {
            extend(block);
        }
    }

    private void scheduleNext() {
        world.time().after(chance.waitFor(meanInterval).plusMillis(100), () -> {
            if (!still) {
                extend(randomHash());
                scheduleNext();
            }
        });
    }

    private void extend(Hash256 block) {
        height++;
        tip = new ChainTip(block, nbits, world.time().instant().getEpochSecond());
        listeners.forEach(listener -> listener.accept(tip));
    }

    private Hash256 randomHash() {
        Bytes low = chance.bytes(28);
        return Hash256.of(Bytes.concat(low, Bytes.zeros(4)).toArray(), 0);
    }

    /** A little-endian bound in the compact form of a header, rounded down. */
    private static long compact(byte[] bound) {
        int top = 31;
        while (bound[top] == 0) {
            top--;
        }
        // The highest bit of the mantissa is a sign, so a byte that has it needs a zero in front.
        int shift = bound[top] < 0 ? 1 : 0;
        long mantissa = 0;
        for (int i = 0; i < 3 - shift; i++) {
            mantissa = mantissa << 8 | (bound[top - i] & 0xff);
        }
        return (long) (top + 1 + shift) << 24 | mantissa;
    }
}
