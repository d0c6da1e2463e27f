package sluice.proxy.session;

import java.time.Instant;
import java.util.List;
import sluice.protocol.bitcoin.Target;

/** One miner's protocol conversation. Pure, and confined to its connection's loop. */
public interface MinerSession {
    /** Takes one input. The list is the session's own and is valid until the next call. */
    List<MinerAction> on(MinerInput input, Instant now);

    /** Hashes per second that this session's channels have for their route; 0 while it has none. */
    double nominalHashrate();

    /** The hardest target that difficulty control wants the route to ask for; {@link Target#MAX} without such channels. */
    Target hardestWantedTarget();
}
