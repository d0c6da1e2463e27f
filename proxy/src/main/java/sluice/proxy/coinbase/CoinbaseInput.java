package sluice.proxy.coinbase;

import sluice.upstream.template.TemplateEvent;

/** What a {@link CoinbaseProvider} reacts to. */
public sealed interface CoinbaseInput {

    /** The gateway's templates. */
    record TemplateReported(TemplateEvent event) implements CoinbaseInput {}

    /** A module asks something; it hears what becomes of that. */
    sealed interface FromModule extends CoinbaseInput {}

    /** It wants to be the provider, or has other terms from now on. */
    record Register(ProviderTerms terms) implements FromModule {}

    /** There shall be no provider any more. */
    record Withdraw() implements FromModule {}

    record Answer(OutputsAnswer answer) implements FromModule {}

    /** {@link CoinbaseProvider#nextDeadline} has come. */
    record TimePassed() implements CoinbaseInput {}
}
