package sluice.fuzz;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import sluice.config.ApiScope;
import sluice.config.ApiTokenConfig;
import sluice.config.ConfigParser;
import sluice.config.ConfigProblem;
import sluice.config.ConfigResult;
import sluice.config.GatewayConfig;
import sluice.config.LogLevel;
import sluice.config.PoolsResult;
import sluice.config.RoutingConfig;
import sluice.config.WebhookConfig;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.proxy.api.ApiCatalogue;
import sluice.proxy.api.ApiGate;
import sluice.proxy.api.ApiTally;
import sluice.proxy.api.ApiTokens;
import sluice.proxy.api.Endpoint;
import sluice.proxy.api.Farm;
import sluice.proxy.api.FarmApi;
import sluice.proxy.api.event.EventEndpoints;
import sluice.proxy.api.event.EventFeed;
import sluice.proxy.api.event.EventLedger;
import sluice.proxy.api.event.NodeEventEndpoints;
import sluice.proxy.api.event.PoolAddresses;
import sluice.proxy.api.event.WebhookDesk;
import sluice.proxy.api.event.WebhookEndpoints;
import sluice.proxy.api.event.WebhookState;
import sluice.proxy.api.pool.PoolEndpoints;
import sluice.proxy.coinbase.CoinbaseAction;
import sluice.proxy.coinbase.CoinbaseInput;
import sluice.proxy.coinbase.CoinbaseOutcome;
import sluice.proxy.coinbase.CoinbaseProvider;
import sluice.proxy.coinbase.CoinbaseStanding;
import sluice.proxy.coinbase.OutputsRefusal;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.goal.RoutingStanding;
import sluice.proxy.pool.Pools;
import sluice.proxy.pool.PoolsEdit;
import sluice.proxy.pool.PoolsInForce;
import sluice.proxy.pool.PoolsOutcome;
import sluice.proxy.view.FarmBooks;
import sluice.proxy.view.FarmHashrates;
import sluice.proxy.view.FarmSnapshot;
import sluice.proxy.view.FarmView;
import sluice.upstream.template.TemplateStanding;

/** All endpoints of a gateway with two miners, behind which nothing is ever changed: what would be is kept to be looked at. */
final class FuzzedApi implements Farm, Pools, WebhookDesk {
    static final Instant NOW = Instant.parse("2026-11-28T05:00:00Z");
    static final String POOL_PASSWORD = "pool-password-in-force";
    static final String RUN = "run";

    private static final String CONFIGURATION = """
            [[upstream]]
            name = "main"
            url = "stratum+tcp://main.example.com:3333"
            user = "farm"
            password = "%s"
            [[upstream]]
            name = "backup"
            url = "stratum+tcp://backup.example.com:3333"
            [[goal]]
            name = "default"
            upstreams = ["main", "backup"]
            [[webhook]]
            name = "alarms"
            url = "https://alarms.example.com/hooks"
            secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
            """.formatted(POOL_PASSWORD);

    private final GatewayConfig config = load();
    private final PoolsInForce inForce = new PoolsInForce(1, RUN + "-1", config.routing(), PoolsInForce.Origin.FILE);
    private final FarmView view = new FarmView();
    private final FarmBooks books = new FarmBooks();
    private final EventFeed feed = new EventFeed(new EventLedger(RUN), PoolAddresses.UNKNOWN);
    private final List<GatewayEvent.NodeReported> reports = new ArrayList<>();
    private final ApiCatalogue catalogue;
    private Optional<RoutingConfig> changed = Optional.empty();
    private CoinbaseProvider provider = new CoinbaseProvider(NOW);
    private boolean touched;

    FuzzedApi() {
        for (long id = 1; id <= 2; id++) {
            happened(new GatewayEvent.MinerConnected(NOW, id, "10.0.0." + id + ":4000", "default"));
            happened(new GatewayEvent.ChannelOpened(NOW, id, 1, GatewayEvent.MinerProtocol.SV1, "farm.rig" + id));
        }
        PoolEndpoints pools = new PoolEndpoints(this, RUN, (time, task) -> {}, () -> NOW);
        List<Endpoint> more = new ArrayList<>(EventEndpoints.of(feed));
        more.addAll(NodeEventEndpoints.of(reports::add));
        more.addAll(WebhookEndpoints.of(this));
        more.addAll(pools.all());
        more.addAll(pools.forModules(this).all());
        catalogue = FarmApi.catalogue(this, new ApiTally(), more);
    }

    private static GatewayConfig load() {
        ConfigParser.Secrets noFiles = new ConfigParser.Secrets() {
            @Override
            public AuthoritySecretKey read(Path keyFile) throws IOException {
                throw new NoSuchFileException(keyFile.toString());
            }

            @Override
            public boolean isReadable(Path anyFile) {
                return true;
            }

            @Override
            public boolean isOpenToOthers(Path anyFile) {
                return false;
            }
        };
        return switch (ConfigParser.parse(CONFIGURATION, Path.of("/etc/sluice/sluice.toml"), Map.of(), noFiles)) {
            case ConfigResult.Loaded loaded -> loaded.config();
            case ConfigResult.Invalid invalid ->
                throw new IllegalStateException(invalid.problems().toString());
        };
    }

