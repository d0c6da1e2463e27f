package sluice.proxy.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import sluice.config.ApiScope;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.view.FarmBooks;
import sluice.proxy.view.FarmHashrates;
import sluice.proxy.view.Hashrates;
import sluice.proxy.view.MinerRoster.Miner;
import sluice.proxy.view.MinerRoster.MinerChannel;
import sluice.proxy.view.ShareCounts;

/** Who mines: connections with their channels, and workers over all connections. */
final class MinerEndpoints {
    private static final String TAG = "miners";
    private static final int MAX_FILTER_LENGTH = 255;
    private static final String NEWEST = "-since";
    private static final String FASTEST = "-hashrate";

    private final Farm farm;

    MinerEndpoints(Farm farm) {
        this.farm = farm;
    }

    List<Endpoint> all() {
        return List.of(
                Endpoint.of(ApiMethod.GET, FarmApi.ROOT + "/miners", ApiScope.READ)
                        .says(TAG, "Lists connections of miners, each with its channels.")
                        .query(Paging.LIMIT)
                        .query(Paging.CURSOR)
                        .query(QueryParameter.choice(
                                "sort",
                                List.of("id", "since", NEWEST, "hashrate", FASTEST),
                                "by what; - turns it round"))
                        .query(QueryParameter.text(
                                "user", MAX_FILTER_LENGTH, "only those with a channel of this user identity"))
                        .query(QueryParameter.text("address", MAX_FILTER_LENGTH, "only those whose address begins so"))
                        .query(QueryParameter.text("listener", MAX_FILTER_LENGTH, "only those of this port"))
                        .query(QueryParameter.text("goal", MAX_FILTER_LENGTH, "only those of this goal"))
                        .query(QueryParameter.choice(
                                "protocol",
                                List.of(
                                        Words.of(MinerProtocol.SV1),
                                        Words.of(MinerProtocol.SV2_STANDARD),
                                        Words.of(MinerProtocol.SV2_EXTENDED)),
                                "only those with a channel that mines so"))
                        .answers(MinersBody.class, this::miners),
                Endpoint.of(ApiMethod.GET, FarmApi.ROOT + "/miners/{id}", ApiScope.READ)
                        .says(TAG, "Shows one connection.")
                        .answers(MinerBody.class, this::miner),
                Endpoint.of(ApiMethod.GET, FarmApi.ROOT + "/workers", ApiScope.READ)
                        .says(
                                TAG,
                                "Lists user identities with their hashrates and shares, also those without a connection.")
                        .query(Paging.LIMIT)
                        .query(Paging.CURSOR)
                        .query(QueryParameter.choice(
                                "sort", List.of("user", "hashrate", FASTEST), "by what; - turns it round"))
                        .query(QueryParameter.text("user", MAX_FILTER_LENGTH, "only those that begin so"))
                        .query(QueryParameter.flag("online", "only those with a connection, or without"))
                        .answers(WorkersBody.class, this::workers));
    }

    /** @param total with this filter, over all pages */
    record MinersBody(List<MinerBody> miners, int total, Optional<String> nextCursor) {}

    record MinerBody(
            long id,
            String remoteAddress,
            String listener,
            Instant since,
            Optional<String> goal,
            int lane,
            HashratesBody hashrate,
            List<ChannelBody> channels) {}

    /** @param difficulty what its shares are held to; 0 where it has no job yet */
    record ChannelBody(
            long id,
            String protocol,
            String userIdentity,
            Optional<String> userAgent,
            Instant since,
            double difficulty,
            SharesBody shares) {}

    record SharesBody(long accepted, long rejected, long stale, double work, Optional<Instant> lastAcceptedAt) {
        static SharesBody of(ShareCounts.Counts counts) {
            return new SharesBody(
                    counts.accepted(), counts.rejected(), counts.stale(), counts.work(), counts.lastAccepted());
        }
    }

    record WorkersBody(List<WorkerBody> workers, int total, Optional<String> nextCursor) {}

    record WorkerBody(String user, int connections, HashratesBody hashrate, SharesBody shares) {}

    private CompletionStage<ApiAnswer> miners(ApiRequest request) {
        return farm.ask(FarmBooks::miners).thenCombine(farm.hashrates(), (miners, rates) -> {
            Map<Long, Hashrates> byConnection = byConnection(rates);
            String sort = request.query("sort").orElse("id");
            List<Paging.Row<Miner>> rows = new ArrayList<>();
            for (Miner miner : miners) {
                if (matches(miner, request)) {
                    double key = switch (sort) {
                        case "since", NEWEST -> miner.since().toEpochMilli();
                        case "hashrate", FASTEST ->
                            rateOf(miner.connectionId(), byConnection).fiveMinutes();
                        default -> miner.connectionId();
                    };
                    rows.add(Paging.Row.byNumber(miner, key, "%016x".formatted(miner.connectionId())));
                }
            }
            Paging.Page<Miner> page = Paging.page(rows, sort.startsWith("-"), request);
            return ApiAnswer.ok(new MinersBody(
                    page.entries().stream()
                            .map(miner -> body(miner, rateOf(miner.connectionId(), byConnection)))
                            .toList(),
                    page.total(),
                    page.next()));
        });
    }

