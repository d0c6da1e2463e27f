package sluice.upstream.session;

/** What a pool says to a custom job (SV2 5.3.19, 5.3.20). */
public sealed interface CustomJobAnswer {
    /** The request that is answered. */
    long requestId();

    /** @param jobId the pool's id, which shares of the job carry */
    record Taken(long requestId, long jobId) implements CustomJobAnswer {}

    /** @param errorCode the pool's own text, printable */
    record Refused(long requestId, String errorCode) implements CustomJobAnswer {}
}
