package sluice.proxy.coinbase;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.coinbase.AskedProvider.DEADLINE;
import static sluice.proxy.coinbase.AskedProvider.MINER;
import static sluice.proxy.coinbase.AskedProvider.OCEAN;
import static sluice.proxy.coinbase.AskedProvider.START;
import static sluice.proxy.coinbase.AskedProvider.TAG;
import static sluice.proxy.coinbase.AskedProvider.leaving;
import static sluice.proxy.coinbase.AskedProvider.template;
import static sluice.proxy.coinbase.AskedProvider.tip;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import sluice.protocol.bitcoin.TxOut;
import sluice.proxy.coinbase.CoinbaseStanding.State;
import sluice.proxy.coinbase.OutputsRefusal.Reason;
import sluice.proxy.event.GatewayEvent;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.CoinbaseSplit;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateTransactions;

class CoinbaseProviderTest {
    private final AskedProvider farm = new AskedProvider();

    private State state() {
        return farm.provider.standing().state();
    }

    @Test
    void withoutAProviderTemplatesPassAsTheyAre() {
        farm.newTip(template(1, 1, 5_000));
        farm.refreshed(template(2, 1, 5_100));
        assertThat(farm.heard()).containsExactly("tip 1", "better 2");
        assertThat(farm.events).isEmpty();
        assertThat(farm.answer(new OutputsAnswer(1, tip(1), 5_000, List.of()))).contains(Reason.NO_PROVIDER);
        assertThat(farm.withdraw().orElseThrow().reason()).isEqualTo(Reason.NO_PROVIDER);
        assertThat(state()).isEqualTo(State.NONE);
    }

    @Test
    void aProviderIsAskedAtOnceAndItsAnswerReplacesTheConfiguredPayout() {
        farm.newTip(template(1, 1, 5_000));
        assertThat(farm.register(OCEAN)).isEmpty();
        assertThat(farm.others)
                .containsExactly(
                        new CoinbaseAction.Reserve(new CoinbaseReserve(1_000, 320)),
                        new CoinbaseAction.LeastDifficulty(OptionalDouble.of(1_024)));
        assertThat(farm.events)
                .containsExactly(
                        new GatewayEvent.CoinbaseProviderChanged(START, "ocean", true),
                        new GatewayEvent.CoinbaseOutputsWanted(
                                START, "ocean", 1, tip(1), 101, 5_000, START.plus(DEADLINE)));
        assertThat(state()).isEqualTo(State.WAITING);

        assertThat(farm.answer(4_000)).isEmpty();
        assertThat(farm.heard()).containsExactly("tip 1", "better 1[4000]");
        assertThat(farm.provider.standing().paying())
                .contains(new CoinbaseSplit(List.of(new TxOut(4_000, MINER)), TAG));
        assertThat(farm.events.getLast())
                .isEqualTo(new GatewayEvent.CoinbaseOutputsTaken(START, "ocean", 1, tip(1), 1, 4_000));
        assertThat(state()).isEqualTo(State.PAYING);
    }

    @Test
    void aNewTipIsMinedAtOnceAndPaysTheConfiguredPayoutUntilTheAnswer() {
        farm.newTip(template(1, 1, 5_000));
        farm.register(OCEAN);
        farm.answer(5_000);
        farm.newTip(template(2, 2, 6_000));
        assertThat(farm.heard()).containsExactly("tip 1", "better 1[5000]", "tip 2");
        assertThat(farm.wanted().value()).isEqualTo(6_000);
        farm.answer(6_000);
        assertThat(farm.heard()).containsExactly("better 2[6000]");
    }

