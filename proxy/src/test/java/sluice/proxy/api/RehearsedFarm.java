package sluice.proxy.api;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import sluice.config.ConfigParser;
import sluice.config.ConfigResult;
import sluice.config.GatewayConfig;
import sluice.config.LogLevel;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.proxy.coinbase.CoinbaseAction;
import sluice.proxy.coinbase.CoinbaseInput;
import sluice.proxy.coinbase.CoinbaseOutcome;
import sluice.proxy.coinbase.CoinbaseProvider;
import sluice.proxy.coinbase.CoinbaseStanding;
import sluice.proxy.coinbase.OutputsRefusal;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.goal.RoutingStanding;
import sluice.proxy.view.FarmBooks;
import sluice.proxy.view.FarmHashrates;
import sluice.proxy.view.FarmSnapshot;
import sluice.proxy.view.FarmView;
import sluice.upstream.failover.Standing;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateStanding;

/** A farm to which happens what a test says, seen through the real view and the real books. */
public final class RehearsedFarm implements Farm {
    public static final Instant NOW = Instant.parse("2026-11-28T05:00:00Z");
    public static final String POOL_PASSWORD = "hunter2-pool";
    public static final String NODE_PASSWORD = "hunter2-node";
    static final String TOKEN_HASH = "00112233445566778899aabbccddeeff".repeat(2);

    private static final String CONFIGURATION = """
            [[upstream]]
            name = "main"
            url = "stratum+tcp://main.example.com:3333"
            user = "farm"
            password = "%s"

            [[upstream]]
            name = "backup"
            url = "stratum+tcp://backup.example.com:3333"
            user = "farm"

            [[goal]]
            name = "default"
            upstreams = ["main", "backup", "solo"]

            [solo]
            payout = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"

            [[template_source]]
            name = "node"
            url = "http://127.0.0.1:8332"
            user = "sluice"
            password = "%s"

            [[api_token]]
            name = "dashboard"
            scopes = ["read"]
            sha256 = "%s"
            """.formatted(POOL_PASSWORD, NODE_PASSWORD, TOKEN_HASH);

    final FarmView view = new FarmView();
    final FarmBooks books = new FarmBooks();
    private final GatewayConfig config = load();
    private RoutingStanding routing = feeding("main", ready("main"), off("backup"), off("solo"));
    private TemplateStanding template =
            new TemplateStanding(Optional.empty(), Optional.of("connection refused"), NOW.minusSeconds(30));
    private final CoinbaseProvider provider = new CoinbaseProvider(NOW);
    private LogLevel level = LogLevel.INFO;

    private static GatewayConfig load() {
        ConfigParser.Secrets noFiles = new ConfigParser.Secrets() {
            @Override
            public AuthoritySecretKey read(Path keyFile) throws IOException {
                throw new NoSuchFileException(keyFile.toString());
            }

            @Override
            public boolean isOpenToOthers(Path anyFile) {
                return false;
            }

            @Override
            public boolean isReadable(Path anyFile) {
                return true;
            }
        };
        return switch (ConfigParser.parse(CONFIGURATION, Path.of("/etc/sluice/sluice.toml"), Map.of(), noFiles)) {
            case ConfigResult.Loaded loaded -> loaded.config();
            case ConfigResult.Invalid invalid ->
                throw new IllegalStateException(invalid.problems().toString());
        };
    }

    public static RoutingStanding.UpstreamStanding ready(String name) {
        return standing(name, Standing.State.READY, Optional.empty());
    }

    public static RoutingStanding.UpstreamStanding off(String name) {
        return standing(name, Standing.State.OFF, Optional.empty());
    }

    static RoutingStanding.UpstreamStanding lost(String name, String loss) {
        return standing(name, Standing.State.LOST, Optional.of(loss));
    }

    private static RoutingStanding.UpstreamStanding standing(String name, Standing.State state, Optional<String> loss) {
        return new RoutingStanding.UpstreamStanding(name, new Standing(name, state, true, NOW.minusSeconds(60), loss));
    }

    /** One goal in one lane. */
    public static RoutingStanding feeding(String inUse, RoutingStanding.UpstreamStanding... upstreams) {
        return routing(Optional.of(inUse), Optional.empty(), upstreams);
    }

    static RoutingStanding holding(RoutingStanding.UpstreamStanding... upstreams) {
        return routing(Optional.of("main"), Optional.of(NOW.minusSeconds(60)), upstreams);
    }

    private static RoutingStanding routing(
            Optional<String> inUse, Optional<Instant> unusableSince, RoutingStanding.UpstreamStanding... upstreams) {
        return new RoutingStanding(
                3,
                List.of(new RoutingStanding.GoalStanding(
                        "default",
                        100,
                        Optional.empty(),
                        unusableSince,
                        false,
                        List.of(new RoutingStanding.LaneStanding(
                                1, Optional.empty(), inUse, unusableSince, 0, List.of(upstreams))))));
    }

    public void routed(RoutingStanding next) {
        routing = next;
    }

    public void templated(TemplateStanding next) {
        template = next;
    }

    public void happened(GatewayEvent... events) {
        for (GatewayEvent event : events) {
            view.on(event);
            books.on(event);
        }
        view.onBatchEnd();
    }

    @Override
    public Instant startedAt() {
        return NOW.minusSeconds(3_600);
    }

    @Override
    public String version() {
        return "1.2.3";
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
        return CompletableFuture.completedFuture(routing);
    }

    @Override
    public CompletionStage<TemplateStanding> template() {
        return CompletableFuture.completedFuture(template);
    }

    void templates(TemplateEvent event, Instant now) {
        provider.on(new CoinbaseInput.TemplateReported(event), now);
    }

    @Override
    public CompletionStage<CoinbaseStanding> coinbase() {
        return CompletableFuture.completedFuture(provider.standing());
    }

    @Override
    public CompletionStage<CoinbaseOutcome> coinbase(CoinbaseInput.FromModule input) {
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
        return level;
    }

    @Override
    public void logLevel(LogLevel next) {
        level = next;
    }
}
