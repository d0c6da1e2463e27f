package sluice.proxy.session;

import java.time.Duration;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;

/**
 * What the SV1 sessions of one loop share. Confined to that loop.
 *
 * @param sessions of miners that may come back
 * @param versionMask bits of the header's version that SV1 miners may roll, U32; the same in the whole gateway, because a
 *     job's line is encoded once for all loops
 * @param handshakeTimeout from the first input to subscribe and authorize
 * @param idleTimeout a miner that sends no line for so long is disconnected
 * @param invalidSharesPerSecond that are judged of one connection
 */
public record Sv1MinerContext(
        MinerContext miner,
        Sv1LineReader lines,
        Sv1Sessions sessions,
        long versionMask,
        Duration handshakeTimeout,
        Duration idleTimeout,
        int invalidSharesPerSecond) {

    /** Keeps no session of a miner that is gone. */
    public static Sv1MinerContext of(MinerContext miner, Sv1Config sv1, LimitsConfig limits) {
        return of(miner, sv1, limits, Sv1Sessions.forgetting(miner.indexes()));
    }

    public static Sv1MinerContext of(MinerContext miner, Sv1Config sv1, LimitsConfig limits, Sv1Sessions sessions) {
        return new Sv1MinerContext(
                miner,
                new Sv1LineReader(),
                sessions,
                sv1.versionMask(),
                limits.handshakeTimeout(),
                limits.idleTimeout(),
                limits.invalidSharesPerSecond());
    }
}
