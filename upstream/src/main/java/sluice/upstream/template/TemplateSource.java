package sluice.upstream.template;

import java.time.Instant;
import java.util.List;
import sluice.protocol.Bytes;

/** Templates that come from within this process; confined to the loop of the session that uses it. */
public interface TemplateSource {
    Template current();

    /** What has happened since the last call, oldest first: time has passed, and blocks may have been submitted. */
    List<TemplateEvent> advance(Instant now);

    /** When {@link #advance} has something to do next, if nothing is submitted before. */
    Instant nextChange();

    /** Checks a serialised block and, where it is good, makes it the tip; the event follows at the next advance. */
    BlockVerdict submit(Bytes block, Instant now);
}
