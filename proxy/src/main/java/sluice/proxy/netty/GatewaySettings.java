package sluice.proxy.netty;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import sluice.config.LimitsConfig;
import sluice.config.ProfileConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.proxy.declaration.CustomJobJudge;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.profile.ProfileBook;

/**
 * What one gateway is, apart from where its work comes from.
 *
 * @param name of its threads and in its logs
 * @param ports where miners connect, at least one
 * @param authority signs the certificate that SV2 miners see
 * @param profiles how some miners are treated differently
 * @param sv1Shape how the extranonces of SV1 miners are cut; wider than a miner's where they are gateways
 * @param blocks directory for found blocks
 * @param customJobs judges the jobs that clients make themselves; without it no client may make any
 * @param clientPorts where clients connect that are no miners; those that declare jobs are judged by what they declared
 * @param loops event loops, at least one
 */
public record GatewaySettings(
        String name,
        List<MinersPort> ports,
        AuthoritySecretKey authority,
        VardiffConfig vardiff,
        List<ProfileConfig> profiles,
        LimitsConfig limits,
        Sv1Config sv1,
        ExtranonceShape sv1Shape,
        Path blocks,
        Optional<CustomJobJudge> customJobs,
        ClientPorts clientPorts,
        int loops) {
    public GatewaySettings {
        ports = List.copyOf(ports);
        profiles = List.copyOf(profiles);
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("a gateway without a port");
        }
    }

    /** For SV1 miners of any make. */
    public GatewaySettings(
            String name,
            List<MinersPort> ports,
            AuthoritySecretKey authority,
            VardiffConfig vardiff,
            LimitsConfig limits,
            Sv1Config sv1,
            Path blocks,
            int loops) {
        this(
                name,
                ports,
                authority,
                vardiff,
                List.of(),
                limits,
                sv1,
                ExtranonceShape.forWindow(sv1.poolExtranonce2Size()),
                blocks,
                Optional.empty(),
                ClientPorts.NONE,
                loops);
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

    /** The same gateway for SV1 miners whose extranonces are cut so. */
    public GatewaySettings withSv1Shape(ExtranonceShape shape) {
        return new GatewaySettings(
                name, ports, authority, vardiff, profiles, limits, sv1, shape, blocks, customJobs, clientPorts, loops);
    }

    /** The same gateway for clients that make their jobs themselves. */
    public GatewaySettings withCustomJobs(CustomJobJudge judge) {
        return new GatewaySettings(
                name,
                ports,
                authority,
                vardiff,
                profiles,
                limits,
                sv1,
                sv1Shape,
                blocks,
                Optional.of(judge),
                clientPorts,
                loops);
    }

    /** The same gateway with profiles of miners. */
    public GatewaySettings withProfiles(List<ProfileConfig> others) {
        return new GatewaySettings(
                name, ports, authority, vardiff, others, limits, sv1, sv1Shape, blocks, customJobs, clientPorts, loops);
    }

    /** The same gateway with ports for clients that are no miners. */
    public GatewaySettings withClientPorts(ClientPorts others) {
        return new GatewaySettings(
                name, ports, authority, vardiff, profiles, limits, sv1, sv1Shape, blocks, customJobs, others, loops);
    }

    ProfileBook profileBook() {
        return new ProfileBook(vardiff, profiles);
    }
}
