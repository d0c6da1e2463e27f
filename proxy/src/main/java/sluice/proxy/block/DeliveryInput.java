package sluice.proxy.block;

import sluice.upstream.template.BlockVerdict;

/** What {@link BlockDeliveries} react to. */
public sealed interface DeliveryInput {

    /** A block is on the disk, or cannot be brought there: it can be offered. */
    record Found(BlockEntry entry) implements DeliveryInput {}

    /** From now on blocks can be offered on this path. */
    record PathOpened(String path) implements DeliveryInput {}

    /** And from now on no more. */
    record PathClosed(String path) implements DeliveryInput {}

    /** What {@code path} said to the block that it was offered under {@code number}. */
    record Answered(String path, long number, BlockVerdict verdict) implements DeliveryInput {}

    /** {@code path} can do nothing with the block that it was offered under {@code number}. */
    record Impossible(String path, long number) implements DeliveryInput {}

    /** {@link BlockDeliveries#nextDeadline} has come. */
    record TimePassed() implements DeliveryInput {}
}
