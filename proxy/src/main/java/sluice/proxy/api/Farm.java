package sluice.proxy.api;

import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import sluice.config.GatewayConfig;
import sluice.config.LogLevel;
import sluice.proxy.coinbase.CoinbaseInput;
import sluice.proxy.coinbase.CoinbaseOutcome;
import sluice.proxy.coinbase.CoinbaseStanding;
import sluice.proxy.goal.RoutingStanding;
import sluice.proxy.view.FarmBooks;
import sluice.proxy.view.FarmHashrates;
import sluice.proxy.view.FarmSnapshot;
import sluice.upstream.template.TemplateStanding;

/**
 * The running gateway as the API sees it: all that handlers may look at, and what they may change but for its pools, which
 * have a place of their own. What it promises for later it keeps on the API's loop, never on that of the bus or of a miner.
 */
public interface Farm {
    /** Since when it runs. */
    Instant startedAt();

    /** Of the software. */
    String version();

    /** What is in force, secrets included: never to be answered as it is. */
    GatewayConfig config();

    /** What is true now; may trail what just happened by a moment. */
    FarmSnapshot snapshot();

    CompletionStage<FarmHashrates> hashrates();

    /** What is known of single miners, workers, shares and blocks; {@code question} runs on the bus thread and copies. */
    <T> CompletionStage<T> ask(Function<FarmBooks, T> question);

    /** Which upstream feeds which miners, and why. */
    CompletionStage<RoutingStanding> routing();

    /** How the gateway's own templates stand. */
    CompletionStage<TemplateStanding> template();

    /** How it stands with the coinbase provider. */
    CompletionStage<CoinbaseStanding> coinbase();

    /** A module says something as the coinbase provider, or wants to be it. */
    CompletionStage<CoinbaseOutcome> coinbase(CoinbaseInput.FromModule input);

    /** Events that were dropped because there were too many; anything but 0 means that counts are too low. */
    long lostEvents();

    LogLevel logLevel();

    /** Until the next start, or until the configuration file says another. */
    void logLevel(LogLevel level);
}