    private void happened(GatewayEvent event) {
        view.on(event);
        books.on(event);
        feed.on(event);
        view.onBatchEnd();
    }

    static String token(ApiScope scope) {
        return "sluice_" + scope.text();
    }

    /** For one request: as many as there are may be asked. */
    ApiGate gate() {
        changed = Optional.empty();
        provider = new CoinbaseProvider(NOW);
        touched = false;
        reports.clear();
        List<ApiTokenConfig> tokens = new ArrayList<>();
        for (ApiScope scope : ApiScope.values()) {
            tokens.add(new ApiTokenConfig(scope.text(), scope, ApiTokens.sha256(token(scope))));
        }
        return new ApiGate(catalogue, new ApiTokens(tokens), new ApiTally());
    }

    EventLedger ledger() {
        return feed.ledger();
    }

    /** The pools that a request wanted, where they can be run. */
    Optional<RoutingConfig> changed() {
        return changed;
    }

    /** Whether a request came as far as to change something, or to try to. */
    boolean isTouched() {
        return touched || !reports.isEmpty();
    }

    @Override
    public PoolsInForce inForce() {
        return inForce;
    }

    @Override
    public CompletionStage<PoolsOutcome> change(PoolsEdit edit, Optional<String> expected, boolean dryRun) {
        touched = true;
        if (expected.filter(tag -> !tag.equals(inForce.tag())).isPresent()) {
            return CompletableFuture.completedFuture(new PoolsOutcome.Outdated(inForce));
        }
        return CompletableFuture.completedFuture(
                switch (edit.of(config)) {
                    case PoolsResult.Invalid(var problems) ->
                        new PoolsOutcome.Rejected(PoolsOutcome.Rejected.VALIDATE, "", described(problems));
                    case PoolsResult.Valid(var routing, var warnings) -> {
                        changed = Optional.of(routing);
                        yield dryRun
                                ? new PoolsOutcome.Valid(inForce, described(warnings))
                                : new PoolsOutcome.Applied(inForce, true, described(warnings));
                    }
                });
    }

    private static List<String> described(List<ConfigProblem> problems) {
        return problems.stream().map(ConfigProblem::describeAlone).toList();
    }

    @Override
    public CompletionStage<PoolsOutcome> activate(String goal, Optional<String> upstream, Optional<String> expected) {
        touched = true;
        return CompletableFuture.completedFuture(
                new PoolsOutcome.Rejected(PoolsOutcome.Rejected.PREPARE, "", List.of("nothing is activated here")));
    }

    @Override
    public CompletionStage<Map<WebhookConfig, WebhookState>> states() {
        WebhookState idle = new WebhookState(0, 0, 0, 0, 0, 0, Optional.empty(), Optional.empty(), List.of());
        return CompletableFuture.completedFuture(Map.of(config.webhooks().getFirst(), idle));
    }

    @Override
    public CompletionStage<OptionalInt> revive(String name) {
        touched = true;
        return CompletableFuture.completedFuture(name.equals("alarms") ? OptionalInt.of(0) : OptionalInt.empty());
    }

    @Override
    public Instant startedAt() {
        return NOW;
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public GatewayConfig config() {
        return config;
    }

    @Override
    public FarmSnapshot snapshot() {
        return view.snapshot();
    }

    @Override
    public CompletionStage<FarmHashrates> hashrates() {
        return CompletableFuture.completedFuture(view.hashrates(NOW));
    }

    @Override
    public <T> CompletionStage<T> ask(Function<FarmBooks, T> question) {
        return CompletableFuture.completedFuture(question.apply(books));
    }

    @Override
    public CompletionStage<RoutingStanding> routing() {
        return CompletableFuture.completedFuture(new RoutingStanding(1, List.of()));
    }

    @Override
    public CompletionStage<TemplateStanding> template() {
        return CompletableFuture.completedFuture(
                new TemplateStanding(Optional.empty(), Optional.of("connection refused"), NOW));
    }

    @Override
    public CompletionStage<CoinbaseStanding> coinbase() {
        return CompletableFuture.completedFuture(provider.standing());
    }

    @Override
    public CompletionStage<CoinbaseOutcome> coinbase(CoinbaseInput.FromModule input) {
        touched = true;
        Optional<OutputsRefusal> refusal = provider.on(input, NOW).stream()
                .filter(CoinbaseAction.Judged.class::isInstance)
                .map(CoinbaseAction.Judged.class::cast)
                .findFirst()
                .orElseThrow()
                .refusal();
        return CompletableFuture.completedFuture(new CoinbaseOutcome(refusal, provider.standing()));
    }

    @Override
    public long lostEvents() {
        return 0;
    }

    @Override
    public LogLevel logLevel() {
        return LogLevel.INFO;
    }

    @Override
    public void logLevel(LogLevel level) {
        touched = true;
    }
}