    @Test
    void aBetterTemplateOfATipThatPaysTheProviderWaitsForItsOwnAnswer() {
        farm.newTip(template(1, 1, 5_000));
        farm.register(OCEAN);
        farm.answer(5_000);
        farm.heard();

        farm.refreshed(template(2, 1, 5_100));
        farm.refreshed(template(3, 1, 5_200));
        assertThat(farm.heard()).isEmpty();
        assertThat(farm.wanted().value()).isEqualTo(5_100);
        farm.answer(5_100);
        assertThat(farm.heard()).containsExactly("better 2[5100]");
        assertThat(farm.wanted().value()).isEqualTo(5_200);
        farm.answer(5_200);
        assertThat(farm.heard()).containsExactly("better 3[5200]");
        assertThat(farm.provider.nextDeadline()).isEmpty();
    }

    @Test
    void aTemplateThatIsWorthTheSameNeedsNoNewAnswer() {
        farm.newTip(template(1, 1, 5_000));
        farm.register(OCEAN);
        farm.answer(4_900);
        farm.refreshed(template(2, 1, 5_000));
        assertThat(farm.heard()).containsExactly("tip 1", "better 1[4900]", "better 2[4900]");
        assertThat(farm.provider.standing().asked()).isEqualTo(1);
    }

    @Test
    void anAnswerIsForTheLatestTemplateThatIsWorthWhatWasAsked() {
        farm.newTip(template(1, 1, 5_000));
        farm.register(OCEAN);
        farm.refreshed(template(2, 1, 5_000));
        farm.newTip(template(3, 1, 5_000));
        farm.answer(5_000);
        assertThat(farm.heard()).containsExactly("tip 1", "better 2", "tip 3", "better 3[5000]");
    }

    @Test
    void aSilentProviderIsLeftOutAtItsDeadlineAndNotAskedTheSameAgain() {
        farm.newTip(template(1, 1, 5_000));
        farm.register(OCEAN);
        farm.answer(5_000);
        farm.refreshed(template(2, 1, 5_100));
        farm.heard();
        assertThat(farm.provider.nextDeadline()).contains(farm.now.plus(DEADLINE));
        farm.pass(DEADLINE.minusMillis(1));
        assertThat(farm.heard()).isEmpty();
        farm.pass(Duration.ofMillis(1));
        assertThat(farm.heard()).containsExactly("better 2");
        assertThat(state()).isEqualTo(State.FALLBACK);
        assertThat(farm.provider.standing().problem()).contains("it gave no outputs within 2000 ms");
        assertThat(farm.provider.standing().since()).isEqualTo(farm.now);
        assertThat(farm.refusals()).containsExactly("silent");

        farm.refreshed(template(3, 1, 5_100));
        assertThat(farm.heard()).containsExactly("better 3");
        assertThat(farm.provider.standing().wanted()).isEmpty();
        farm.newTip(template(4, 2, 5_000));
        assertThat(farm.wanted().requestId()).isEqualTo(3);
        assertThat(state()).isEqualTo(State.FALLBACK);
        farm.answer(5_000);
        assertThat(state()).isEqualTo(State.PAYING);
        assertThat(farm.provider.standing().problem()).isEmpty();
    }

    @Test
    void anAnswerInTheLastMomentCountsAndOneAtTheDeadlineDoesNot() {
        farm.newTip(template(1, 1, 5_000));
        farm.register(OCEAN);
        OutputsWanted first = farm.wanted();
        farm.now = first.until().minusMillis(1);
        assertThat(farm.answer(5_000)).isEmpty();
        farm.newTip(template(2, 2, 5_000));
        OutputsWanted second = farm.wanted();
        farm.now = second.until();
        assertThat(farm.answer(new OutputsAnswer(
                        second.requestId(),
                        second.prevHash(),
                        second.value(),
                        List.of(new OutputsAnswer.Output(MINER.hex(), 5_000)))))
                .contains(Reason.TOO_LATE);
        assertThat(farm.refusals()).containsExactly("silent", "too-late");
    }

