package sluice.proxy.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import sluice.config.ApiScope;
import sluice.config.GatewayConfig;
import sluice.config.InvalidValueException;
import sluice.config.LogLevel;
import sluice.proxy.view.FarmSnapshot;

/** The gateway itself: whether it is well, what it is set to, what it keeps out. */
final class GatewayEndpoints {
    private static final String TAG = "gateway";

    private final Farm farm;
    private final ApiTally tally;

    GatewayEndpoints(Farm farm, ApiTally tally) {
        this.farm = farm;
        this.tally = tally;
    }

    List<Endpoint> all() {
        return List.of(
                Endpoint.open(ApiMethod.GET, FarmApi.ROOT + "/health")
                        .says(TAG, "Answers 200 while the gateway runs, whoever asks and whatever its pools do.")
                        .answers(HealthBody.class, request -> done(new HealthBody("ok"))),
                Endpoint.of(ApiMethod.GET, FarmApi.ROOT + "/status", ApiScope.READ)
                        .says(TAG, "Says how the gateway fares, and where something is wrong, why and since when.")
                        .answers(StatusBody.class, this::status),
                Endpoint.of(ApiMethod.GET, FarmApi.ROOT + "/config", ApiScope.READ)
                        .says(TAG, "Lists what is in force, without secrets.")
                        .answers(ConfigBody.class, request -> done(ConfigBody.of(farm.config()))),
                Endpoint.of(ApiMethod.GET, FarmApi.ROOT + "/log-level", ApiScope.READ)
                        .says(TAG, "Says how much is logged.")
                        .answers(
                                LevelBody.class,
                                request -> done(new LevelBody(farm.logLevel().text()))),
                Endpoint.of(ApiMethod.PUT, FarmApi.ROOT + "/log-level", ApiScope.ADMIN)
                        .says(
                                TAG,
                                "Sets how much is logged, until the next start or until the file says another level.")
                        .takes(LevelBody.class)
                        .answers(LevelBody.class, this::setLevel),
                Endpoint.of(ApiMethod.GET, FarmApi.ROOT + "/limits", ApiScope.READ)
                        .says(
                                TAG,
                                "Lists the limits for miners and what was refused by them and by the API, by reason.")
                        .answers(LimitsBody.class, this::limits));
    }

    record HealthBody(String status) {}

    /** @param level error, warn, info, debug or trace */
    record LevelBody(String level) {}

    /** @param work sum of the accepted shares' difficulties */
    record SharesBody(long accepted, long rejected, long stale, double work) {}

    /** @param unanswered forwarded shares on which the upstreams still owe a verdict, or will never give one */
    record UpstreamSharesBody(
            long forwarded, long accepted, long rejected, long stale, long unanswered, double workAccepted) {
        static UpstreamSharesBody of(FarmSnapshot.Upstream counts) {
            return new UpstreamSharesBody(
                    counts.forwarded(),
                    counts.accepted(),
                    counts.rejected(),
                    counts.stale(),
                    counts.verdictLag(),
                    counts.workAccepted());
        }
    }

    /**
     * @param state mining, degraded (something is not as the operator wants it) or down (no miner has work)
     * @param reasons why it is not mining as it should; what causes another stands behind it
     * @param lostEvents anything but 0 means that counts are too low
     */
    record StatusBody(
            String state,
            List<Reasons.Reason> reasons,
            String version,
            Instant startedAt,
            double uptimeSeconds,
            long revision,
            int connections,
            int channels,
            HashratesBody hashrate,
            SharesBody shares,
            UpstreamSharesBody upstreamShares,
            long blocksFound,
            long blocksAccepted,
            long lostEvents) {}

    record LimitsBody(
            int maxConnections,
            int maxConnectionsPerAddress,
            int acceptRate,
            int acceptRatePerAddress,
            int invalidSharesPerSecond,
            int banAfter,
            double banTimeSeconds,
            int connections,
            Map<String, Long> disconnects,
            List<BanBody> bans,
            long apiRequests,
            Map<String, Long> apiRefusals) {}

    /** @param reason of the last offence */
    record BanBody(String address, Instant until, String reason) {}

    static CompletionStage<ApiAnswer> done(Record body) {
        return CompletableFuture.completedFuture(ApiAnswer.ok(body));
    }

