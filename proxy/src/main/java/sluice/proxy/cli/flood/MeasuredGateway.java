package sluice.proxy.cli.flood;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.SimulatedUpstream;
import sluice.upstream.template.SimulatedChain;
import sluice.upstream.thread.GiveWay;

/** A gateway for {@link HonestCrowd honest miners}: its shares cost a miner next to nothing. */
final class MeasuredGateway {
    private static final Bytes PAYOUT = Bytes.fromHex("6a0562656e6368");
    private static final Bytes TAG = Bytes.of("/Sluice bench/".getBytes(StandardCharsets.US_ASCII));
    // Each share costs a miner a few hashes, so that what is measured is the gateway.
    private static final VardiffConfig EASY = new VardiffConfig(false, 60, 1e-9, 1e-9);
    private static final long CHAIN_SEED = 1;

    private MeasuredGateway() {}

    /**
     * @param directory for what a gateway keeps
     * @param loops event loops of the gateway
     * @param tips mean time between two tips of its chain
     */
    static Gateway start(
            Path directory,
            AuthoritySecretKey authority,
            LimitsConfig limits,
            int loops,
            Duration tips,
            InstantSource clock,
            List<GatewayEvents.Listener> listeners)
            throws IOException {
        GiveWay.secondCompiler();
        GatewaySettings settings = new GatewaySettings(
                "bench",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                authority,
                EASY,
                limits,
                Sv1Config.DEFAULT,
                directory.resolve("blocks"),
                loops);
        SimulatedUpstream work = new SimulatedUpstream(
                SimulatedChain.Settings.regtest(tips).withStartTarget(Difficulty.targetOf(1_000)),
                CHAIN_SEED,
                PAYOUT,
                TAG,
                clock);
        return Gateway.start(settings, work, clock, listeners);
    }
}
