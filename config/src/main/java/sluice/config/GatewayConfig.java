package sluice.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * All that an operator can set, valid as a whole.
 *
 * @param enabled false: the gateway opens no port
 * @param listenAddress where miners of both protocols connect
 * @param pool present when {@code enabled}, until work can come from a node as well
 * @param authority our own authority key, which SV2 miners may check
 * @param dataDirectory what Sluice keeps between two runs
 */
public record GatewayConfig(
        boolean enabled,
        ListenAddress listenAddress,
        Optional<PoolConfig> pool,
        AuthorityKeySource authority,
        Path dataDirectory,
        VardiffConfig vardiff,
        LimitsConfig limits,
        Sv1Config sv1,
        LogLevel logLevel) {}
