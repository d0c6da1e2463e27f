package sluice.upstream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.session.PoolConversation.CHANNEL;
import static sluice.upstream.session.PoolConversation.GROUP;
import static sluice.upstream.session.PoolConversation.PATIENCE;
import static sluice.upstream.session.PoolConversation.activeJob;
import static sluice.upstream.session.PoolConversation.futureJob;
import static sluice.upstream.session.PoolConversation.tip;
import static sluice.upstream.session.Sv1PoolConversation.OTHER_PREV_HASH;
import static sluice.upstream.session.Sv1PoolConversation.PREV_HASH;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;

/** Pools that stay connected and answer, and are no good all the same. */
class UselessPoolTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration MOMENT = Duration.ofSeconds(1);

    private static PoolAction.Emit lost(String reason) {
        return new PoolAction.Emit(new UpstreamEvent.Lost(Step.MINING, reason));
    }

    @Nested
    class OfSv2 {
        private final PoolConversation pool = new PoolConversation();

        @Test
        void isGivenUpWhereNoJobComes() {
            pool.mine();
            assertThat(pool.takeAll())
                    .contains(new PoolAction.SetDeadline(PoolDeadline.NO_JOB, pool.now.plus(PATIENCE.noJob())));

            pool.later(PATIENCE.noJob()).reach(PoolDeadline.NO_JOB);

            assertThat(pool.takeAll())
                    .containsExactly(
                            lost("no job from the pool for 7 min"),
                            new PoolAction.Disconnect("no job from the pool for 7 min"));
        }

        @Test
        void isKeptAsLongAsJobsOrTipsCome() {
            pool.mine().later(MINUTE).receive(activeJob(GROUP, 2)).later(MINUTE);
            pool.receive(futureJob(CHANNEL, 3)).later(MINUTE).receive(tip(CHANNEL, 3));
            pool.takeAll();

            pool.later(PATIENCE.noJob().minus(MINUTE)).reach(PoolDeadline.NO_JOB);

            assertThat(pool.takeAll())
                    .containsExactly(new PoolAction.SetDeadline(PoolDeadline.NO_JOB, pool.now.plus(MINUTE)));
        }

        @Test
        void isNotKeptByJobsOfOtherChannels() {
            pool.mine().later(MINUTE).receive(activeJob(CHANNEL + 1, 2));

            pool.later(PATIENCE.noJob().minus(MINUTE)).reach(PoolDeadline.NO_JOB);

            assertThat(pool.takeEvents())
                    .last()
                    .isEqualTo(lost("no job from the pool for 7 min").event());
        }

        @Test
        void isGivenUpWhereItOnlyRejects() {
            pool.mine();
            pool.takeAll();
            reject(1, "invalid-share");
            reject(2, "difficulty-too-low");
            assertThat(deadlines()).isEmpty();
            reject(3, "bad\u0007");
            assertThat(deadlines())
                    .containsExactly(new PoolAction.SetDeadline(
                            PoolDeadline.ONLY_REJECTS,
                            pool.now.minus(MOMENT.multipliedBy(2)).plus(PATIENCE.onlyRejects())));

            pool.later(PATIENCE.onlyRejects()).reach(PoolDeadline.ONLY_REJECTS);

            assertThat(pool.takeEvents())
                    .containsExactly(lost("the pool has only rejected shares for 100 s, last: bad\ufffd")
                            .event());
        }

        @Test
        void isKeptWhereItAcceptsOne() {
            pool.mine();
            reject(1, "no");
            reject(2, "no");
            reject(3, "no");
            pool.command(PoolConversation.share(4)).receive(new SubmitSharesSuccess(CHANNEL, 4, 1, 1));
            reject(5, "no");
            pool.takeAll();

            pool.later(PATIENCE.onlyRejects()).reach(PoolDeadline.ONLY_REJECTS);

            assertThat(pool.takeAll()).isEmpty();
        }

        @Test
        void isKeptWhereAllSharesAreStale() {
            pool.mine().takeAll();
            for (long share = 1; share < 20; share++) {
                reject(share, "stale-share");
            }

            assertThat(deadlines()).isEmpty();
        }

        @Test
        void startsWithACleanSheetOnEachConnection() {
            pool.mine();
            reject(1, "no");
            reject(2, "no");
            pool.input(new PoolInput.Disconnected("gone")).mine();
            pool.takeAll();

            reject(1, "no");

            assertThat(deadlines()).isEmpty();
        }

        @Test
        void isForgottenOnceItIsGone() {
            pool.mine().input(new PoolInput.Disconnected("gone")).takeAll();

            pool.later(PATIENCE.noJob()).reach(PoolDeadline.NO_JOB).reach(PoolDeadline.ONLY_REJECTS);

            assertThat(pool.takeAll()).isEmpty();
        }

        private void reject(long sequence, String code) {
            pool.command(PoolConversation.share(sequence))
                    .later(MOMENT)
                    .receive(new SubmitSharesError(CHANNEL, sequence, code));
        }

        private List<PoolAction> deadlines() {
            return pool.takeAll().stream()
                    .filter(PoolAction.SetDeadline.class::isInstance)
                    .toList();
        }
    }

    @Nested
    class OfSv1 {
        private Sv1PoolConversation pool = new Sv1PoolConversation();
        private long requests = 4;

        @Test
        void isGivenUpWhereNoJobComesWhateverElseItSays() {
            pool.mine().later(PATIENCE.noJob()).call("mining.set_difficulty", "[2048]");
            pool.takeAll();

            pool.reach(PoolDeadline.NO_JOB);

            assertThat(pool.takeAll())
                    .containsExactly(
                            lost("no job from the pool for 7 min"),
                            new PoolAction.Disconnect("no job from the pool for 7 min"));
        }

        @Test
        void isKeptAsLongAsJobsCome() {
            pool.mine().later(MINUTE).notify("j2", OTHER_PREV_HASH, true);
            pool.takeAll();

            pool.later(PATIENCE.noJob().minus(MINUTE)).reach(PoolDeadline.NO_JOB);

            assertThat(pool.takeAll())
                    .containsExactly(new PoolAction.SetDeadline(PoolDeadline.NO_JOB, pool.now.plus(MINUTE)));
        }

        @Test
        void isNotKeptByAJobThatWeRepeatOurselves() {
            pool.mine().later(MINUTE).call("mining.set_version_mask", "[\"00ffe000\"]");

            pool.later(PATIENCE.noJob().minus(MINUTE)).reach(PoolDeadline.NO_JOB);

            assertThat(pool.takeEvents())
                    .last()
                    .isEqualTo(lost("no job from the pool for 7 min").event());
        }

        @Test
        void isGivenUpWhereItOnlyRejects() {
            pool.mine();
            reject("[23,\"high-hash\",null]");
            reject("[20,\"unknown-work\",null]");
            reject("[20,\"unknown-work\",null]");
            pool.takeAll();

            pool.later(PATIENCE.onlyRejects()).reach(PoolDeadline.ONLY_REJECTS);

            assertThat(pool.takeEvents())
                    .containsExactly(lost("the pool has only rejected shares for 100 s, last: unknown-work")
                            .event());
        }

        @Test
        void isKeptByAnAcceptanceThatStillWaitsForEarlierAnswers() {
            pool.mine();
            submit();
            reject("[20,\"no\",null]");
            reject("[20,\"no\",null]");
            reject("[20,\"no\",null]");
            submit();
            pool.answer(requests, "true");
            pool.takeAll();

            pool.later(PATIENCE.onlyRejects()).reach(PoolDeadline.ONLY_REJECTS);

            assertThat(pool.takeEvents()).isEmpty();
        }

        @Test
        void isKeptWhereAllSharesAreStale() {
            pool.mine();
            for (int share = 0; share < 20; share++) {
                reject("[21,\"Job not found\",null]");
            }
            pool.takeAll();

            pool.later(PATIENCE.onlyRejects()).reach(PoolDeadline.ONLY_REJECTS);

            assertThat(pool.takeAll()).isEmpty();
        }

        @Test
        void isNotBlamedForWhatWeRefuseOurselves() {
            pool.mine();
            for (int share = 1; share < 20; share++) {
                pool.command(Sv1PoolConversation.share(share, 99, Sv1PoolConversation.VERSION));
            }
            pool.takeAll();

            pool.later(PATIENCE.onlyRejects()).reach(PoolDeadline.ONLY_REJECTS);

            assertThat(pool.takeAll()).isEmpty();
        }

        /** ckpool takes shares under the name that logged in and under no other. */
        @Test
        void isGivenUpWithAHintWhereItTakesNoNamesOfMiners() {
            pool = new Sv1PoolConversation(Sv1PoolConversation.settings(true, false));
            pool.mine();
            for (int share = 0; share < PoolWatch.LEAST_REFUSALS; share++) {
                submit();
                pool.receive("{\"reject-reason\":\"Worker mismatch\",\"result\":false,\"error\":null,\"id\":" + requests
                        + "}");
            }
            assertThat(pool.takeEvents()).endsWith(new UpstreamEvent.ShareRejected(3, "Worker mismatch"));

            pool.later(PATIENCE.onlyRejects()).reach(PoolDeadline.ONLY_REJECTS);

            assertThat(pool.takeEvents())
                    .containsExactly(lost("the pool has only rejected shares for 100 s, last: Worker mismatch (shares"
                                    + " carry the names of their miners, and not every pool takes those)")
                            .event());
        }

        private void submit() {
            requests++;
            pool.command(Sv1PoolConversation.share(requests - 4));
        }

        private void reject(String error) {
            submit();
            pool.refuse(requests, error);
        }
    }

    @Test
    void jobsOfTheSameTipAreWorkToo() {
        Sv1PoolConversation pool = new Sv1PoolConversation();
        pool.mine().later(MINUTE).notify("j2", PREV_HASH, false);
        pool.takeAll();

        pool.later(PATIENCE.noJob().minus(MINUTE)).reach(PoolDeadline.NO_JOB);

        assertThat(pool.takeEvents()).isEmpty();
    }
}
