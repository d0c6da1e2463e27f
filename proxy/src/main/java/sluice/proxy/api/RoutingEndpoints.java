package sluice.proxy.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import sluice.config.ApiScope;
import sluice.config.UpstreamConfig;
import sluice.proxy.goal.RoutingStanding;
import sluice.proxy.view.FarmHashrates;
import sluice.proxy.view.FarmSnapshot;
import sluice.proxy.view.Hashrates;

/** Where work comes from, and whom it feeds. */
final class RoutingEndpoints {
    private static final String TAG = "routing";

    /** Lanes of one goal in one answer: a farm with a connection for each identity may have a thousand. */
    static final int MAX_LANES_LISTED = 100;

    private final Farm farm;

    RoutingEndpoints(Farm farm) {
        this.farm = farm;
    }

    List<Endpoint> all() {
        return List.of(
                Endpoint.of(ApiMethod.GET, FarmApi.ROOT + "/upstreams", ApiScope.READ)
                        .says(TAG, "Lists the upstreams of the plan in force, how they stand and what they were sent.")
                        .answers(UpstreamsBody.class, request -> known(this::upstreams)),
                Endpoint.of(ApiMethod.GET, FarmApi.ROOT + "/upstreams/{name}", ApiScope.READ)
                        .says(TAG, "Shows one upstream.")
                        .answers(
                                UpstreamBody.class,
                                request -> known((routing, rates) -> upstreams(routing, rates).upstreams().stream()
                                        .filter(one -> one.name().equals(request.variable("name")))
                                        .findFirst()
                                        .orElseThrow(() -> new ApiFault(ApiProblem.notFound(
                                                "no upstream of the plan in force has this name"))))),
                Endpoint.of(ApiMethod.GET, FarmApi.ROOT + "/goals", ApiScope.READ)
                        .says(TAG, "Lists the goals of the plan in force, with their lanes and what feeds them.")
                        .answers(GoalsBody.class, request -> known(RoutingEndpoints::goals)),
                Endpoint.of(ApiMethod.GET, FarmApi.ROOT + "/goals/{goal}", ApiScope.READ)
                        .says(TAG, "Shows one goal.")
                        .answers(
                                GoalBody.class,
                                request -> known((routing, rates) -> goals(routing, rates).goals().stream()
                                        .filter(one -> one.name().equals(request.variable("goal")))
                                        .findFirst()
                                        .orElseThrow(() -> new ApiFault(
                                                ApiProblem.notFound("no goal of the plan in force has this name"))))));
    }

    record UpstreamsBody(long revision, List<UpstreamBody> upstreams) {}

    /**
     * @param url empty for mining on templates of our own
     * @param state off, opening, ready or lost
     * @param since when that began
     * @param lastLoss why it was lost the last time
     * @param feeds goals whose miners it feeds
     */
    record UpstreamBody(
            String name,
            Optional<String> url,
            Optional<String> user,
            String state,
            Optional<Instant> since,
            Optional<String> lastLoss,
            boolean connected,
            List<String> feeds,
            HashratesBody hashrate,
            GatewayEndpoints.UpstreamSharesBody shares) {}

    record GoalsBody(long revision, List<GoalBody> goals) {}

    /**
     * @param preferred what an operator put in front of the order
     * @param unusableSince since when its miners have no work of an upstream that it names
     * @param laneCount of which at most 100 are listed
     */
    record GoalBody(
            String name,
            int weight,
            List<String> upstreams,
            Optional<String> preferred,
            Optional<Instant> unusableSince,
            boolean evacuated,
            int laneCount,
            List<LaneBody> lanes) {}

    /** @param identity whose lane it is, where each user identity has one */
    record LaneBody(
            int number,
            Optional<String> identity,
            Optional<String> upstream,
            Optional<Instant> unusableSince,
            int miners) {}

    @FunctionalInterface
    private interface Shown {
        Record of(RoutingStanding routing, FarmHashrates rates);
    }

