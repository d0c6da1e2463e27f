package sluice.proxy.coinbase;

import java.util.Optional;

/**
 * What became of what a module asked.
 *
 * @param refusal empty: it is as it wished
 * @param standing how it stands then
 */
public record CoinbaseOutcome(Optional<OutputsRefusal> refusal, CoinbaseStanding standing) {}
