package sluice.proxy.goal;

import java.util.ArrayList;
import java.util.List;
import sluice.proxy.event.GatewayEvent;

/** What one input makes the director want done, in order. Confined to the director. */
final class DirectorOutbox {
    private final List<DirectorAction> actions = new ArrayList<>();

    /** Starts afresh for the next input. */
    void clear() {
        actions.clear();
    }

    List<DirectorAction> actions() {
        return actions;
    }

    void add(DirectorAction action) {
        actions.add(action);
    }

    void publish(GatewayEvent event) {
        actions.add(new DirectorAction.Publish(event));
    }
}
