package sluice.upstream.template;

import java.time.Instant;
import java.util.List;
import sluice.protocol.Bytes;

/** Templates that are made within this process: a simulated chain, a recording. Confined to the loop that uses it. */
public interface LocalTemplates {
    Template current();

    /** What has happened since the last call, oldest first: time has passed, and blocks may have been submitted. */
    List<TemplateEvent> advance(Instant now);

    /** When {@link #advance} has something to do next, if nothing is submitted before. */
    Instant nextChange();

    /** Checks a serialised block and, where it is good, makes it the tip; the event follows at the next advance. */
    BlockVerdict submit(Bytes block, Instant now);
}
