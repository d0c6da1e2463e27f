package sluice.upstream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.session.Sv1PoolConversation.EXTRANONCE1;
import static sluice.upstream.session.Sv1PoolConversation.JOB_NTIME;
import static sluice.upstream.session.Sv1PoolConversation.PREV_HASH;
import static sluice.upstream.session.Sv1PoolConversation.VERSION;
import static sluice.upstream.session.Sv1PoolConversation.share;
import static sluice.upstream.session.Sv1PoolConversation.subscribed;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.protocol.Bytes;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;

class Sv1PoolSessionSharesTest {
    private static final long DIFFICULTY = 1024;
    /** The request that carries the first share; four come before it. */
    private static final long FIRST = 5;

    private Sv1PoolConversation pool = new Sv1PoolConversation();

    private Sv1PoolConversation mining() {
        pool.mine();
        pool.takeAll();
        return pool;
    }

    /** As far as {@code count} shares on their way, sequences from 1. */
    private Sv1PoolConversation mining(int count) {
        mining();
        for (long sequence = 1; sequence <= count; sequence++) {
            pool.command(share(sequence));
        }
        pool.takeAll();
        return pool;
    }

    private static UpstreamEvent accepted(long lastSequence, long count) {
        return new UpstreamEvent.SharesAccepted(lastSequence, count, count * DIFFICULTY);
    }

    private static UpstreamEvent rejected(long sequence, String code) {
        return new UpstreamEvent.ShareRejected(sequence, code);
    }

    @Test
    void submitsWithTheBitsItRolled() {
        mining().command(share(1, 1, VERSION | 0x0abce000L));

        assertThat(pool.takeLines())
                .containsExactly(
                        "{\"id\":5,\"method\":\"mining.submit\",\"params\":[\"farm\",\"j1\",\"000102030405060a\",\"680be966\",\"deadbeef\",\"0abce000\"]}");
    }

    @Test
    void submitsZeroBitsWhereItRolledNone() {
        mining().command(share(1));

        assertThat(pool.takeLines()).singleElement().asString().endsWith("\"deadbeef\",\"00000000\"]}");
    }

    @Test
    void submitsFiveParamsWhereRollingWasNotAgreedUpon() {
        pool.connect()
                .refuse(1, "[20,\"unknown\",null]")
                .answer(2, subscribed(EXTRANONCE1, 8))
                .answer(3, "true")
                .call("mining.set_difficulty", "[1]")
                .notify("j1", PREV_HASH, true);
        pool.takeAll();

        pool.command(share(1));

        assertThat(pool.takeLines()).singleElement().asString().endsWith("\"680be966\",\"deadbeef\"]}");
        assertThat(pool.command(share(2, 1, VERSION | 0x2000)).takeAll())
                .containsExactly(new PoolAction.Emit(rejected(2, "version-rolling-not-allowed")));
    }

    @Test
    void echoesTheIdsOfJobsAsThePoolWroteThem() {
        mining().notify("N00ff\\\"\u00e4", PREV_HASH, false).command(share(1, 2, VERSION));

        assertThat(pool.takeLines()).singleElement().asString().contains(",\"N00ff\\\"\u00e4\",");
    }

    @Test
    void submitsForOlderJobsOfTheSameConversation() {
        mining().notify("j2", PREV_HASH, true).command(share(1, 1, VERSION));

        assertThat(pool.takeLines()).singleElement().asString().contains("\"j1\"");
    }

    @Test
    void remembersJobsUpToItsLimit() {
        mining();
        for (int job = 2; job <= Sv1PoolSession.MAX_JOBS; job++) {
            pool.notify("j" + job, PREV_HASH, false);
        }
        assertThat(pool.command(share(1)).takeLines())
                .singleElement()
                .asString()
                .contains("\"j1\"");

        pool.notify("one more", PREV_HASH, false);

        pool.takeAll();
        assertThat(pool.command(share(2)).takeEvents()).containsExactly(rejected(2, "invalid-job-id"));
        assertThat(pool.command(share(3, 2, VERSION)).takeLines())
                .singleElement()
                .asString()
                .contains("\"j2\"");
    }

    @Test
    void namesTheAuthorizedUserByDefault() {
        mining().command(share(1));

        assertThat(pool.takeLines()).singleElement().asString().contains("[\"farm\",");
    }

