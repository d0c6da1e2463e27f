package sluice.proxy.api;

/**
 * Events for one caller. The shell takes them as fast as the caller reads and no faster, so it is the stream that decides
 * what a slow caller misses. All calls but {@code wake} come from the API's loop.
 */
public interface ApiStream {
    /** Begins; {@code wake} may be run on any thread whenever there is something again after {@link #take} gave nothing. */
    void start(Runnable wake);

    /**
     * Whole events in the form of an event stream, UTF-8.
     *
     * @param most bytes, of which there is always room for one event
     * @return nothing where nothing waits
     */
    byte[] take(int most);

    /** Nobody listens any more. */
    void stop();
}
