package sluice.simulation;

import java.time.Duration;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.proxy.mining.extranonce.ExtranonceShape;

/**
 * How one gateway is set up.
 *
 * @param loops event loops for miners
 * @param routineSlice miners served in one go by a routine job
 * @param maxBacklog bytes that may wait for a miner that does not read
 * @param mailbox shares that may wait for the control loop
 */
record GatewayPlan(
        int loops,
        int routineSlice,
        int maxBacklog,
        int mailbox,
        VardiffConfig vardiff,
        Sv1Config sv1,
        LimitsConfig limits) {
    static GatewayPlan drawn(Chance chance) {
        double least = chance.spread(1e-9, 4e-9);
        GatewayPlan drawn = new GatewayPlan(
                chance.between(1, 4),
                chance.between(1, 6),
                1 << chance.between(14, 20),
                chance.happens(0.2) ? chance.between(1, 4) : 65_536,
                new VardiffConfig(chance.happens(0.8), chance.spread(6, 240), least, least * chance.spread(1, 30)),
                new Sv1Config(
                        chance.oneOf(0x1fff_e000L, 0x1fff_ffe0L, 0x0000_e000L),
                        Duration.ofSeconds(chance.between(2, 60))),
                new LimitsConfig(
                        chance.happens(0.2) ? chance.between(2, 6) : 64,
                        Duration.ofSeconds(chance.between(5, 30)),
                        Duration.ofSeconds(chance.between(90, 600))));
        return chance.happens(0.2) ? drawn.with(chance.between(4, 7)) : drawn;
    }

    private GatewayPlan with(int poolExtranonce2Size) {
        return new GatewayPlan(
                loops,
                routineSlice,
                maxBacklog,
                mailbox,
                vardiff,
                new Sv1Config(sv1.versionMask(), sv1.keepalive(), poolExtranonce2Size),
                limits);
    }

    /** The same with indexes for everybody. */
    GatewayPlan wide() {
        return with(Sv1Config.DEFAULT.poolExtranonce2Size());
    }

    /** How the extranonce of its miners is cut. */
    ExtranonceShape shape() {
        return ExtranonceShape.forWindow(sv1.poolExtranonce2Size());
    }

    /** A pool made of the product: its visitors are gateways, which may have nothing to say for long. */
    static GatewayPlan pool(Chance chance) {
        GatewayPlan drawn = drawn(chance).wide();
        return new GatewayPlan(
                drawn.loops,
                drawn.routineSlice,
                1 << 20,
                65_536,
                drawn.vardiff,
                drawn.sv1,
                new LimitsConfig(64, Duration.ofSeconds(30), Duration.ofHours(2)));
    }
}
