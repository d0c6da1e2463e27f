package sluice.proxy.api.pool;

import java.util.ArrayList;
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
import sluice.proxy.pool.Pools;
import sluice.proxy.view.FarmBooks;
import sluice.proxy.view.MinerRoster;

/**
 * The methods that other modules of a blvm node call, with the names and JSON that they know. What Sluice does not do says so:
 * nobody is told that a share counted that went nowhere. Confined to the API's loop.
 */
public final class ModuleEndpoints {
    private static final String CALL = "/module/v1/call/";
    private static final String MANIFEST = "/module/v1/manifest";
    private static final String TAG = "module";
    private static final List<String> MERGE_MINING = List.of(
            "register_merge_mining_channel",
            "get_merge_mining_template",
            "submit_merge_mining_share",
            "get_block_merge_mining_rewards");

    private final Pools pools;
    private final Farm farm;
    private final PoolWrites writes;

    ModuleEndpoints(Pools pools, Farm farm, PoolWrites writes) {
        this.pools = pools;
        this.farm = farm;
        this.writes = writes;
    }

    public List<Endpoint> all() {
        List<Endpoint> supported = supported();
        List<Endpoint> all = new ArrayList<>(supported);
        for (String method : MERGE_MINING) {
            all.add(reads(method, "Sluice mines no second chain, and says so.")
                    .answers(NoParameters.class, request -> notSupported(method)));
        }
        ModuleManifest manifest = ModuleManifest.of(farm.version(), supported);
        all.add(Endpoint.open(ApiMethod.GET, MANIFEST)
                .says(
                        TAG,
                        "Says what this module is called, which methods others may call, and which events it tells and takes.")
                .answers(ModuleManifest.class, request -> now(manifest)));
        return all;
    }

    private List<Endpoint> supported() {
        List<Endpoint> all = new ArrayList<>();
        all.add(Endpoint.of(ApiMethod.POST, CALL + "update_pool_config", ApiScope.OPERATE)
                .says(
                        TAG,
                        "Has the miners of a goal mine for another pool, or for a list of pools, while they stay connected.")
                .takes(PoolConfigUpdate.class)
                .answers(ChangeAnswer.class, this::update));
        all.add(reads("get_pool_config", "Says which pool is mined for.")
                .answers(PoolConfigAnswer.class, request -> now(PoolConfigAnswer.of(pools.inForce()))));
        all.add(reads("get_pool_stats", "Counts miners and shares.")
                .answers(PoolStatsAnswer.class, request -> now(PoolStatsAnswer.of(farm.snapshot()))));
        all.add(reads("get_connected_miners", "Lists who is connected.")
                .answers(
                        ConnectedMinersAnswer.class,
                        request -> farm.ask(FarmBooks::miners)
                                .thenApply(miners -> ApiAnswer.ok(new ConnectedMinersAnswer(miners.stream()
                                        .map(MinerRoster.Miner::remoteAddress)
                                        .toList())))));
        all.add(reads("get_template", "Says what the gateway's own template builds on.")
                .answers(
                        ModuleTemplateAnswer.class,
                        request -> farm.template()
                                .thenApply(known -> ApiAnswer.ok(new ModuleTemplateAnswer(
                                        known.current().map(ModuleTemplateAnswer.Metadata::of))))));
        return all;
    }

    private static Endpoint.Builder reads(String method, String summary) {
        return Endpoint.of(ApiMethod.POST, CALL + method, ApiScope.READ)
                .says(TAG, summary)
                .takes(NoParameters.class);
    }

    private CompletionStage<ApiAnswer> update(ApiRequest request) {
        PoolUpdate update = request.body(PoolConfigUpdate.class).update();
        return writes.write(request, expected -> pools.change(update, expected, false));
    }

    private static CompletionStage<ApiAnswer> now(Record body) {
        return CompletableFuture.completedFuture(ApiAnswer.ok(body));
    }

    private static CompletionStage<ApiAnswer> notSupported(String method) {
        return CompletableFuture.completedFuture(ApiAnswer.problem(ApiProblem.of(
                        501,
                        "not-supported",
                        "Sluice does not do that",
                        method + " is for merge mining, and there is none")
                .with("error", "not_supported")));
    }
}
