package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Script;
import sluice.proxy.coinbase.CoinbaseAction;
import sluice.proxy.coinbase.CoinbaseInput;
import sluice.proxy.coinbase.CoinbaseProvider;
import sluice.proxy.coinbase.OutputsAnswer;
import sluice.proxy.coinbase.ProviderTerms;
import sluice.proxy.event.GatewayEvent;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.TemplateEvent;

/**
 * A coinbase provider that comes and goes in half of the runs, and answers well, wrongly, late or never. Templates go by it
 * to those who make jobs of them.
 */
final class SimulatedModule {
    private static final List<Bytes> SCRIPTS =
            List.of(Script.p2wpkh(Bytes.zeros(20)), Script.p2tr(Bytes.zeros(32)), Script.p2pkh(Bytes.zeros(20)));

    private final World world;
    private final Chance chance;
    private final Consumer<TemplateEvent> templates;
    private final CoinbaseProvider provider;
    private VirtualTime.Timer deadline;

    SimulatedModule(World world, Chance chance, Consumer<TemplateEvent> templates) {
        this.world = world;
        this.chance = chance;
        this.templates = templates;
        this.provider = new CoinbaseProvider(world.time().instant());
        if (chance.happens(0.5)) {
            comeAndGo();
        }
    }

    void on(TemplateEvent event) {
        feed(new CoinbaseInput.TemplateReported(event));
    }

    private void comeAndGo() {
        world.time().after(chance.spread(Duration.ofSeconds(1), Duration.ofMinutes(3)), () -> {
            feed(
                    provider.standing().provider().isPresent()
                            ? new CoinbaseInput.Withdraw()
                            : new CoinbaseInput.Register(terms()));
            comeAndGo();
        });
    }

    private ProviderTerms terms() {
        return new ProviderTerms(
                "module",
                Bytes.zeros(chance.between(0, ProviderTerms.MAX_TAG_BYTES)),
                OptionalDouble.empty(),
                chance.spread(Duration.ofMillis(100), Duration.ofSeconds(10)),
                new CoinbaseReserve(chance.between(31, 200), chance.between(0, 320)));
    }

    private void feed(CoinbaseInput input) {
        for (CoinbaseAction action : provider.on(input, world.time().instant())) {
            switch (action) {
                case CoinbaseAction.Report report -> templates.accept(report.event());
                case CoinbaseAction.Publish(GatewayEvent.CoinbaseOutputsWanted wanted) -> asked(wanted);
                case CoinbaseAction.Publish _,
                        CoinbaseAction.Reserve _,
                        CoinbaseAction.LeastDifficulty _,
                        CoinbaseAction.Judged _ -> {}
            }
        }
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
        provider.nextDeadline().ifPresent(at -> {
            Duration wait = Duration.between(world.time().instant(), at);
            deadline = world.time().after(wait, () -> feed(new CoinbaseInput.TimePassed()));
        });
    }

    private void asked(GatewayEvent.CoinbaseOutputsWanted wanted) {
        if (chance.happens(0.1)) {
            return;
        }
        // One satoshi too many now and then.
        long left = wanted.value() - chance.between(-1L, 20L);
        List<OutputsAnswer.Output> outputs = new ArrayList<>();
        for (int more = chance.between(0, 3); more > 0 && left > 1; more--) {
            long part = chance.between(1L, left - 1);
            outputs.add(output(part));
            left -= part;
        }
        outputs.add(output(left));
        OutputsAnswer answer = new OutputsAnswer(wanted.requestId(), wanted.prevHash(), wanted.value(), outputs);
        world.time()
                .after(
                        chance.spread(Duration.ofMillis(1), Duration.ofSeconds(5)),
                        () -> feed(new CoinbaseInput.Answer(answer)));
    }

    private OutputsAnswer.Output output(long value) {
        return new OutputsAnswer.Output(chance.oneOf(SCRIPTS).hex(), value);
    }
}
