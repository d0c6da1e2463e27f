package sluice.simulation;

/** Hears what the messages on one connection come to. */
interface ViewListener {
    void opened(ToldChannel channel);

    void openRefused(long requestId, String reason);

    /** @param alone every earlier job of the channel is void */
    void started(ToldChannel channel, ToldJob job, boolean alone);

    void closed(ToldChannel channel, String reason);

    void answered(Submission share, Submission.Verdict verdict, String words);
}