    private CompletionStage<ApiAnswer> status(ApiRequest request) {
        return farm.routing()
                .thenCombine(farm.coinbase(), (routing, coinbase) -> new Object() {
                    final long revision = routing.revision();
                    final Reasons.Found found = Reasons.of(routing, coinbase);
                })
                .thenCombine(farm.hashrates(), (known, rates) -> new Object() {
                    final HashratesBody hashrate = HashratesBody.of(rates.gateway());
                    final long revision = known.revision;
                    final Reasons.Found found = known.found;
                })
                .thenCombine(farm.template(), (known, template) -> {
                    FarmSnapshot now = farm.snapshot();
                    FarmSnapshot.Shares shares = now.allDownstream();
                    return ApiAnswer.ok(new StatusBody(
                            known.found.state(),
                            known.found.with(farm.config(), template),
                            farm.version(),
                            farm.startedAt(),
                            Duration.between(farm.startedAt(), request.at()).toMillis() / 1000.0,
                            known.revision,
                            now.connections(),
                            now.channels(),
                            known.hashrate,
                            new SharesBody(shares.accepted(), shares.rejected(), shares.stale(), shares.work()),
                            UpstreamSharesBody.of(now.upstream()),
                            now.blocksFound(),
                            now.blocksAccepted(),
                            farm.lostEvents()));
                });
    }

    private CompletionStage<ApiAnswer> setLevel(ApiRequest request) {
        LogLevel level;
        try {
            level = LogLevel.parse(request.body(LevelBody.class).level());
        } catch (InvalidValueException e) {
            throw new ApiFault(ApiProblem.unprocessable("level is none of "
                    + String.join(
                            ", ",
                            Arrays.stream(LogLevel.values()).map(LogLevel::text).toList())));
        }
        farm.logLevel(level);
        return done(new LevelBody(level.text()));
    }

    private CompletionStage<ApiAnswer> limits(ApiRequest request) {
        return farm.ask(books -> books.bans(request.at())).thenApply(bans -> {
            GatewayConfig config = farm.config();
            FarmSnapshot now = farm.snapshot();
            return ApiAnswer.ok(new LimitsBody(
                    config.limits().maxConnections(),
                    config.limits().maxConnectionsPerAddress(),
                    config.limits().acceptRate(),
                    config.limits().acceptRatePerAddress(),
                    config.limits().invalidSharesPerSecond(),
                    config.limits().banAfter(),
                    config.limits().banTime().toMillis() / 1000.0,
                    now.connections(),
                    new TreeMap<>(now.disconnects()),
                    bans.stream()
                            .map(ban -> new BanBody(ban.address(), ban.until(), ban.reason()))
                            .toList(),
                    tally.answers(),
                    new TreeMap<>(tally.refusals())));
        });
    }

    /** What is in force, in the words of the configuration file; no password, key or hash is among it. */
    record ConfigBody(
            List<ListenerBody> listeners,
            List<UpstreamBody> upstreams,
            List<GoalBody> goals,
            List<PinBody> pins,
            List<SourceBody> templateSources,
            Optional<String> soloPayout,
            List<TokenBody> apiTokens,
            double sharesPerMinute,
            double minDifficulty,
            String logLevel,
            String dataDir) {

        static ConfigBody of(GatewayConfig config) {
            return new ConfigBody(
                    config.listeners().stream()
                            .map(one -> new ListenerBody(
                                    one.name(),
                                    one.address().toString(),
                                    one.tls().isPresent(),
                                    one.filter().allow().stream()
                                            .map(Object::toString)
                                            .toList(),
                                    one.filter().deny().stream()
                                            .map(Object::toString)
                                            .toList()))
                            .toList(),
                    config.routing().upstreams().stream()
                            .map(one -> new UpstreamBody(
                                    one.name(),
                                    one.pool().address().url(),
                                    one.pool().user(),
                                    Words.of(one.identity()),
                                    one.aggregation(),
                                    one.warm()))
                            .toList(),
                    config.routing().goals().stream()
                            .map(one -> new GoalBody(one.name(), one.weight(), one.upstreams()))
                            .toList(),
                    config.routing().pins().stream()
                            .map(one -> new PinBody(
                                    one.goal(),
                                    one.users().stream().map(Object::toString).toList(),
                                    one.addresses().stream()
                                            .map(Object::toString)
                                            .toList(),
                                    one.listeners()))
                            .toList(),
                    config.templateSources().stream()
                            .map(one -> new SourceBody(one.name(), one.address()))
                            .toList(),
                    config.routing().solo().map(solo -> solo.payout().text()),
                    config.api().tokens().stream()
                            .map(one -> new TokenBody(one.name(), one.scope().text()))
                            .toList(),
                    config.vardiff().sharesPerMinute(),
                    config.vardiff().minDifficulty(),
                    config.logLevel().text(),
                    config.dataDirectory().toString());
        }
    }

    record ListenerBody(String name, String listenAddr, boolean tls, List<String> allow, List<String> deny) {}

    /** @param user as the pool knows us */
    record UpstreamBody(String name, String url, String user, String identity, int aggregation, boolean warm) {}

    record GoalBody(String name, int weight, List<String> upstreams) {}

    record PinBody(String goal, List<String> users, List<String> addresses, List<String> listeners) {}

    record SourceBody(String name, String url) {}

    record TokenBody(String name, String scope) {}
}
