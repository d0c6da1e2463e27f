package sluice.proxy.api.netty;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import sluice.config.GatewayConfig;
import sluice.config.LogLevel;
import sluice.proxy.api.ApiFault;
import sluice.proxy.api.ApiProblem;
import sluice.proxy.api.Farm;
import sluice.proxy.coinbase.CoinbaseInput;
import sluice.proxy.coinbase.CoinbaseOutcome;
import sluice.proxy.coinbase.CoinbaseStanding;
import sluice.proxy.goal.RoutingStanding;
import sluice.proxy.netty.Gateway;
import sluice.proxy.view.FarmBooks;
import sluice.proxy.view.FarmHashrates;
import sluice.proxy.view.FarmSnapshot;
import sluice.upstream.template.TemplateStanding;

/** A gateway of this process, for the API: whatever comes from its loops is handed over to the API's. */
public final class GatewayFarm implements Farm {
    private final Gateway gateway;
    private final FarmBooks books;
    private final Executor loop;
    private final Settings settings;

    /**
     * What a gateway does not know of itself.
     *
     * @param config what is in force
     */
    public record Settings(
            Instant startedAt,
            String version,
            Supplier<GatewayConfig> config,
            Supplier<LogLevel> logLevel,
            Consumer<LogLevel> setLogLevel) {}

    /**
     * @param books a listener of the gateway
     * @param loop the API's
     */
    public GatewayFarm(Gateway gateway, FarmBooks books, Executor loop, Settings settings) {
        this.gateway = gateway;
        this.books = books;
        this.loop = loop;
        this.settings = settings;
    }

    @Override
    public Instant startedAt() {
        return settings.startedAt();
    }

    @Override
    public String version() {
        return settings.version();
    }

    @Override
    public GatewayConfig config() {
        return settings.config().get();
    }

    @Override
    public FarmSnapshot snapshot() {
        return gateway.snapshot();
    }

    @Override
    public CompletionStage<FarmHashrates> hashrates() {
        return handedOver(gateway.hashrates());
    }

    @Override
    public <T> CompletionStage<T> ask(Function<FarmBooks, T> question) {
        return handedOver(gateway.ask(() -> question.apply(books)));
    }

    @Override
    public CompletionStage<RoutingStanding> routing() {
        return handedOver(gateway.routing());
    }

    @Override
    public CompletionStage<TemplateStanding> template() {
        return handedOver(gateway.template());
    }

    @Override
    public CompletionStage<CoinbaseStanding> coinbase() {
        return handedOver(gateway.coinbase());
    }

    @Override
    public CompletionStage<CoinbaseOutcome> coinbase(CoinbaseInput.FromModule input) {
        return handedOver(gateway.coinbase(input));
    }

    @Override
    public long lostEvents() {
        return gateway.lostEvents();
    }

    @Override
    public LogLevel logLevel() {
        return settings.logLevel().get();
    }

    @Override
    public void logLevel(LogLevel level) {
        settings.setLogLevel().accept(level);
    }

    // A gateway that is closing, or whose bus is full, is no bug.
    private <T> CompletionStage<T> handedOver(CompletableFuture<T> answer) {
        return answer.handleAsync(
                (value, failure) -> {
                    if (failure instanceof RejectedExecutionException) {
                        throw new ApiFault(ApiProblem.unavailable("it is closing, or has too much to do"));
                    }
                    if (failure != null) {
                        throw new CompletionException(failure);
                    }
                    return value;
                },
                loop);
    }
}
