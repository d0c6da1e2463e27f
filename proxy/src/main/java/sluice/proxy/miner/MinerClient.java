package sluice.proxy.miner;

import java.time.Instant;
import java.util.List;

/** A miner's side of one connection. Confined to the connection's loop. */
public sealed interface MinerClient permits Sv1MinerClient, Sv2MinerClient {
    /** Most shares without a verdict; the connection finds no more until some have theirs. */
    int MAX_OUTSTANDING_SHARES = 512;

    List<ClientAction> on(ClientInput input, Instant now);

    /** Shares sent that have no verdict yet. */
    int outstandingShares();

    /** The generation of the newest work; the next connection goes on from it. */
    long generation();
}