    @Test
    void namesTheMinerWhereThePoolWantsIt() {
        pool = new Sv1PoolConversation(Sv1PoolConversation.settings(true, false));
        mining().command(share(1));

        assertThat(pool.takeLines()).singleElement().asString().contains("[\"farm.rig7\",");
        assertThat(pool.command(named("")).takeLines())
                .singleElement()
                .asString()
                .contains("[\"farm\",");
        assertThat(pool.command(named("w".repeat(191))).takeLines())
                .singleElement()
                .asString()
                .contains("[\"" + "w".repeat(191) + "\",");
        assertThat(pool.command(named("w".repeat(192))).takeLines())
                .singleElement()
                .asString()
                .contains("[\"" + "w".repeat(191) + "\",");
    }

    private static UpstreamCommand.SubmitShare named(String userIdentity) {
        return new UpstreamCommand.SubmitShare(2, 1, 1, JOB_NTIME, VERSION, Bytes.zeros(8), userIdentity);
    }

    @Test
    void refusesWhatThePoolsLineCannotSay() {
        mining();

        assertThat(pool.command(share(1, 9, VERSION)).takeEvents()).containsExactly(rejected(1, "invalid-job-id"));
        assertThat(pool.command(share(2, 1, VERSION | 0x20)).takeEvents())
                .containsExactly(rejected(2, "invalid-non-rollable-version-bit"));
        UpstreamCommand.SubmitShare shortExtranonce =
                new UpstreamCommand.SubmitShare(3, 1, 1, JOB_NTIME, VERSION, Bytes.zeros(7), "farm.rig7");
        assertThat(pool.command(shortExtranonce).takeEvents()).containsExactly(rejected(3, "bad-extranonce-size"));
    }

    @Test
    void refusesSharesWhileNoChannelIsOpen() {
        assertThat(pool.command(share(1)).takeEvents()).containsExactly(rejected(1, "channel-not-open"));
        assertThat(pool.authorize().command(share(2)).takeEvents()).containsExactly(rejected(2, "channel-not-open"));
        pool.mine().input(new PoolInput.Disconnected("gone"));
        pool.takeAll();
        assertThat(pool.command(share(3)).takeEvents()).containsExactly(rejected(3, "channel-not-open"));
    }

    @Test
    void passesAcceptancesOn() {
        mining(2).answer(FIRST, "true").answer(FIRST + 1, "true");

        assertThat(pool.takeEvents()).containsExactly(accepted(1, 1), accepted(2, 1));
    }

    @Test
    void countsTheWorkOfAShareByTheDifficultyOfItsJob() {
        mining(1)
                .call("mining.set_difficulty", "[8192]")
                .notify("j2", PREV_HASH, false)
                .command(share(2, 2, VERSION));
        pool.takeAll();

        pool.answer(FIRST, "true").answer(FIRST + 1, "true");

        assertThat(pool.takeEvents())
                .containsExactly(
                        new UpstreamEvent.SharesAccepted(1, 1, 1024), new UpstreamEvent.SharesAccepted(2, 1, 8192));
    }

    @Test
    void matchesAnswersWhoseIdCameBackAsAString() {
        mining(1).receive("{\"id\":\"5\",\"result\":true,\"error\":null}");

        assertThat(pool.takeEvents()).containsExactly(accepted(1, 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'id':5,'result':null,'error':[21,'Job not found',null]}         | stale-share",
                "{'id':5,'result':false,'error':[21,'time-too-old',null]}         | stale-share",
                "{'id':5,'result':null,'error':[22,'Duplicate share',null]}       | duplicate-share",
                "{'id':5,'result':null,'error':[23,'high-hash',null]}             | difficulty-too-low",
                "{'id':5,'result':null,'error':[20,'unknown-work',null]}          | unknown-work",
                "{'id':5,'result':null,'error':[24,'Unauthorized worker',null]}   | Unauthorized worker",
                "{'id':5,'result':null,'error':[25,null,null]}                    | error 25",
                "{'id':5,'result':null,'error':{'code':22,'message':'dup'}}       | duplicate-share",
                "{'id':5,'result':null,'error':'no'}                              | no",
                "{'id':5,'result':false,'error':null,'reject-reason':'Stale'}        | stale-share",
                "{'id':5,'result':false,'error':null,'reject-reason':'Duplicate'}    | duplicate-share",
                "{'id':5,'result':false,'error':null,'reject-reason':'Above target'} | difficulty-too-low",
                "{'id':5,'result':false,'error':null,'reject-reason':'Worker mismatch'} | Worker mismatch",
                "{'id':5,'result':true,'error':null,'reject-reason':'Stale'}         | stale-share",
                "{'id':5,'result':false,'error':null}                             | no reason given",
                "{'id':5,'result':null,'error':null}                              | no reason given",
                "{'id':5,'result':'yes','error':null}                             | no reason given"
            },
            quoteCharacter = '`')
    void saysWhyAShareWasRefused(String answer, String code) {
        mining(1).receive(answer.replace('\'', '"'));

        assertThat(pool.takeEvents()).containsExactly(rejected(1, code));
    }