    private static boolean matches(Miner miner, ApiRequest request) {
        return request.query("address").map(miner.remoteAddress()::startsWith).orElse(true)
                && request.query("listener").map(miner.listener()::equals).orElse(true)
                && request.query("goal").map(miner.goal()::equals).orElse(true)
                && request.query("user")
                        .map(user -> miner.channels().stream()
                                .anyMatch(channel -> channel.userIdentity().equals(user)))
                        .orElse(true)
                && request.query("protocol")
                        .map(protocol -> miner.channels().stream()
                                .anyMatch(
                                        channel -> Words.of(channel.protocol()).equals(protocol)))
                        .orElse(true);
    }

    private CompletionStage<ApiAnswer> miner(ApiRequest request) {
        long id;
        try {
            id = Long.parseLong(request.variable("id"));
        } catch (NumberFormatException e) {
            throw new ApiFault(ApiProblem.notFound("the id of a miner is a number"));
        }
        return farm.ask(books -> books.miner(id))
                .thenCombine(
                        farm.hashrates(),
                        (miner, rates) -> miner.map(found -> ApiAnswer.ok(body(found, rateOf(id, byConnection(rates)))))
                                .orElse(ApiAnswer.problem(ApiProblem.notFound("no connection has this id any more"))));
    }

    private static Map<Long, Hashrates> byConnection(FarmHashrates rates) {
        Map<Long, Hashrates> sums = new HashMap<>();
        rates.miners().forEach(miner -> sums.merge(miner.connectionId(), miner.hashrates(), MinerEndpoints::sum));
        return sums;
    }

    private static Hashrates rateOf(long connectionId, Map<Long, Hashrates> rates) {
        return rates.getOrDefault(connectionId, Hashrates.NONE);
    }

    private static Hashrates sum(Hashrates one, Hashrates other) {
        return new Hashrates(
                one.oneMinute() + other.oneMinute(),
                one.fiveMinutes() + other.fiveMinutes(),
                one.fifteenMinutes() + other.fifteenMinutes(),
                one.oneHour() + other.oneHour(),
                one.oneDay() + other.oneDay());
    }

    private static MinerBody body(Miner miner, Hashrates rates) {
        return new MinerBody(
                miner.connectionId(),
                miner.remoteAddress(),
                miner.listener(),
                miner.since(),
                Optional.of(miner.goal()).filter(goal -> !goal.isEmpty()),
                miner.lane(),
                HashratesBody.of(rates),
                miner.channels().stream().map(MinerEndpoints::body).toList());
    }

    private static ChannelBody body(MinerChannel channel) {
        return new ChannelBody(
                channel.channelId(),
                Words.of(channel.protocol()),
                channel.userIdentity(),
                Optional.of(channel.userAgent()).filter(agent -> !agent.isEmpty()),
                channel.since(),
                channel.difficulty(),
                SharesBody.of(channel.shares()));
    }

    /** What workers are made of. */
    private record Known(Map<String, ShareCounts.Counts> workers, Map<String, Integer> connections) {}

    private CompletionStage<ApiAnswer> workers(ApiRequest request) {
        return farm.ask(books -> new Known(books.workers(), connectionsByUser(books.miners())))
                .thenCombine(farm.hashrates(), (known, rates) -> {
                    String sort = request.query("sort").orElse("user");
                    Optional<Boolean> online = request.query("online").map("true"::equals);
                    String prefix = request.query("user").orElse("");
                    List<Paging.Row<String>> rows = new ArrayList<>();
                    for (String user : known.workers().keySet()) {
                        boolean connected = known.connections().containsKey(user);
                        if (user.startsWith(prefix)
                                && online.map(wanted -> wanted == connected).orElse(true)) {
                            rows.add(
                                    sort.equals("user")
                                            ? Paging.Row.byText(user, "", user)
                                            : Paging.Row.byNumber(
                                                    user,
                                                    rates.workers()
                                                            .getOrDefault(user, Hashrates.NONE)
                                                            .fiveMinutes(),
                                                    user));
                        }
                    }
                    Paging.Page<String> page = Paging.page(rows, sort.startsWith("-"), request);
                    return ApiAnswer.ok(new WorkersBody(
                            page.entries().stream()
                                    .map(user -> new WorkerBody(
                                            user,
                                            known.connections().getOrDefault(user, 0),
                                            HashratesBody.of(rates.workers().getOrDefault(user, Hashrates.NONE)),
                                            SharesBody.of(known.workers().get(user))))
                                    .toList(),
                            page.total(),
                            page.next()));
                });
    }

    private static Map<String, Integer> connectionsByUser(List<Miner> miners) {
        Map<String, Integer> counts = new HashMap<>();
        for (Miner miner : miners) {
            miner.channels().stream()
                    .map(MinerChannel::userIdentity)
                    .distinct()
                    .forEach(user -> counts.merge(user, 1, Integer::sum));
        }
        return counts;
    }
}