    @Test
    void aWrongAnswerIsRefusedAndMayBeCorrectedInTime() {
        farm.newTip(template(1, 1, 5_000));
        farm.register(OCEAN);
        assertThat(farm.answer(5_001)).contains(Reason.SUM_ABOVE_REWARD);
        assertThat(state()).isEqualTo(State.FALLBACK);
        assertThat(farm.provider.standing().problem())
                .contains("its outputs are refused: the outputs pay 5001 satoshis, and there are 5000");
        assertThat(farm.answer(5_000)).isEmpty();
        assertThat(farm.heard()).containsExactly("tip 1", "better 1[5000]");
        assertThat(farm.provider.standing().refused()).isEqualTo(Map.of("sum-above-reward", 1L));
    }

    @Test
    void whoWasWrongWasNotSilent() {
        farm.newTip(template(1, 1, 5_000));
        farm.register(OCEAN);
        farm.answer(5_001);
        farm.pass(DEADLINE);
        assertThat(farm.refusals()).containsExactly("sum-above-reward");
        assertThat(farm.heard()).containsExactly("tip 1");
    }

    @Test
    void anAnswerToAnythingButWhatIsAskedNowIsRefusedWithAReason() {
        farm.newTip(template(1, 1, 5_000));
        farm.register(OCEAN);
        var outputs = List.of(new OutputsAnswer.Output(MINER.hex(), 1));
        assertThat(farm.answer(new OutputsAnswer(1, tip(9), 5_000, outputs))).contains(Reason.WRONG_PREV_HASH);
        assertThat(farm.answer(new OutputsAnswer(1, tip(1), 4_999, outputs))).contains(Reason.WRONG_VALUE);
        assertThat(farm.answer(new OutputsAnswer(0, tip(1), 5_000, outputs))).contains(Reason.UNKNOWN_REQUEST);
        assertThat(farm.answer(new OutputsAnswer(2, tip(1), 5_000, outputs))).contains(Reason.UNKNOWN_REQUEST);
        farm.newTip(template(2, 2, 5_000));
        assertThat(farm.answer(new OutputsAnswer(1, tip(1), 5_000, outputs))).contains(Reason.SUPERSEDED);

        OutputsAnswer good = new OutputsAnswer(2, tip(2), 5_000, outputs);
        assertThat(farm.answer(good)).isEmpty();
        assertThat(farm.answer(good)).as("the same again").isEmpty();
        assertThat(farm.answer(new OutputsAnswer(2, tip(2), 5_000, List.of(new OutputsAnswer.Output(MINER.hex(), 2)))))
                .contains(Reason.ALREADY_ANSWERED);
        assertThat(farm.provider.standing().taken()).isEqualTo(1);
    }

    @Test
    void oneModuleDoesNotTakeThePlaceOfAnother() {
        farm.newTip(template(1, 1, 5_000));
        farm.register(OCEAN);
        farm.answer(5_000);
        assertThat(farm.register(AskedProvider.terms("other", OCEAN.room()))
                        .orElseThrow()
                        .reason())
                .isEqualTo(Reason.ANOTHER_PROVIDER);
        assertThat(farm.register(OCEAN)).isEmpty();
        assertThat(farm.heard()).containsExactly("tip 1", "better 1[5000]");
        assertThat(farm.provider.standing().asked()).as("the same terms again").isEqualTo(1);
    }

    @Test
    void otherTermsAreAskedForAnewWhileJobsStayAsTheyAre() {
        farm.newTip(template(1, 1, 5_000));
        farm.register(OCEAN);
        farm.answer(5_000);
        farm.heard();
        farm.register(AskedProvider.terms("ocean", new CoinbaseReserve(2_000, 0)));
        assertThat(farm.heard()).isEmpty();
        assertThat(farm.others).contains(new CoinbaseAction.Reserve(new CoinbaseReserve(2_000, 0)));
        farm.answer(4_000);
        assertThat(farm.heard()).containsExactly("better 1[4000]");
        farm.register(OCEAN);
        farm.pass(DEADLINE);
        assertThat(farm.heard()).as("no answer under the new terms").containsExactly("better 1");
    }

