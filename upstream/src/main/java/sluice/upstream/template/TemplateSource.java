package sluice.upstream.template;

import java.util.function.Consumer;

/**
 * Where templates come from. It lives on one event loop: {@link #start} and {@link #send} are called there and events arrive
 * there, in order. It keeps itself connected, for ever, until {@link TemplateCommand.Close}, which may come at any time.
 */
public interface TemplateSource {
    void start(Consumer<TemplateEvent> events);

    void send(TemplateCommand command);
}
