package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import sluice.endtoend.netty.BufferLeaks;

/** What every story of gateways and scripted pools shares: in the end no pool has met a bad share, and nothing is left. */
public abstract class ScriptedPoolScenario {
    @TempDir
    private Path directory;

    private final List<ScriptedSv2Pool> pools = new ArrayList<>();
    private final List<RehashingSv1Pool> sv1Pools = new ArrayList<>();
    private final List<EdgeGateway> gateways = new ArrayList<>();

    /** A pool that behaves. */
    protected ScriptedSv2Pool pool(String name) {
        return pool(name, PoolScript.GOOD);
    }

    protected ScriptedSv2Pool pool(String name, PoolScript script) {
        return keep(new ScriptedSv2Pool(name, Farm.freshKey(), script));
    }

    /** A pool under the same authority as another. */
    ScriptedSv2Pool sibling(ScriptedSv2Pool pool, String name) {
        return keep(pool.sibling(name));
    }

    private ScriptedSv2Pool keep(ScriptedSv2Pool pool) {
        pools.add(pool);
        return pool;
    }

    /** A pool that behaves and speaks SV1. */
    protected RehashingSv1Pool sv1Pool() throws IOException {
        return keep(new RehashingSv1Pool(PoolScript.EASY));
    }

    /** As the other, one that leaves so few bytes of extranonce2. */
    protected RehashingSv1Pool sv1Pool(int extranonce2Size) throws IOException {
        return keep(new RehashingSv1Pool(PoolScript.EASY, extranonce2Size));
    }

    private RehashingSv1Pool keep(RehashingSv1Pool pool) {
        sv1Pools.add(pool);
        return pool;
    }

    /** All miners mine for the first of these that is good. */
    protected EdgeGateway gatewayTo(ScriptedSv2Pool... inOrder) throws IOException {
        return gatewayTo(EdgeRouting.inOrder(inOrder));
    }

    protected EdgeGateway gatewayTo(ScriptedSv2Pool pool, EdgeGateway.Plan plan) throws IOException {
        return gatewayTo(EdgeRouting.inOrder(pool), plan);
    }

    protected EdgeGateway gatewayTo(EdgeRouting routing) throws IOException {
        return gatewayTo(routing, EdgeGateway.Plan.EASY);
    }

    protected EdgeGateway gatewayTo(EdgeRouting routing, EdgeGateway.Plan plan) throws IOException {
        EdgeGateway gateway = new EdgeGateway(directory.resolve("edge-" + gateways.size()), plan, routing);
        gateways.add(gateway);
        return gateway;
    }

    @AfterEach
    void endTheStory() throws Exception {
        try {
            for (ScriptedSv2Pool pool : pools) {
                assertThat(pool.faults()).as("bad shares at %s", pool).isEmpty();
            }
            for (RehashingSv1Pool pool : sv1Pools) {
                assertThat(pool.refused()).as("bad shares at the SV1 pool").isEmpty();
            }
            for (EdgeGateway gateway : gateways) {
                assertThat(gateway.seen().disconnects()).doesNotContainKey("internal-error");
                assertThat(gateway.gateway().lostEvents()).isZero();
            }
        } finally {
            gateways.forEach(EdgeGateway::close);
            pools.forEach(ScriptedSv2Pool::close);
            for (RehashingSv1Pool pool : sv1Pools) {
                pool.close();
            }
        }
        BufferLeaks.assertNone();
    }
}
