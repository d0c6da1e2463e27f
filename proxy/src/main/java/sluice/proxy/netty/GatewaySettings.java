package sluice.proxy.netty;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.protocol.sv2.noise.AuthoritySecretKey;

/**
 * What one gateway is, apart from where its work comes from.
 *
 * @param name of its threads and in its logs
 * @param ports where miners connect, at least one
 * @param authority signs the certificate that SV2 miners see
 * @param blocks directory for found blocks
 * @param loops event loops, at least one
 */
public record GatewaySettings(
        String name,
        List<MinersPort> ports,
        AuthoritySecretKey authority,
        VardiffConfig vardiff,
        LimitsConfig limits,
        Sv1Config sv1,
        Path blocks,
        int loops) {
    public GatewaySettings {
        ports = List.copyOf(ports);
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("a gateway without a port");
        }
    }

    /** With one port. */
    public GatewaySettings(
            String name,
            InetSocketAddress listen,
            AuthoritySecretKey authority,
            VardiffConfig vardiff,
            LimitsConfig limits,
            Sv1Config sv1,
            Path blocks,
            int loops) {
        this(
                name,
                List.of(new MinersPort(MinersPort.DEFAULT_NAME, listen)),
                authority,
                vardiff,
                limits,
                sv1,
                blocks,
                loops);
    }
}
