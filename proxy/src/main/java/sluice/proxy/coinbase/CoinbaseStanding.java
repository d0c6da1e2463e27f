package sluice.proxy.coinbase;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import sluice.upstream.template.CoinbaseSplit;

/**
 * How it stands with the coinbase provider.
 *
 * @param provider who it is, if there is one
 * @param since when it became so
 * @param problem why jobs do not pay what the provider wants, where it is to blame
 * @param wanted what it is asked now
 * @param paying what jobs pay now by its answer
 * @param asked questions since it came
 * @param taken of them those that were answered well
 * @param refused answers that were not used, and questions without one, by reason
 */
public record CoinbaseStanding(
        Optional<ProviderTerms> provider,
        State state,
        Instant since,
        Optional<String> problem,
        Optional<OutputsWanted> wanted,
        Optional<CoinbaseSplit> paying,
        long asked,
        long taken,
        Map<String, Long> refused) {

    /** How far it is with the jobs that are mined now. */
    public enum State {
        /** Nobody is registered. */
        NONE,
        /** There is no template to ask about. */
        NO_TEMPLATE,
        /** Jobs pay the configured payout, and the provider may still answer in time. */
        WAITING,
        /** Jobs pay the provider's outputs. */
        PAYING,
        /** The provider did not answer in time, or not well: jobs pay the configured payout. */
        FALLBACK
    }
}