    @Test
    void cutsAReasonThatIsTooLong() {
        mining(1).refuse(FIRST, "[20,\"" + "r".repeat(300) + "\",null]");

        assertThat(pool.takeEvents()).containsExactly(rejected(1, "r".repeat(Sv1Refusal.MAX_TEXT_BYTES)));
    }

    @Test
    void takesTrueForAYesWhateverStandsBesideIt() {
        mining(1).receive("{\"id\":5,\"result\":true,\"error\":[]}");

        assertThat(pool.takeEvents()).containsExactly(accepted(1, 1));
    }

    @Test
    void holdsAnAcceptanceBackUntilAllBeforeItAreAnswered() {
        mining(4).answer(FIRST + 1, "true").answer(FIRST + 3, "true").answer(FIRST + 2, "true");
        assertThat(pool.takeEvents()).isEmpty();

        pool.answer(FIRST, "true");

        assertThat(pool.takeEvents()).containsExactly(accepted(4, 4));
    }

    @Test
    void passesARejectionOnAtOnceAndWhatWaitedForIt() {
        mining(3).answer(FIRST + 1, "true").refuse(FIRST + 2, "[22,\"dup\",null]");
        assertThat(pool.takeEvents()).containsExactly(rejected(3, "duplicate-share"));

        pool.refuse(FIRST, "[21,\"stale\",null]");

        assertThat(pool.takeEvents()).containsExactly(rejected(1, "stale-share"), accepted(2, 1));
    }

    @Test
    void passesOverSharesItRefusedItself() {
        mining(1).command(share(2, 77, VERSION)).command(share(3));
        pool.takeAll();

        pool.answer(FIRST + 1, "true").answer(FIRST, "true");

        assertThat(pool.takeEvents()).containsExactly(accepted(3, 2));
    }

    @Test
    void countsAnAnswerOnce() {
        mining(1).answer(FIRST, "true").answer(FIRST, "true").refuse(FIRST, "[21,\"\",null]");

        assertThat(pool.takeEvents()).containsExactly(accepted(1, 1));
    }

    @Test
    void givesAnAnswerUpThatHoldsOthersBackForTooLong() {
        mining(3).answer(FIRST + 1, "true");
        assertThat(pool.takeAll())
                .containsExactly(new PoolAction.SetDeadline(
                        PoolDeadline.VERDICT, pool.now.plus(PoolDeadline.VERDICT.patience())));

        pool.later(Duration.ofSeconds(30)).reach(PoolDeadline.VERDICT);

        assertThat(pool.takeEvents()).containsExactly(rejected(1, "no-verdict"), accepted(2, 1));
        assertThat(pool.answer(FIRST, "true").answer(FIRST + 2, "true").takeEvents())
                .containsExactly(accepted(3, 1));
    }

    @Test
    void givesLaterAnswersTheirOwnTime() {
        mining(4).answer(FIRST + 1, "true").answer(FIRST + 3, "true").later(Duration.ofSeconds(30));
        pool.takeAll();

        pool.reach(PoolDeadline.VERDICT);

        assertThat(pool.takeAll())
                .containsExactly(
                        new PoolAction.Emit(rejected(1, "no-verdict")),
                        new PoolAction.Emit(accepted(2, 1)),
                        new PoolAction.SetDeadline(PoolDeadline.VERDICT, pool.now.plusSeconds(30)));
        assertThat(pool.reach(PoolDeadline.VERDICT).takeEvents())
                .containsExactly(rejected(3, "no-verdict"), accepted(4, 1));
    }

    @Test
    void givesNothingUpThatWasAnsweredInTime() {
        mining(3).answer(FIRST + 1, "true").answer(FIRST, "true");
        pool.takeAll();

        assertThat(pool.reach(PoolDeadline.VERDICT).takeAll()).isEmpty();
        assertThat(pool.answer(FIRST + 2, "true").takeEvents()).containsExactly(accepted(3, 1));
    }

