package sluice.proxy.cli;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.config.GatewayConfig;
import sluice.config.KeptPools;
import sluice.proxy.api.Endpoint;
import sluice.proxy.api.Farm;
import sluice.proxy.api.pool.Later;
import sluice.proxy.api.pool.PoolEndpoints;
import sluice.proxy.pool.LivePools;

/** All that changes a gateway while it runs, one after the other on one thread: the operator's file, and pools by the API. */
final class Reconfiguration implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reconfiguration.class);

    private final ExecutorService turns = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("changes").factory());
    private final ConfigReload reload;
    private final LivePools pools;
    private final String run;
    private final Executor answers;

    /**
     * @param operators the file as it was read at the start
     * @param running what was made of it
     * @param run tells this run of the gateway from all others
     * @param answers where the API is told what became of its changes
     */
    Reconfiguration(
            ConfigOption configuration,
            GatewayConfig operators,
            GatewayConfig running,
            ConfigReload.Target target,
            String run,
            Executor answers) {
        this.run = run;
        this.answers = answers;
        this.reload =
                new ConfigReload(running, () -> pools().beside(configuration.read()), configuration::describe, target);
        this.pools = new LivePools(reload, KeptPools.in(running.dataDirectory()), operators, run, turns, answers);
        turns.execute(pools::settle);
    }

    private LivePools pools() {
        return pools;
    }

    /** Of the API, by which pools are seen and changed. */
    List<Endpoint> endpoints(Farm farm, InstantSource clock) {
        PoolEndpoints own = new PoolEndpoints(pools, run, Later.on(answers), clock);
        return Stream.concat(own.all().stream(), own.forModules(farm).all().stream())
                .toList();
    }

    /** All that is in force; from any thread. */
    GatewayConfig inForce() {
        return reload.inForce();
    }

    /** Has the operator's file read again in its turn, and waits for the end of it. */
    void readFile() {
        try {
            CompletableFuture.runAsync(
                            () -> {
                                reload.read();
                                pools.settle();
                            },
                            turns)
                    .join();
        } catch (RejectedExecutionException ending) {
            LOG.debug("the configuration is not read again: the gateway is closing");
        }
    }

    @Override
    public void close() {
        turns.shutdownNow();
    }
}
