package sluice.upstream.node;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import sluice.upstream.template.TemplateEvent;

/** Collects what one input makes the parts of a {@link NodeSession} want done, and numbers their calls. */
final class NodeOutbox {
    /** What a note is about; one that says the same as the last about its subject is not made. */
    enum Subject {
        FAILURE,
        CHAIN,
        CLOCK,
        TRANSACTIONS,
        LONG_POLL,
        PROPOSAL,
        NOTICES,
        BLOCK
    }

    /** The number that no call has. */
    static final long NONE = 0;

    private final Map<Subject, String> notes = new EnumMap<>(Subject.class);
    private List<NodeAction> actions = new ArrayList<>();
    private long nextCall = 1;

    /** The number of the call. */
    long call(NodeCall call) {
        long number = nextCall++;
        actions.add(new NodeAction.Call(number, call));
        return number;
    }

    /** The number that the next call will have; all earlier ones have smaller ones. */
    long nextCall() {
        return nextCall;
    }

    void cancel(long call) {
        if (call != NONE) {
            actions.add(new NodeAction.Cancel(call));
        }
    }

    void report(TemplateEvent event) {
        actions.add(new NodeAction.Report(event));
    }

    void note(Subject subject, boolean warning, String text) {
        if (!text.equals(notes.put(subject, text))) {
            actions.add(new NodeAction.Note(warning, text));
        }
    }

    /** What the last note said is no longer so; the next one is made whatever it says. Whether there was one. */
    boolean settled(Subject subject) {
        return notes.remove(subject) != null;
    }

    List<NodeAction> drain() {
        List<NodeAction> drained = actions;
        actions = new ArrayList<>();
        return drained;
    }
}