    @Test
    void holdsAcceptancesBackUpToItsLimit() {
        int held = UnansweredShares.MAX_HELD;
        mining(held + 2);
        LongStream.rangeClosed(1, held).forEach(share -> pool.answer(FIRST + share, "true"));
        assertThat(pool.takeEvents()).isEmpty();

        pool.answer(FIRST + held + 1, "true");

        assertThat(pool.takeEvents()).containsExactly(rejected(1, "no-verdict"), accepted(held + 2, held + 1));
    }

    @Test
    void waitsForVerdictsUpToItsLimit() {
        mining(UnansweredShares.MAX_SHARES);

        assertThat(pool.command(share(UnansweredShares.MAX_SHARES + 1)).takeAll())
                .containsExactly(new PoolAction.Emit(rejected(UnansweredShares.MAX_SHARES + 1, "too-many-unanswered")));
        pool.answer(FIRST, "true").takeAll();
        assertThat(pool.command(share(UnansweredShares.MAX_SHARES + 2)).takeLines())
                .hasSize(1);
    }

    @Test
    void forgetsSharesOfAnEarlierConversation() {
        mining(2).input(new PoolInput.Disconnected("gone")).mine();
        pool.takeAll();

        pool.command(share(1, 2, VERSION)).answer(FIRST + 1, "true");
        assertThat(pool.takeEvents()).isEmpty();

        assertThat(pool.answer(FIRST, "true").takeEvents()).containsExactly(accepted(1, 1));
    }

    @Test
    void waitsForVerdictsAnewOnEachConnection() {
        mining(2)
                .answer(FIRST + 1, "true")
                .input(new PoolInput.Disconnected("gone"))
                .mine();
        pool.command(share(1, 2, VERSION)).command(share(2, 2, VERSION));
        pool.takeAll();

        pool.answer(FIRST + 1, "true");

        assertThat(pool.takeAll())
                .containsExactly(new PoolAction.SetDeadline(
                        PoolDeadline.VERDICT, pool.now.plus(PoolDeadline.VERDICT.patience())));
    }

    @Test
    void writesNamesThatEveryPoolCanRead() {
        pool = new Sv1PoolConversation(Sv1PoolConversation.settings(true, false));
        mining().command(named("rig\u0007\udcff"));

        assertThat(pool.takeLines()).singleElement().asString().contains("[\"rig\ufffd\\\\xff\",");
    }

    @Test
    void reportsWhatWasAcceptedBeforeTheConversationEnds() {
        mining(4).answer(FIRST + 1, "true").answer(FIRST + 2, "true").takeAll();

        pool.input(new PoolInput.Disconnected("gone"));

        assertThat(pool.takeEvents())
                .containsExactly(
                        rejected(1, "no-verdict"),
                        accepted(3, 2),
                        new UpstreamEvent.Lost(UpstreamEvent.Step.MINING, "gone"));
    }

    @Test
    void reportsWhatWasAcceptedBeforeItIsClosed() {
        mining(3).answer(FIRST + 1, "true").takeAll();

        pool.command(new UpstreamCommand.Close("another pool"));

        assertThat(pool.takeEvents())
                .containsExactly(
                        rejected(1, "no-verdict"),
                        accepted(2, 1),
                        new UpstreamEvent.Lost(UpstreamEvent.Step.MINING, "closed by us: another pool"));
    }

    @Test
    void reportsWhatWasAcceptedOnAChannelBeforeAnotherReplacesIt() {
        mining(2).answer(FIRST + 1, "true").takeAll();

        pool.call("mining.set_extranonce", "[\"0a0b0c0d\",12]").notify("j2", PREV_HASH, true);

        assertThat(pool.takeEvents()).startsWith(rejected(1, "no-verdict"), accepted(2, 1));
    }

    @Test
    void leavesSharesWithoutAnyAnswerToTheLoss() {
        mining(2).input(new PoolInput.Disconnected("gone"));

        assertThat(pool.takeEvents()).containsExactly(new UpstreamEvent.Lost(UpstreamEvent.Step.MINING, "gone"));
    }

    @Test
    void forgetsSharesOfAChannelWhoseExtranonceHadAnotherSize() {
        mining(1).call("mining.set_extranonce", "[\"0a0b0c0d\",12]").notify("j2", PREV_HASH, true);
        pool.takeAll();

        assertThat(pool.answer(FIRST, "true").takeAll()).isEmpty();
    }
}
