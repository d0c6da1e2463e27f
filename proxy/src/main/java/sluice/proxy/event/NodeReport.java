package sluice.proxy.event;

import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.bitcoin.Hash256;

/** What a node, or a program beside it, says has happened. It is told on, and believed only as far as it makes us look. */
public sealed interface NodeReport {

    /** @param minerId whose block it is, where that is known */
    record BlockMined(Hash256 hash, long height, Optional<String> minerId) implements NodeReport {}

    record BlockTemplateUpdated(Hash256 prevHash, long height, long transactions) implements NodeReport {}

    /** @param prevHash of the block that blocks are built on now */
    record ChainTipUpdated(Hash256 prevHash, OptionalLong height) implements NodeReport {}

    /** Both as compact targets, U32. */
    record MiningDifficultyChanged(long oldNbits, long newNbits, long height) implements NodeReport {}

    /** Whether there may be a better template than ours now. */
    default boolean asksForTemplates() {
        return !(this instanceof MiningDifficultyChanged);
    }
}