    private CompletionStage<ApiAnswer> known(Shown shown) {
        return farm.routing().thenCombine(farm.hashrates(), (routing, rates) -> ApiAnswer.ok(shown.of(routing, rates)));
    }

    private UpstreamsBody upstreams(RoutingStanding routing, FarmHashrates rates) {
        Map<String, UpstreamConfig> configured = new LinkedHashMap<>();
        farm.config().routing().upstreams().forEach(one -> configured.put(one.name(), one));
        Map<String, List<RoutingStanding.UpstreamStanding>> standings = new LinkedHashMap<>();
        configured.keySet().forEach(name -> standings.put(name, new ArrayList<>()));
        for (RoutingStanding.GoalStanding goal : routing.goals()) {
            for (RoutingStanding.LaneStanding lane : goal.lanes()) {
                lane.upstreams()
                        .forEach(one -> standings
                                .computeIfAbsent(one.name(), first -> new ArrayList<>())
                                .add(one));
            }
        }
        Map<String, FarmSnapshot.Upstream> counts = farm.snapshot().upstreams();
        List<UpstreamBody> all = new ArrayList<>();
        standings.forEach((name, known) -> all.add(upstream(
                name,
                Optional.ofNullable(configured.get(name)),
                known,
                feeds(routing, name),
                rates.upstreams().getOrDefault(name, Hashrates.NONE),
                Optional.ofNullable(counts.get(name)))));
        return new UpstreamsBody(routing.revision(), all);
    }

    private static List<String> feeds(RoutingStanding routing, String upstream) {
        return routing.goals().stream()
                .filter(goal -> goal.lanes().stream()
                        .anyMatch(
                                lane -> lane.upstream().filter(upstream::equals).isPresent()))
                .map(RoutingStanding.GoalStanding::name)
                .toList();
    }

    private static UpstreamBody upstream(
            String name,
            Optional<UpstreamConfig> config,
            List<RoutingStanding.UpstreamStanding> known,
            List<String> feeds,
            Hashrates rates,
            Optional<FarmSnapshot.Upstream> counts) {
        // Where several lanes have connections of their own to it, the first one's word stands for all.
        Optional<RoutingStanding.UpstreamStanding> first = known.stream().findFirst();
        return new UpstreamBody(
                name,
                config.map(one -> one.pool().address().url()),
                config.map(one -> one.pool().user()),
                first.map(one -> Words.of(one.standing().state())).orElse("off"),
                first.map(one -> one.standing().since()),
                first.flatMap(one -> one.standing().lastLoss()),
                counts.map(FarmSnapshot.Upstream::connected).orElse(false),
                feeds,
                HashratesBody.of(rates),
                counts.map(GatewayEndpoints.UpstreamSharesBody::of)
                        .orElse(new GatewayEndpoints.UpstreamSharesBody(0, 0, 0, 0, 0, 0)));
    }

    private static GoalsBody goals(RoutingStanding routing, FarmHashrates rates) {
        return new GoalsBody(
                routing.revision(),
                routing.goals().stream()
                        .map(goal -> new GoalBody(
                                goal.name(),
                                goal.weight(),
                                order(goal),
                                goal.preferred(),
                                goal.unusableSince(),
                                goal.evacuated(),
                                goal.lanes().size(),
                                goal.lanes().stream()
                                        .limit(MAX_LANES_LISTED)
                                        .map(lane -> new LaneBody(
                                                lane.number(),
                                                lane.identity(),
                                                lane.upstream(),
                                                lane.unusableSince(),
                                                lane.members()))
                                        .toList()))
                        .toList());
    }

    private static List<String> order(RoutingStanding.GoalStanding goal) {
        return goal.lanes().isEmpty()
                ? List.of()
                : goal.lanes().getFirst().upstreams().stream()
                        .map(RoutingStanding.UpstreamStanding::name)
                        .distinct()
                        .toList();
    }
}
