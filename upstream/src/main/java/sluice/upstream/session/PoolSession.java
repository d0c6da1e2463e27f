package sluice.upstream.session;

import java.time.Instant;
import java.util.List;

/** A conversation with one pool, over as many connections as it takes; confined to the pool connection's loop. */
public interface PoolSession {
    /** Takes one input. The list is the session's own and is valid until the next call. */
    List<PoolAction> on(PoolInput input, Instant now);

    /** Whether a conversation is going on. */
    boolean isConversing();
}
