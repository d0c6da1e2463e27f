package sluice.upstream.declaration;

import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.TemplateCommand;

/** What {@link CustomJobs} want done, in order. */
public sealed interface CustomJobsAction {

    /** Tell the route. */
    record Report(UpstreamEvent event) implements CustomJobsAction {}

    /** Tell the conversation with the pool. */
    record ToPool(UpstreamCommand command) implements CustomJobsAction {}

    /** Ask the pool to take this job; the channel is for the conversation to fill in. */
    record GiveCustomJob(SetCustomMiningJob job) implements CustomJobsAction {}

    /** Tell the connection to the job declaration server. */
    record ToDeclarator(DeclaratorCommand command) implements CustomJobsAction {}

    /** Tell the template source. */
    record ToTemplates(TemplateCommand command) implements CustomJobsAction {}

    /**
     * Write the block to disk, and only then bring it to the network; {@link CustomJobsInput.BlockRecorded} says when that is
     * done.
     *
     * @param merklePath siblings of its coinbase
     */
    record BlockFound(BlockSolution solution, MerklePath merklePath) implements CustomJobsAction {}
}
