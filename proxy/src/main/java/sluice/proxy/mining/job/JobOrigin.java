package sluice.proxy.mining.job;

/**
 * Where a job came from.
 *
 * @param upstream the name of whose job it is; empty for one that a client made itself
 * @param number counts the jobs that the gateway was given, whoever gave them; one that is handed out again keeps it
 */
public record JobOrigin(String upstream, long number) {
    /** In place of an upstream's name. */
    public static final String CLIENT = "";
}
