package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;
import sluice.upstream.Upstream;

/** Makes the gateway's source of work. */
public interface UpstreamFactory {
    /** Shown in logs and events; without secrets. */
    String name();

    /** Whether the upstream writes found blocks to disk itself, with their transactions. */
    default boolean recordsBlocks() {
        return false;
    }

    /**
     * @param loop where the upstream and its route live
     * @param handshakes runs the curve arithmetic of handshakes
     */
    Upstream create(EventLoop loop, Executor handshakes);
}
