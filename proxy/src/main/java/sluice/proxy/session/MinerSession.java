package sluice.proxy.session;

import java.time.Instant;
import java.util.List;
import sluice.protocol.bitcoin.Target;

/** One miner's protocol conversation. Pure, and confined to its connection's loop. */
public interface MinerSession {
    /** Takes one input. The list is the session's own and is valid until the next call. */
    List<MinerAction> on(MinerInput input, Instant now);

    /** Hashes per second that stand behind this session's channels; 0 while it has none. */
    double nominalHashrate();

    /** The hardest target that difficulty control wants for one of its channels; {@link Target#MAX} without channels. */
    Target hardestWantedTarget();
}
