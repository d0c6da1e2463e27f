package sluice.proxy.netty;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

/**
 * What one gateway is, apart from where its work comes from.
 *
 * @param name of its threads and in its logs
 * @param listen where miners connect; port 0 takes a free one
 * @param authority signs the certificate that SV2 miners see
 * @param blocks directory for found blocks
 * @param loops event loops, at least one
 */
public record GatewaySettings(
        String name,
        InetSocketAddress listen,
        AuthoritySecretKey authority,
        VardiffConfig vardiff,
        LimitsConfig limits,
        Sv1Config sv1,
        Path blocks,
        int loops) {}
