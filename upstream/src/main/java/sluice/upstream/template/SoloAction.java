package sluice.upstream.template;

import sluice.upstream.UpstreamEvent;

/** What a {@link SoloSession} wants done, in order. */
public sealed interface SoloAction {

    /** Tell the route. */
    record Report(UpstreamEvent event) implements SoloAction {}

    /** Write the block to disk; comes before its {@link SubmitBlock}, so that a crash in between loses nothing. */
    record RecordBlock(BlockSolution solution) implements SoloAction {}

    /** Offer the block to the template source; the answer comes back as {@link TemplateEvent.BlockJudged}. */
    record SubmitBlock(BlockSolution solution) implements SoloAction {}

    /** No more templates are wanted. */
    record StopTemplates(String reason) implements SoloAction {}
}
