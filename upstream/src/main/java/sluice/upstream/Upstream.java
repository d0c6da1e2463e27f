package sluice.upstream;

import java.util.function.Consumer;

/**
 * A source of work that lives on one event loop: {@link #start} and {@link #send} are called there and events arrive
 * there, in order. It keeps itself connected, for ever, until {@link UpstreamCommand.Close}, which may come at any time.
 */
public interface Upstream {
    void start(Consumer<UpstreamEvent> events);

    void send(UpstreamCommand command);
}
