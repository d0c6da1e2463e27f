package sluice.proxy.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.config.ApiTokenConfig;
import sluice.config.ConfigChange;
import sluice.config.ConfigProblem;
import sluice.config.ConfigResult;
import sluice.config.ConfigResult.Invalid;
import sluice.config.ConfigResult.Loaded;
import sluice.config.FailoverConfig;
import sluice.config.GatewayConfig;
import sluice.config.ListenerConfig;
import sluice.config.LogLevel;
import sluice.config.ProfileConfig;
import sluice.config.RoutingConfig;
import sluice.config.VardiffConfig;
import sluice.proxy.goal.ChangeResult;
import sluice.proxy.pool.PoolSwitch;

/**
 * Applies a configuration that was read again to a gateway that runs: whole or not at all, and only where it differs from
 * what is in force. Confined to one thread.
 */
final class ConfigReload implements PoolSwitch {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigReload.class);

    private final Supplier<ConfigResult> source;
    private final Function<ConfigProblem, String> words;
    private final Target target;
    // Written by the one thread, read by the API.
    private volatile GatewayConfig inForce;
    private long revision = 1;

    /** What can be changed while a gateway runs. */
    interface Target {
        CompletableFuture<ChangeResult> apply(RoutingConfig routing, FailoverConfig failover, VardiffConfig vardiff);

        CompletableFuture<ChangeResult> activate(String goal, Optional<String> upstream);

        void profiles(VardiffConfig vardiff, List<ProfileConfig> profiles);

        /** From where each of these takes connections. */
        void filters(List<ListenerConfig> listeners);

        /** Who may call the API. */
        void apiTokens(List<ApiTokenConfig> tokens);

        void logLevel(LogLevel level);
    }

    /** How a reading ended. */
    enum Outcome {
        APPLIED,
        /** The file says what is in force. */
        UNCHANGED,
        /** The file is no valid configuration, or what it asks for could not be prepared: nothing has changed. */
        REJECTED
    }

    /**
     * @param source reads the file
     * @param words a problem with its place
     */
    ConfigReload(
            GatewayConfig running,
            Supplier<ConfigResult> source,
            Function<ConfigProblem, String> words,
            Target target) {
        this.inForce = running;
        this.source = source;
        this.words = words;
        this.target = target;
    }

    /** What is in force now; from any thread. */
    @Override
    public GatewayConfig inForce() {
        return inForce;
    }

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public ChangeResult apply(RoutingConfig routing) {
        GatewayConfig next = inForce.withRouting(routing);
        ChangeResult result = await(target.apply(routing, inForce.failover(), inForce.vardiff()));
        if (result instanceof ChangeResult.Applied) {
            inForce = next;
        }
        return result;
    }

    @Override
    public ChangeResult activate(String goal, Optional<String> upstream) {
        return await(target.activate(goal, upstream));
    }

    /** Reads and applies; says in the log what came of it. Waits as long as preparing a switch may take. */
    Outcome read() {
        return switch (source.get()) {
            case Invalid(var problems) -> {
                problems.forEach(problem -> LOG.error("configuration not applied: {}", words.apply(problem)));
                yield Outcome.REJECTED;
            }
            case Loaded(var next, var warnings) -> {
                warnings.forEach(warning -> LOG.warn("configuration: {}", words.apply(warning)));
                yield apply(next);
            }
        };
    }

    private Outcome apply(GatewayConfig next) {
        ConfigChange change = ConfigChange.between(inForce, next);
        if (!change.restartKeys().isEmpty()) {
            LOG.warn("configuration: only a restart applies the change of {}", String.join(", ", change.restartKeys()));
        }
        if (change.appliesNothing()) {
            LOG.info("configuration read again: nothing to apply");
            return Outcome.UNCHANGED;
        }
        GatewayConfig result;
        try {
            result = withChangesOf(next);
        } catch (IllegalArgumentException needsRestart) {
            LOG.error("configuration not applied: {} until the next start", needsRestart.getMessage());
            return Outcome.REJECTED;
        }
        if ((change.routing() || change.failover()) && !changeRouting(next)) {
            return Outcome.REJECTED;
        }
        if (change.vardiff() || change.profiles()) {
            target.profiles(next.vardiff(), next.profiles());
        }
        if (change.filters()) {
            target.filters(result.listeners());
        }
        if (change.apiTokens()) {
            target.apiTokens(next.api().tokens());
        }
        if (change.logLevel()) {
            target.logLevel(next.logLevel());
        }
        inForce = result;
        LOG.info("configuration applied");
        return Outcome.APPLIED;
    }

    /** What is in force once everything is applied that needs no restart. */
    private GatewayConfig withChangesOf(GatewayConfig next) {
        return new GatewayConfig(
                inForce.enabled(),
                ConfigChange.filtersInForce(inForce, next),
                next.routing(),
                inForce.templateSources(),
                inForce.clientPorts(),
                next.failover(),
                inForce.authority(),
                inForce.dataDirectory(),
                next.vardiff(),
                next.profiles(),
                inForce.limits(),
                inForce.sv1(),
                inForce.api().withTokens(next.api().tokens()),
                inForce.miningOs(),
                inForce.webhooks(),
                next.logLevel());
    }

    private boolean changeRouting(GatewayConfig next) {
        return switch (await(target.apply(next.routing(), next.failover(), next.vardiff()))) {
            case ChangeResult.Applied applied -> true;
            case ChangeResult.Rejected rejected -> {
                LOG.error(
                        "configuration not applied, nothing has changed: upstream={} step={} reason=\"{}\"",
                        rejected.upstream(),
                        rejected.step(),
                        rejected.reason());
                yield false;
            }
        };
    }

    private ChangeResult await(CompletableFuture<ChangeResult> result) {
        try {
            // What is being applied may have been asked to wait for as long as the present settings say.
            ChangeResult done = result.get(inForce.failover().switchTimeout().toSeconds() + 5, TimeUnit.SECONDS);
            if (done instanceof ChangeResult.Applied(long applied)) {
                revision = applied;
            }
            return done;
        } catch (TimeoutException late) {
            return new ChangeResult.Rejected("", "", "the gateway gave no answer");
        } catch (ExecutionException bug) {
            LOG.error("bug while pools were changed", bug.getCause());
            return new ChangeResult.Rejected("", "", "the gateway made a mistake; its log says which");
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            return new ChangeResult.Rejected("", "", "the gateway is closed");
        }
    }
}
