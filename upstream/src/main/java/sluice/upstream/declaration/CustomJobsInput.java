package sluice.upstream.declaration;

import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.session.CustomJobAnswer;
import sluice.upstream.template.TemplateEvent;

/** What {@link CustomJobs} react to. */
public sealed interface CustomJobsInput {

    /** The template source reports. */
    record TemplateReported(TemplateEvent event) implements CustomJobsInput {}

    /** The connection to the job declaration server reports. */
    record DeclaratorReported(DeclaratorEvent event) implements CustomJobsInput {}

    /** The conversation with the pool reports. */
    record PoolReported(UpstreamEvent event) implements CustomJobsInput {}

    /** The pool answers to a custom job. */
    record PoolAnswered(CustomJobAnswer answer) implements CustomJobsInput {}

    /** The route asks. */
    record Requested(UpstreamCommand command) implements CustomJobsInput {}

    /** The block with this number is on the disk, or could not be brought there, and is on its way to the network. */
    record BlockRecorded(long number) implements CustomJobsInput {}

    /** {@link CustomJobs#nextDeadline} has come. */
    record TimePassed() implements CustomJobsInput {}
}
