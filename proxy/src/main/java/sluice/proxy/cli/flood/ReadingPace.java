package sluice.proxy.cli.flood;

import java.util.Locale;

/** How a caller reads the stream of events that it has asked for. */
public enum ReadingPace {
    /** There is no such caller. */
    NONE,
    /** As fast as events come. */
    FAST,
    /** A few kilobytes at a time, and far less than there are. */
    SLOW,
    /** Not at all. */
    STUCK;

    /** For people and programs. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
