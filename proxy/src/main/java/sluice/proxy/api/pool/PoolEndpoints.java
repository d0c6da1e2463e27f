package sluice.proxy.api.pool;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import sluice.config.ApiScope;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiMethod;
import sluice.proxy.api.ApiProblem;
import sluice.proxy.api.ApiRequest;
import sluice.proxy.api.Endpoint;
import sluice.proxy.api.Farm;
import sluice.proxy.api.QueryParameter;
import sluice.proxy.pool.Pools;
import sluice.proxy.pool.PoolsEdit;

/** The pools: what is in force, and how it is changed. Confined to the API's loop. */
public final class PoolEndpoints {
    static final String CHANGES = "/api/v1/changes";

    private static final String TAG = "pools";
    private static final QueryParameter DRY_RUN =
            QueryParameter.flag("dry_run", "says what would be wrong, and changes nothing");

    private final Pools pools;
    private final ChangeLog log;
    private final PoolWrites writes;

    /**
     * @param run tells this run of the gateway from all others
     * @param loop the API's
     */
    public PoolEndpoints(Pools pools, String run, Later loop, InstantSource clock) {
        this.pools = pools;
        this.log = new ChangeLog(run);
        this.writes = new PoolWrites(log, loop, clock);
    }

    /**
     * The same by the names that other modules use.
     *
     * @param farm that these pools are of
     */
    public ModuleEndpoints forModules(Farm farm) {
        return new ModuleEndpoints(pools, farm, writes);
    }

    public List<Endpoint> all() {
        return List.of(
                Endpoint.of(ApiMethod.GET, "/api/v1/pools", ApiScope.READ)
                        .says(
                                TAG,
                                "The upstreams, goals and pins in force, without passwords; the ETag names the revision.")
                        .answers(PoolsAnswer.class, this::inForce),
                Endpoint.of(ApiMethod.PUT, "/api/v1/pools", ApiScope.OPERATE)
                        .says(
                                TAG,
                                "Replaces upstreams, goals and pins as a whole, while miners mine; a pool that cannot be"
                                        + " prepared changes nothing.")
                        .query(DRY_RUN)
                        .takes(PoolsBody.class)
                        .answers(ChangeAnswer.class, request -> edit(request, request.body(PoolsBody.class))),
                Endpoint.of(ApiMethod.PUT, "/api/v1/pins", ApiScope.OPERATE)
                        .says(TAG, "Replaces all pins, and nothing else.")
                        .query(DRY_RUN)
                        .takes(PinsBody.class)
                        .answers(ChangeAnswer.class, request -> edit(request, request.body(PinsBody.class))),
                Endpoint.of(ApiMethod.PUT, "/api/v1/goals/{goal}/weight", ApiScope.OPERATE)
                        .says(TAG, "Gives a goal another weight.")
                        .query(DRY_RUN)
                        .takes(WeightBody.class)
                        .answers(ChangeAnswer.class, this::weigh),
                Endpoint.of(ApiMethod.POST, "/api/v1/goals/{goal}/activate", ApiScope.OPERATE)
                        .says(
                                TAG,
                                "Puts an upstream in front of its goal's order until the next start; without one, the goal"
                                        + " returns to its order.")
                        .takes(ActivateBody.class)
                        .answers(ChangeAnswer.class, this::activate),
                Endpoint.of(ApiMethod.GET, CHANGES, ApiScope.READ)
                        .says(TAG, "What was asked for of late, and what became of it.")
                        .answers(ChangesAnswer.class, this::changes),
                Endpoint.of(ApiMethod.GET, CHANGES + "/{change}", ApiScope.READ)
                        .says(TAG, "What became of one change.")
                        .answers(ChangeStory.class, this::change));
    }

    private CompletionStage<ApiAnswer> inForce(ApiRequest request) {
        var now = pools.inForce();
        return CompletableFuture.completedFuture(new ApiAnswer.Json(200, PoolWrites.tagOf(now), PoolsAnswer.of(now)));
    }

    private CompletionStage<ApiAnswer> edit(ApiRequest request, PoolsEdit edit) {
        boolean dryRun = request.flag(DRY_RUN.name());
        return writes.write(request, expected -> pools.change(edit, expected, dryRun));
    }

    private CompletionStage<ApiAnswer> weigh(ApiRequest request) {
        int weight = request.body(WeightBody.class).weight();
        return edit(request, new GoalWeight(request.variable("goal"), weight));
    }

    private CompletionStage<ApiAnswer> activate(ApiRequest request) {
        ActivateBody body = request.body(ActivateBody.class);
        return writes.write(request, expected -> pools.activate(request.variable("goal"), body.upstream(), expected));
    }

    private CompletionStage<ApiAnswer> changes(ApiRequest request) {
        return CompletableFuture.completedFuture(ApiAnswer.ok(
                new ChangesAnswer(log.latest().stream().map(ChangeStory::of).toList())));
    }

    private CompletionStage<ApiAnswer> change(ApiRequest request) {
        return CompletableFuture.completedFuture(log.find(request.variable("change"))
                .map(ChangeStory::of)
                .map(ApiAnswer::ok)
                .orElseGet(() -> ApiAnswer.problem(
                        ApiProblem.notFound("there is no such change, or it was too long ago; see " + CHANGES))));
    }
}
