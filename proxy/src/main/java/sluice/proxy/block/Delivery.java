package sluice.proxy.block;

import java.time.Instant;
import sluice.upstream.template.BlockVerdict;

/**
 * What one path said to a block.
 *
 * @param path the name of a template source or an upstream
 */
public record Delivery(Instant at, String path, BlockVerdict verdict) {

    /** Whether the block is where it belongs: nobody has to bring it anywhere any more. */
    public boolean isTaken() {
        return verdict.outcome() != BlockVerdict.Outcome.REJECTED;
    }
}
