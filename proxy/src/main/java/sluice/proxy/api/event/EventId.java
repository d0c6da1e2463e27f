package sluice.proxy.api.event;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the sequence of events, and the name of the event there. It says how many events of each ring there had been, so
 * that whoever comes back with it is told exactly how many are gone.
 *
 * @param run which run of the gateway: another one counts anew
 * @param frequent how many events that come with shares there were
 * @param others how many others
 */
public record EventId(String run, long frequent, long others) {
    static final int MAX_LENGTH = 64;

    private static final Pattern FORM = Pattern.compile("([0-9a-z]{1,16})-([0-9]{1,18})-([0-9]{1,18})");

    /** Before the first event of a run. */
    static EventId start(String run) {
        return new EventId(run, 0, 0);
    }

    /** Empty unless {@code text} could be the id of an event. */
    public static Optional<EventId> parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(new EventId(form.group(1), Long.parseLong(form.group(2)), Long.parseLong(form.group(3))))
                : Optional.empty();
    }

    /** Counts all events of the run. */
    long number() {
        return frequent + others;
    }

    EventId next(boolean isFrequent) {
        return isFrequent ? new EventId(run, frequent + 1, others) : new EventId(run, frequent, others + 1);
    }

    long count(boolean ofFrequent) {
        return ofFrequent ? frequent : others;
    }

    @Override
    public String toString() {
        return run + "-" + frequent + "-" + others;
    }
}