    @Test
    void withoutItsProviderAJobPaysTheConfiguredPayoutAtOnce() {
        farm.newTip(template(1, 1, 5_000));
        farm.register(OCEAN);
        farm.answer(5_000);
        farm.refreshed(template(2, 1, 5_100));
        farm.heard();
        farm.others.clear();
        assertThat(farm.withdraw()).isEmpty();
        assertThat(farm.heard()).containsExactly("better 2");
        assertThat(farm.others)
                .containsExactly(
                        new CoinbaseAction.Reserve(CoinbaseReserve.NONE),
                        new CoinbaseAction.LeastDifficulty(OptionalDouble.empty()));
        assertThat(farm.events.getLast()).isEqualTo(new GatewayEvent.CoinbaseProviderChanged(START, "ocean", false));
        assertThat(farm.provider.nextDeadline()).isEmpty();
        assertThat(state()).isEqualTo(State.NONE);
    }

    @Test
    void whatDoesNotFitBesideTheTransactionsIsRefused() {
        farm.newTip(template(1, 1, 5_000, Optional.of(leaving(1_200))));
        farm.register(OCEAN);
        assertThat(farm.answer(5_000)).contains(Reason.NO_ROOM);
        farm.newTip(template(2, 2, 5_000, Optional.of(leaving(2_000))));
        assertThat(farm.answer(5_000)).isEmpty();
    }

    @Test
    void whereNobodyKnowsTheTransactionsTheRoomMustHaveBeenAskedForBefore() {
        farm.newTip(template(1, 1, 5_000, Optional.empty()));
        farm.register(OCEAN);
        assertThat(farm.provider.standing().wanted()).isEmpty();
        farm.now = START.plus(CoinbaseDeadline.ROOM.patience()).minusMillis(1);
        farm.refreshed(template(2, 1, 5_000, Optional.empty()));
        assertThat(farm.provider.standing().wanted()).isEmpty();
        farm.on(new CoinbaseInput.TemplateReported(
                new TemplateEvent.TransactionsArrived(2, TemplateTransactions.NONE)));
        assertThat(farm.wanted().value()).isEqualTo(5_000);
        assertThat(farm.answer(5_000)).isEmpty();

        farm.pass(Duration.ofMillis(1));
        farm.newTip(template(3, 2, 5_000, Optional.empty()));
        assertThat(farm.answer(5_000)).isEmpty();
        assertThat(farm.heard())
                .containsExactly("tip 1", "better 2", "transactions 2", "better 2[5000]", "tip 3", "better 3[5000]");
    }

    @Test
    void aTemplateThatCannotBeAskedAboutWaitsNoLongerThanForAnAnswer() {
        farm.newTip(template(1, 1, 5_000));
        farm.register(OCEAN);
        farm.answer(5_000);
        farm.heard();
        farm.refreshed(template(2, 1, 5_100, Optional.empty()));
        assertThat(farm.heard()).isEmpty();
        farm.pass(DEADLINE);
        assertThat(farm.heard()).containsExactly("better 2");
        assertThat(farm.refusals()).as("nobody was asked").isEmpty();
        assertThat(farm.provider.nextDeadline()).isEmpty();
    }

    @Test
    void withoutTemplatesNothingIsAskedAndAnAnswerComesTooLate() {
        farm.register(OCEAN);
        assertThat(state()).isEqualTo(State.NO_TEMPLATE);
        farm.newTip(template(1, 1, 5_000));
        OutputsWanted wanted = farm.wanted();
        farm.on(new CoinbaseInput.TemplateReported(new TemplateEvent.Unavailable("the node is gone")));
        assertThat(farm.heard()).containsExactly("tip 1", "none");
        assertThat(farm.provider.nextDeadline()).isEmpty();
        assertThat(farm.answer(new OutputsAnswer(
                        wanted.requestId(),
                        wanted.prevHash(),
                        wanted.value(),
                        List.of(new OutputsAnswer.Output(MINER.hex(), 1)))))
                .contains(Reason.SUPERSEDED);
        farm.newTip(template(2, 1, 5_000));
        assertThat(farm.wanted().requestId()).isEqualTo(2);
    }
}
