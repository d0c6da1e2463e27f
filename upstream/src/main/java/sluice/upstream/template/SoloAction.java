package sluice.upstream.template;

import sluice.protocol.bitcoin.MerklePath;
import sluice.upstream.UpstreamEvent;

/** What a {@link SoloSession} wants done, in order. */
public sealed interface SoloAction {

    /** Tell the route. */
    record Report(UpstreamEvent event) implements SoloAction {}

    /**
     * Write the block to disk, and only then bring it to the network; the answer comes back as {@link
     * TemplateEvent.BlockJudged}.
     *
     * @param merklePath siblings of its coinbase
     */
    record BlockFound(BlockSolution solution, MerklePath merklePath) implements SoloAction {}

    /** No more templates are wanted. */
    record StopTemplates(String reason) implements SoloAction {}
}
