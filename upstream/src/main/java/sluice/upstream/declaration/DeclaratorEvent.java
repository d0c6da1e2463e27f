package sluice.upstream.declaration;

import sluice.protocol.Bytes;
import sluice.upstream.UpstreamEvent.Step;

/** What a connection to a job declaration server reports. */
public sealed interface DeclaratorEvent {

    /** Set up: tokens can be had. Everything said on an earlier connection is void, tokens too. */
    record Ready() implements DeclaratorEvent {}

    record TokenAllocated(JobToken token) implements DeclaratorEvent {}

    /** @param token for SetCustomMiningJob, instead of the one that the job was declared with */
    record JobDeclared(long number, Bytes token) implements DeclaratorEvent {}

    /** @param errorCode the server's own text, printable */
    record JobRefused(long number, String errorCode) implements DeclaratorEvent {}

    /** Tokens and declarations under way are void until the next {@link Ready}. */
    record Lost(Step step, String reason) implements DeclaratorEvent {}
}
