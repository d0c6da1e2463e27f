package sluice.proxy.coinbase;

import java.util.Optional;
import java.util.OptionalDouble;
import sluice.proxy.event.GatewayEvent;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.TemplateEvent;

/** What a {@link CoinbaseProvider} wants done, in order. */
public sealed interface CoinbaseAction {

    /** Tell whoever makes jobs of templates. */
    record Report(TemplateEvent event) implements CoinbaseAction {}

    /** Have templates leave so much room beside what the gateway itself puts into coinbases. */
    record Reserve(CoinbaseReserve room) implements CoinbaseAction {}

    /** Choose no lower difficulties from now on; empty: as before. */
    record LeastDifficulty(OptionalDouble difficulty) implements CoinbaseAction {}

    record Publish(GatewayEvent event) implements CoinbaseAction {}

    /** What becomes of what a module asked; empty: it is as it wished. */
    record Judged(Optional<OutputsRefusal> refusal) implements CoinbaseAction {}
}
