package sluice.proxy.coinbase;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.WitnessCommitment;
import sluice.proxy.event.GatewayEvent;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCoinbase;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateTransactions;

/** A {@link CoinbaseProvider} with templates and a module, and what comes of them. */
final class AskedProvider {
    static final Instant START = Instant.parse("2026-11-28T05:00:00Z");
    static final Duration DEADLINE = Duration.ofSeconds(2);
    static final Bytes TAG = Bytes.of("/ocean/".getBytes(StandardCharsets.US_ASCII));
    static final Bytes MINER = Script.p2wpkh(Bytes.zeros(20));
    static final ProviderTerms OCEAN = terms("ocean", new CoinbaseReserve(1_000, 320));

    final CoinbaseProvider provider = new CoinbaseProvider(START);
    final List<TemplateEvent> reported = new ArrayList<>();
    final List<GatewayEvent> events = new ArrayList<>();
    final List<CoinbaseAction> others = new ArrayList<>();
    Instant now = START;
    private Optional<OutputsRefusal> judged = Optional.empty();

    static ProviderTerms terms(String name, CoinbaseReserve room) {
        return new ProviderTerms(name, TAG, OptionalDouble.of(1_024), DEADLINE, room);
    }

    static Hash256 tip(int number) {
        return Hash256.fromDisplay("%064x".formatted(number));
    }

    /** A template without any transaction. */
    static Template template(long id, int tip, long value) {
        return template(id, tip, value, Optional.of(TemplateTransactions.NONE));
    }

    static Template template(long id, int tip, long value, Optional<TemplateTransactions> transactions) {
        return new Template(
                id,
                100 + tip,
                0x2000_0000L,
                new ChainTip(tip(tip), 0x207fffffL, START.getEpochSecond()),
                Target.ofCompact(0x207fffffL),
                START.getEpochSecond(),
                new TemplateCoinbase(
                        2,
                        0,
                        0,
                        Bytes.fromHex("0164"),
                        value,
                        List.of(WitnessCommitment.output(Hash256.ZERO)),
                        Bytes.zeros(32)),
                MerklePath.EMPTY,
                transactions,
                Optional.empty());
    }

    /** Transactions that leave so many units of a block's weight. */
    static TemplateTransactions leaving(long weight) {
        return new TemplateTransactions(List.of(), 4_000_000 - weight, OptionalLong.of(0), OptionalLong.of(0));
    }

    void on(CoinbaseInput input) {
        for (CoinbaseAction action : provider.on(input, now)) {
            switch (action) {
                case CoinbaseAction.Report(TemplateEvent event) -> reported.add(event);
                case CoinbaseAction.Publish(GatewayEvent event) -> events.add(event);
                case CoinbaseAction.Judged(Optional<OutputsRefusal> refusal) -> judged = refusal;
                case CoinbaseAction.Reserve reserve -> others.add(reserve);
                case CoinbaseAction.LeastDifficulty least -> others.add(least);
            }
        }
    }

    void newTip(Template template) {
        on(new CoinbaseInput.TemplateReported(new TemplateEvent.NewTip(template)));
    }

    void refreshed(Template template) {
        on(new CoinbaseInput.TemplateReported(new TemplateEvent.Refreshed(template)));
    }

    Optional<OutputsRefusal> register(ProviderTerms terms) {
        on(new CoinbaseInput.Register(terms));
        return judged;
    }

    Optional<OutputsRefusal> withdraw() {
        on(new CoinbaseInput.Withdraw());
        return judged;
    }

    OutputsWanted wanted() {
        return provider.standing().wanted().orElseThrow();
    }

    /** Answers what is asked now with one output of this value; why it is refused, if it is. */
    Optional<OutputsRefusal.Reason> answer(long value) {
        OutputsWanted wanted = wanted();
        return answer(new OutputsAnswer(
                wanted.requestId(),
                wanted.prevHash(),
                wanted.value(),
                List.of(new OutputsAnswer.Output(MINER.hex(), value))));
    }

    Optional<OutputsRefusal.Reason> answer(OutputsAnswer answer) {
        on(new CoinbaseInput.Answer(answer));
        return judged.map(OutputsRefusal::reason);
    }

    void pass(Duration time) {
        now = now.plus(time);
        on(new CoinbaseInput.TimePassed());
    }

    /** What was reported since the last call, in words: template, and what is paid of it. */
    List<String> heard() {
        List<String> words = new ArrayList<>();
        for (TemplateEvent event : reported) {
            words.add(
                    switch (event) {
                        case TemplateEvent.NewTip(Template template) -> "tip " + inWords(template);
                        case TemplateEvent.Refreshed(Template template) -> "better " + inWords(template);
                        case TemplateEvent.TransactionsArrived arrived -> "transactions " + arrived.templateId();
                        case TemplateEvent.BlockJudged judgedBlock -> "verdict";
                        case TemplateEvent.Unavailable gone -> "none";
                    });
        }
        reported.clear();
        return words;
    }

    private static String inWords(Template template) {
        return template.id()
                + template.split()
                        .map(split -> split.outputs().stream()
                                .map(TxOut::value)
                                .toList()
                                .toString())
                        .orElse("");
    }

    /** Reasons of refusal that were published. */
    List<String> refusals() {
        List<String> reasons = new ArrayList<>();
        for (GatewayEvent event : events) {
            if (event instanceof GatewayEvent.CoinbaseOutputsRefused refused) {
                reasons.add(refused.reason());
            }
        }
        return reasons;
    }
}
