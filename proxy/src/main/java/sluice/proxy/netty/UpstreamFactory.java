package sluice.proxy.netty;

import java.util.Optional;
import sluice.proxy.goal.UpstreamDefinition;
import sluice.upstream.Upstream;

/** Makes a source of work. */
public interface UpstreamFactory extends UpstreamDefinition {
    /** Whether the upstream writes found blocks to disk itself, with their transactions. */
    default boolean recordsBlocks() {
        return false;
    }

    /** @param userIdentity whose work it takes; empty for the upstream's own user */
    Upstream create(UpstreamSurroundings here, Optional<String> userIdentity);
}
