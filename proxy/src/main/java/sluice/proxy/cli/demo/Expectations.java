package sluice.proxy.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import sluice.proxy.event.GatewayEvent.SwitchKind;
import sluice.proxy.goal.ChangeResult;
import sluice.proxy.view.FarmSnapshot;

/** Waits, while the farm mines, for what a scenario promises, and keeps in words what did not come. */
final class Expectations {
    /** For what takes a second or two where nothing is wrong. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int SHARES_TO_SEE = 5;

    private final DemoFarm farm;
    private final List<String> troubles = new ArrayList<>();

    Expectations(DemoFarm farm) {
        this.farm = farm;
    }

    /** Whether all has come so far; where not, what builds on it is not worth waiting for. */
    boolean areMet() {
        return troubles.isEmpty();
    }

    /** What did not come in time, a sentence each. */
    List<String> troubles() {
        return List.copyOf(troubles);
    }

    /** Something came otherwise than was promised. */
    void disappoint(String what) {
        troubles.add(what);
    }

    /** @param orElse what is true where it does not come */
    void expect(BooleanSupplier condition, String orElse) throws InterruptedException {
        if (!farm.await(condition, PATIENCE)) {
            troubles.add(orElse + " within " + PATIENCE.toSeconds() + " s");
        }
    }

    /** Waits for the answer to a change of plan; says whether it was applied. */
    boolean expectApplied(CompletableFuture<ChangeResult> answer, String change) throws InterruptedException {
        try {
            if (answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS) instanceof ChangeResult.Rejected why) {
                troubles.add(change + " was rejected: " + why.upstream() + " " + why.step() + " " + why.reason());
                return false;
            }
            return true;
        } catch (ExecutionException | TimeoutException e) {
            troubles.add(change + " was not answered: " + e);
            return false;
        }
    }

    /** One more change of this kind than there are now. */
    BooleanSupplier next(SwitchKind kind) {
        int before = switches(kind).size();
        return () -> switches(kind).size() > before;
    }

    /** More shares accepted by this pool than now. */
    BooleanSupplier minedAt(String pool) {
        long wanted = accepted(pool) + SHARES_TO_SEE;
        return () -> accepted(pool) >= wanted;
    }

    /** A channel at this pool. */
    BooleanSupplier connectedTo(String pool) {
        return () -> {
            FarmSnapshot.Upstream upstream = farm.snapshot().upstreams().get(pool);
            return upstream != null && upstream.connected();
        };
    }

    /** The changes of this kind so far, oldest first. */
    List<FarmSnapshot.Switch> switches(SwitchKind kind) {
        return farm.snapshot().switches().stream()
                .filter(change -> change.kind() == kind)
                .toList();
    }

    /** Shares that this pool has accepted. */
    long accepted(String pool) {
        FarmSnapshot.Upstream upstream = farm.snapshot().upstreams().get(pool);
        return upstream == null ? 0 : upstream.accepted();
    }
}
