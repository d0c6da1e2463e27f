package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.Executor;
import sluice.proxy.goal.UpstreamDefinition;
import sluice.upstream.Upstream;

/** Makes a source of work. */
public interface UpstreamFactory extends UpstreamDefinition {
    /** Whether the upstream writes found blocks to disk itself, with their transactions. */
    default boolean recordsBlocks() {
        return false;
    }

    /**
     * @param loop where the upstream and its route live
     * @param handshakes runs the curve arithmetic of handshakes
     * @param userIdentity whose work it takes; empty for the upstream's own user
     */
    Upstream create(EventLoop loop, Executor handshakes, Optional<String> userIdentity);
}
