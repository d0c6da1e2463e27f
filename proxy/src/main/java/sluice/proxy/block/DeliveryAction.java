package sluice.proxy.block;

import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockVerdict;

/** What {@link BlockDeliveries} want done, in order. */
public sealed interface DeliveryAction {

    /** Offer the block on this path; the answer comes back with the solution's number. */
    record Offer(String path, BlockSolution solution) implements DeliveryAction {}

    /** Note in the journal what a path said. */
    record Record(Hash256 hash, Delivery delivery) implements DeliveryAction {}

    /** The block is taken, refused by all, or too old: this is what came of it. */
    record Concluded(Hash256 hash, BlockVerdict verdict) implements DeliveryAction {}
}
