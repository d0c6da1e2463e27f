package sluice.proxy.pool;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.config.ConfigProblem;
import sluice.config.ConfigResult;
import sluice.config.GatewayConfig;
import sluice.config.KeptPools;
import sluice.config.PoolsResult;
import sluice.config.RoutingConfig;
import sluice.proxy.goal.ChangeResult;

/**
 * The one place through which pools are changed: the operator's file and the API take turns, so that what is in force, its
 * revision and what a restart finds never disagree. What is confined here belongs to whoever runs the turns, one after the
 * other.
 */
public final class LivePools implements Pools {
    /** Changes that may wait for their turn. */
    public static final int MAX_WAITING = 16;

    private static final Logger LOG = LoggerFactory.getLogger(LivePools.class);

    private final PoolSwitch target;
    private final KeptPools kept;
    private final String run;
    private final Executor turns;
    private final Executor answers;
    // The operator's file as it was read last: what pools of the API stand in the place of.
    private GatewayConfig operators;
    private volatile PoolsInForce inForce;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * @param operators the file whose pools, or those kept beside them, are in force
     * @param run tells this run of the gateway from all others
     * @param turns runs one after the other
     * @param answers where the outcomes are told
     */
    public LivePools(
            PoolSwitch target, KeptPools kept, GatewayConfig operators, String run, Executor turns, Executor answers) {
        this.target = target;
        this.kept = kept;
        this.operators = operators;
        this.run = run;
        this.turns = turns;
        this.answers = answers;
        RoutingConfig routing = target.inForce().routing();
        note(routing, operatorsHold(routing) ? PoolsInForce.Origin.FILE : PoolsInForce.Origin.API);
    }

    @Override
    public PoolsInForce inForce() {
        return inForce;
    }

    @Override
    public CompletionStage<PoolsOutcome> change(PoolsEdit edit, Optional<String> expected, boolean dryRun) {
        return inTurn(() -> isOutdated(expected) ? new PoolsOutcome.Outdated(inForce) : change(edit, dryRun));
    }

    @Override
    public CompletionStage<PoolsOutcome> activate(String goal, Optional<String> upstream, Optional<String> expected) {
        return inTurn(() -> isOutdated(expected) ? new PoolsOutcome.Outdated(inForce) : activate(goal, upstream));
    }

    private CompletionStage<PoolsOutcome> inTurn(Supplier<PoolsOutcome> change) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return CompletableFuture.completedFuture(new PoolsOutcome.Busy());
        }
        Supplier<PoolsOutcome> turn = () -> {
            waiting.decrementAndGet();
            return change.get();
        };
        return CompletableFuture.supplyAsync(turn, turns).thenApplyAsync(outcome -> outcome, answers);
    }

    private boolean isOutdated(Optional<String> expected) {
        return expected.filter(tag -> !tag.equals(inForce.tag())).isPresent();
    }

    private PoolsOutcome change(PoolsEdit edit, boolean dryRun) {
        return switch (edit.of(target.inForce())) {
            case PoolsResult.Invalid(var problems) ->
                new PoolsOutcome.Rejected(PoolsOutcome.Rejected.VALIDATE, "", described(problems));
            case PoolsResult.Valid(var routing, var warnings) ->
                dryRun ? new PoolsOutcome.Valid(inForce, described(warnings)) : apply(routing, described(warnings));
        };
    }

    private PoolsOutcome apply(RoutingConfig routing, List<String> warnings) {
        if (routing.equals(inForce.routing()) && inForce.origin() == PoolsInForce.Origin.API) {
            return new PoolsOutcome.Applied(inForce, true, warnings);
        }
        KeptPools.Draft draft;
        try {
            draft = kept.write(routing, operators);
        } catch (IOException e) {
            LOG.error("pools that came by the API cannot be written to {}", kept.file(), e);
            return new PoolsOutcome.Rejected(
                    PoolsOutcome.Rejected.STORE, "", List.of(kept.file() + " cannot be written (" + e + ")"));
        }
        if (!routing.equals(inForce.routing())) {
            ChangeResult result = target.apply(routing);
            if (result instanceof ChangeResult.Rejected rejected) {
                discard(draft);
                return rejected(rejected);
            }
        }
        boolean isKept = keep(draft);
        note(routing, PoolsInForce.Origin.API);
        return new PoolsOutcome.Applied(inForce, isKept, warnings);
    }

    private PoolsOutcome activate(String goal, Optional<String> upstream) {
        return switch (target.activate(goal, upstream)) {
            case ChangeResult.Rejected rejected -> rejected(rejected);
            case ChangeResult.Applied applied -> {
                note(inForce.routing(), inForce.origin());
                yield new PoolsOutcome.Applied(inForce, false, List.of());
            }
        };
    }

    private static PoolsOutcome rejected(ChangeResult.Rejected rejected) {
        String step = rejected.step().isEmpty()
                ? PoolsOutcome.Rejected.PREPARE
                : rejected.step().toLowerCase(Locale.ROOT);
        return new PoolsOutcome.Rejected(step, rejected.upstream(), List.of(rejected.reason()));
    }

    private boolean keep(KeptPools.Draft draft) {
        try {
            draft.keep();
            return true;
        } catch (IOException e) {
            LOG.error("the pools in force came by the API, and a restart will not find them in {}", kept.file(), e);
            return false;
        }
    }

    private void discard(KeptPools.Draft draft) {
        try {
            draft.discard();
        } catch (IOException e) {
            LOG.warn("what is left of pools that were not applied cannot be removed beside {}", kept.file(), e);
        }
    }

    /** What is to be in force after the operator's file was read again. In turn only. */
    public ConfigResult beside(ConfigResult read) {
        return switch (read) {
            case ConfigResult.Invalid invalid -> invalid;
            case ConfigResult.Loaded loaded -> {
                operators = loaded.config();
                yield kept.over(loaded);
            }
        };
    }

    /**
     * The file that was read was applied, or refused. Where its own pools are in force now, those that were kept do not come
     * back when it says again what it said before. In turn only; also once after the start.
     */
    public void settle() {
        RoutingConfig routing = target.inForce().routing();
        PoolsInForce.Origin origin = originAfterReading(routing);
        note(routing, origin);
        if (origin == PoolsInForce.Origin.FILE
                && kept.standingBeside(operators) instanceof KeptPools.Standing.Overruled) {
            try {
                kept.setAside();
            } catch (IOException e) {
                LOG.error("pools that are not used any more cannot be moved from {}", kept.file(), e);
            }
        }
    }

    private PoolsInForce.Origin originAfterReading(RoutingConfig routing) {
        if (operatorsHold(routing)) {
            return PoolsInForce.Origin.FILE;
        }
        // What could not be applied left everything as it was.
        return routing.equals(inForce.routing()) ? inForce.origin() : PoolsInForce.Origin.API;
    }

    private boolean operatorsHold(RoutingConfig routing) {
        return routing.equals(operators.routing())
                && !(kept.standingBeside(operators) instanceof KeptPools.Standing.InForce);
    }

    private void note(RoutingConfig routing, PoolsInForce.Origin origin) {
        long revision = target.revision();
        inForce = new PoolsInForce(revision, run + "-" + revision, routing, origin);
    }

    private static List<String> described(List<ConfigProblem> problems) {
        return problems.stream().map(ConfigProblem::describeAlone).toList();
    }
}
