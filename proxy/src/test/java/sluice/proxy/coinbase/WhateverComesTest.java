package sluice.proxy.coinbase;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.coinbase.AskedProvider.DEADLINE;
import static sluice.proxy.coinbase.AskedProvider.MINER;
import static sluice.proxy.coinbase.AskedProvider.OCEAN;
import static sluice.proxy.coinbase.AskedProvider.START;
import static sluice.proxy.coinbase.AskedProvider.template;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateTransactions;

/** Templates, modules and answers at random: whatever comes in whatever order, miners have work and nobody is paid wrongly. */
class WhateverComesTest {
    private static final int RUNS = 400;
    private static final int STEPS = 300;

    /** What was asked, by previous block and value, and what was answered well to it. */
    private record Key(Hash256 prevHash, long value) {
        static Key of(Template template) {
            return new Key(template.tip().prevHash(), template.coinbase().value());
        }
    }

    private static final class Run {
        private final SplittableRandom random;
        private final AskedProvider farm = new AskedProvider();
        private final Map<Key, Long> answers = new HashMap<>();
        private Optional<Template> source = Optional.empty();
        private Optional<Template> told = Optional.empty();
        private Instant waitingSince = Instant.MAX;
        private boolean registered;
        private long nextId = 1;
        private int tip;
        private int paid;

        Run(long seed) {
            random = new SplittableRandom(seed);
        }

        void step() {
            switch (random.nextInt(10)) {
                case 0 -> arrive(true);
                case 1, 2 -> arrive(source.isEmpty());
                case 3 -> source.ifPresent(this::transactionsCome);
                case 4 -> lose();
                case 5 -> {
                    farm.register(random.nextBoolean() ? OCEAN : AskedProvider.terms("ocean", room()));
                    registered = true;
                }
                case 6 -> withdrawNowAndThen();
                case 7, 8 -> answer();
                default -> farm.pass(Duration.ofMillis(random.nextInt(1_500)));
            }
            check();
        }

        private CoinbaseReserve room() {
            return new CoinbaseReserve(31 + random.nextInt(2_000), random.nextInt(320));
        }

        private void arrive(boolean newTip) {
            tip += newTip ? 1 : 0;
            Template next = template(
                    nextId++,
                    tip,
                    5_000 + random.nextInt(3),
                    random.nextInt(3) == 0 ? Optional.empty() : Optional.of(TemplateTransactions.NONE));
            source = Optional.of(next);
            if (newTip) {
                farm.newTip(next);
                assertThat(farm.reported.getFirst())
                        .as("a new tip is mined at once")
                        .isInstanceOfSatisfying(
                                TemplateEvent.NewTip.class,
                                event -> assertThat(event.template().id()).isEqualTo(next.id()));
            } else {
                farm.refreshed(next);
            }
        }

        private void transactionsCome(Template template) {
            source = Optional.of(template.with(TemplateTransactions.NONE));
            farm.on(new CoinbaseInput.TemplateReported(
                    new TemplateEvent.TransactionsArrived(template.id(), TemplateTransactions.NONE)));
        }

        private void lose() {
            if (random.nextInt(5) == 0) {
                source = Optional.empty();
                farm.on(new CoinbaseInput.TemplateReported(new TemplateEvent.Unavailable("gone")));
            }
        }

        private void withdrawNowAndThen() {
            if (random.nextInt(4) == 0) {
                farm.withdraw();
                registered = false;
            }
        }

        private void answer() {
            Optional<OutputsWanted> asked = farm.provider.standing().wanted();
            if (asked.isEmpty()) {
                return;
            }
            OutputsWanted wanted = asked.get();
            long pays = wanted.value() - 2 + random.nextInt(5);
            long id = random.nextInt(5) == 0 ? random.nextLong(wanted.requestId() + 2) : wanted.requestId();
            Optional<OutputsRefusal.Reason> refusal = farm.answer(new OutputsAnswer(
                    id, wanted.prevHash(), wanted.value(), List.of(new OutputsAnswer.Output(MINER.hex(), pays))));
            if (refusal.isEmpty() && id == wanted.requestId()) {
                assertThat(pays).isLessThanOrEqualTo(wanted.value());
                answers.put(new Key(wanted.prevHash(), wanted.value()), pays);
            }
        }

        private void check() {
            for (TemplateEvent event : farm.reported) {
                switch (event) {
                    case TemplateEvent.NewTip(Template template) -> hear(template);
                    case TemplateEvent.Refreshed(Template template) -> hear(template);
                    case TemplateEvent.Unavailable unavailable -> told = Optional.empty();
                    case TemplateEvent.TransactionsArrived _, TemplateEvent.BlockJudged _ -> {}
                }
            }
            farm.reported.clear();
            assertThat(told.isPresent())
                    .as("who mines has a template where there is one")
                    .isEqualTo(source.isPresent());
            if (source.isPresent()) {
                assertThat(told.get().tip()).isEqualTo(source.get().tip());
                boolean waits = told.get().id() != source.get().id();
                waitingSince = !waits ? Instant.MAX : waitingSince.equals(Instant.MAX) ? farm.now : waitingSince;
            } else {
                waitingSince = Instant.MAX;
            }
            // Once behind the question before, once behind its own.
            assertThat(waitingSince.equals(Instant.MAX)
                            || farm.now.isBefore(waitingSince.plus(DEADLINE.multipliedBy(2))))
                    .as("a better template waits for no more than two answers")
                    .isTrue();
            if (!registered) {
                assertThat(told.flatMap(Template::split)).isEmpty();
            }
            assertThat(farm.provider.nextDeadline().filter(at -> !at.isAfter(farm.now)))
                    .as("nothing that is due is left")
                    .isEmpty();
        }

        private void hear(Template template) {
            told = Optional.of(template);
            template.split().ifPresent(split -> {
                assertThat(split.sum()).as("as it was answered").isEqualTo(answers.get(Key.of(template)));
                paid++;
            });
        }
    }

    @Test
    void minersAlwaysHaveTheTipAndJobsPayOnlyWhatWasAnsweredForThem() {
        int paid = 0;
        for (long seed = 1; seed <= RUNS; seed++) {
            Run run = new Run(seed);
            assertThat(run.farm.now).isEqualTo(START);
            for (int step = 0; step < STEPS; step++) {
                try {
                    run.step();
                } catch (AssertionError failure) {
                    throw new AssertionError("seed=" + seed + " step=" + step, failure);
                }
            }
            paid += run.paid;
        }
        assertThat(paid).as("templates that paid the provider").isGreaterThan(RUNS);
    }
}
