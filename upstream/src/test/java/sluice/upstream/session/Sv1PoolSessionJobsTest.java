package sluice.upstream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.session.Sv1PoolConversation.BRANCH;
import static sluice.upstream.session.Sv1PoolConversation.COINB1;
import static sluice.upstream.session.Sv1PoolConversation.COINB2;
import static sluice.upstream.session.Sv1PoolConversation.EXTRANONCE1;
import static sluice.upstream.session.Sv1PoolConversation.JOB_NTIME;
import static sluice.upstream.session.Sv1PoolConversation.NBITS;
import static sluice.upstream.session.Sv1PoolConversation.OTHER_PREV_HASH;
import static sluice.upstream.session.Sv1PoolConversation.OTHER_TIP;
import static sluice.upstream.session.Sv1PoolConversation.PREV_HASH;
import static sluice.upstream.session.Sv1PoolConversation.TIP;
import static sluice.upstream.session.Sv1PoolConversation.VERSION;
import static sluice.upstream.session.Sv1PoolConversation.share;
import static sluice.upstream.session.Sv1PoolConversation.subscribed;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.UpstreamJob;

class Sv1PoolSessionJobsTest {
    private final Sv1PoolConversation pool = new Sv1PoolConversation();

    private static UpstreamJob job(long jobId, OptionalLong minNtime, long mask, String extranonce1) {
        return new UpstreamJob(
                jobId,
                minNtime,
                VERSION,
                mask,
                List.of(Hash256.fromHex(BRANCH)),
                Bytes.fromHex(COINB1),
                Bytes.fromHex(COINB2),
                Bytes.fromHex(extranonce1));
    }

    private static UpstreamEvent future(long jobId) {
        return new UpstreamEvent.JobAnnounced(job(jobId, OptionalLong.empty(), 0x1fffe000L, EXTRANONCE1));
    }

    private static UpstreamEvent active(long jobId, long ntime) {
        return new UpstreamEvent.JobAnnounced(job(jobId, OptionalLong.of(ntime), 0x1fffe000L, EXTRANONCE1));
    }

    private static UpstreamEvent tip(long jobId, Hash256 prevHash, long ntime) {
        return new UpstreamEvent.TipChanged(jobId, new ChainTip(prevHash, NBITS, ntime));
    }

    private Sv1PoolConversation mining() {
        pool.mine();
        pool.takeAll();
        return pool;
    }

    @Test
    void tellsTheFirstJobWithItsTip() {
        pool.mine();

        assertThat(pool.takeEvents()).endsWith(future(1), tip(1, TIP, JOB_NTIME));
    }

    @Test
    void addsAnotherJobOfTheSameTip() {
        mining().notify("j2", PREV_HASH, JOB_NTIME + 30, false);

        assertThat(pool.takeEvents()).containsExactly(active(2, JOB_NTIME + 30));
    }

    @Test
    void voidsEarlierJobsWhereThePoolSaysClean() {
        mining().notify("j2", PREV_HASH, JOB_NTIME + 30, true);

        assertThat(pool.takeEvents()).containsExactly(future(2), tip(2, TIP, JOB_NTIME + 30));
    }

    @Test
    void voidsEarlierJobsOnANewBlockWhateverThePoolSays() {
        mining().notify("j2", OTHER_PREV_HASH, false);

        assertThat(pool.takeEvents()).containsExactly(future(2), tip(2, OTHER_TIP, JOB_NTIME));
    }

    @Test
    void takesOtherBitsOnTheSameBlockForANewTip() {
        mining().call(
                        "mining.notify",
                        "[\"j2\",\"%s\",\"%s\",\"%s\",[\"%s\"],\"20000000\",\"1d00ffff\",\"680be961\",false]"
                                .formatted(PREV_HASH, COINB1, COINB2, BRANCH));

        assertThat(pool.takeEvents())
                .containsExactly(future(2), new UpstreamEvent.TipChanged(2, new ChainTip(TIP, 0x1d00ffffL, JOB_NTIME)));
    }

    @Test
    void givesTheSameWorkSentTwiceTwoIds() {
        mining().notify("j1", PREV_HASH, false).notify("j1", PREV_HASH, false);

        assertThat(pool.takeEvents()).containsExactly(active(2, JOB_NTIME), active(3, JOB_NTIME));
    }

    @Test
    void neverUsesAnIdOfAnEarlierConversationAgain() {
        mining().input(new PoolInput.Disconnected("gone")).mine();

        assertThat(pool.takeEvents()).endsWith(future(2), tip(2, TIP, JOB_NTIME));
    }

    @Test
    void appliesADifficultyFromTheNextJob() {
        mining().call("mining.set_difficulty", "[4096]");
        assertThat(pool.takeAll()).isEmpty();

        pool.notify("j2", PREV_HASH, false);

        assertThat(pool.takeEvents())
                .containsExactly(new UpstreamEvent.TargetChanged(Difficulty.targetOf(4096)), active(2, JOB_NTIME));
    }

    @Test
    void tellsADifficultyOnce() {
        mining().call("mining.set_difficulty", "[4096]")
                .call("mining.set_difficulty", "[1024]")
                .notify("j2", PREV_HASH, false)
                .notify("j3", PREV_HASH, false);

        assertThat(pool.takeEvents()).containsExactly(active(2, JOB_NTIME), active(3, JOB_NTIME));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[0]", "[-5]", "[]", "[\"many\"]", "[1e200]"})
    void keepsTheDifficultyWhereAnotherMakesNoSense(String params) {
        mining().call("mining.set_difficulty", params).notify("j2", PREV_HASH, false);

        assertThat(pool.takeAll()).hasSize(2).last().isEqualTo(new PoolAction.Emit(active(2, JOB_NTIME)));
    }

    @Test
    void appliesAnExtranonceFromTheNextJob() {
        mining().call("mining.set_extranonce", "[\"0a0b0c\",8]");
        assertThat(pool.takeAll()).isEmpty();

        pool.notify("j2", PREV_HASH, true);

        assertThat(pool.takeEvents())
                .containsExactly(
                        new UpstreamEvent.ExtranoncePrefixChanged(Bytes.fromHex("0a0b0c")),
                        new UpstreamEvent.JobAnnounced(job(2, OptionalLong.empty(), 0x1fffe000L, "0a0b0c")),
                        tip(2, TIP, JOB_NTIME));
        assertThat(pool.notify("j3", PREV_HASH, false).takeEvents())
                .containsExactly(
                        new UpstreamEvent.JobAnnounced(job(3, OptionalLong.of(JOB_NTIME), 0x1fffe000L, "0a0b0c")));
    }

    @Test
    void opensAnotherChannelWhereTheSizeOfTheExtranonceChanges() {
        mining().call("mining.set_difficulty", "[2048]")
                .call("mining.set_extranonce", "[\"0a0b0c0d\",12]")
                .notify("j2", PREV_HASH, false);

        assertThat(pool.takeEvents())
                .containsExactly(
                        new UpstreamEvent.ChannelOpened(new UpstreamChannel(
                                "eu.pool.example:3333",
                                Bytes.fromHex("0a0b0c0d"),
                                12,
                                Difficulty.targetOf(2048),
                                true)),
                        new UpstreamEvent.JobAnnounced(job(2, OptionalLong.empty(), 0x1fffe000L, "0a0b0c0d")),
                        tip(2, TIP, JOB_NTIME));
        assertThat(pool.command(share(1, 1, VERSION)).takeEvents())
                .containsExactly(new UpstreamEvent.ShareRejected(1, "invalid-job-id"));
    }

    @Test
    void dropsAJobOfAnExtranonceThatWasReplacedBeforeAnybodyMinedIt() {
        pool.subscribe()
                .call("mining.set_difficulty", "[1024]")
                .notify("old", PREV_HASH, true)
                .call("mining.set_extranonce", "[\"0a0b0c0d\",8]")
                .answer(3, "true");
        assertThat(pool.takeEvents()).isEmpty();

        pool.notify("new", PREV_HASH, true);

        assertThat(pool.takeJobs())
                .singleElement()
                .satisfies(job -> assertThat(job.extranoncePrefix()).isEqualTo(Bytes.fromHex("0a0b0c0d")));
    }

    @Test
    void dropsAJobOfAReplacedExtranonceAlsoWhileItWaitsForItsDifficulty() {
        pool.authorize().notify("old", PREV_HASH, true).call("mining.set_extranonce", "[\"0a0b0c0d\",8]");

        pool.reach(PoolDeadline.DIFFICULTY);

        assertThat(pool.takeEvents()).isEmpty();
    }

    @Test
    void ignoresAnExtranonceBeforeTheSubscription() {
        pool.configure().call("mining.set_extranonce", "[\"0a0b0c0d\",8]");

        assertThat(pool.takeNotes())
                .containsExactly("ignored mining.set_extranonce before the answer to mining.subscribe");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[\"0a\",7]        | the pool's extranonce2 has 7 bytes, and sv1.pool_extranonce2_size says",
                "[\"0a\",32]       | the pool's extranonce of 33 bytes is longer than 32, the most that miners can take",
                "[\"0a\"]          | protocol violation: mining.set_extranonce makes no sense: ",
                "[\"zz\",4]        | protocol violation: mining.set_extranonce makes no sense: "
            })
    void givesUpAPoolWhoseNewExtranonceCannotBeUsed(String params, String reason) {
        mining().call("mining.set_extranonce", params);

        assertLost(reason);
    }

    @Test
    void givesUpAPoolWhoseJobCannotBeRead() {
        mining().call("mining.notify", "[\"j2\"]");

        assertLost("protocol violation: mining.notify makes no sense: ");
    }

    @Test
    void takesIdsOfJobsUpToTheirLimit() {
        mining().notify("j".repeat(Sv1PoolSession.MAX_JOB_ID_LENGTH), PREV_HASH, false);
        assertThat(pool.takeJobs()).hasSize(1);

        pool.notify("j".repeat(Sv1PoolSession.MAX_JOB_ID_LENGTH + 1), PREV_HASH, false);

        assertLost("protocol violation: a job id of 257 characters, at most 256");
    }

    @Test
    void givesUpAPoolWhoseCoinbaseCannotBeMined() {
        mining().call(
                        "mining.notify",
                        "[\"j2\",\"%s\",\"02000000\",\"%s\",[],\"20000000\",\"1b00d7c0\",\"680be961\",true]"
                                .formatted(PREV_HASH, COINB2));

        assertLost("protocol violation: job j2 has no usable coinbase: coinbase prefix: cut short, 4 bytes");
    }

    @Test
    void mapsTheBitsThatThePoolGrants() {
        pool.connect()
                .answer(1, "{\"version-rolling\":true,\"version-rolling.mask\":\"3ffffff0\"}")
                .answer(2, subscribed(EXTRANONCE1, 8))
                .answer(3, "true")
                .call("mining.set_difficulty", "[1]")
                .notify("j1", PREV_HASH, true);

        assertThat(pool.takeJobs())
                .singleElement()
                .satisfies(job -> assertThat(job.versionMask()).isEqualTo(0x1fffe000L));
    }

    @Test
    void repeatsItsJobAtOnceUnderAnotherMask() {
        mining().call("mining.set_version_mask", "[\"00ffe000\"]");

        assertThat(pool.takeEvents())
                .containsExactly(
                        new UpstreamEvent.JobAnnounced(job(2, OptionalLong.of(JOB_NTIME), 0x00ffe000L, EXTRANONCE1)));
        assertThat(pool.command(share(1, 2, VERSION | 0x00002000L)).takeLines())
                .singleElement()
                .asString()
                .contains("\"j1\"")
                .contains("\"00002000\"]");
        assertThat(pool.command(share(2, 2, VERSION | 0x10000000L)).takeEvents())
                .containsExactly(new UpstreamEvent.ShareRejected(2, "invalid-non-rollable-version-bit"));
    }

    @Test
    void saysNothingWhereTheMaskStays() {
        mining().call("mining.set_version_mask", "[\"ffffffff\"]");

        assertThat(pool.takeAll()).isEmpty();
    }

    @Test
    void stopsRollingWhereThePoolTakesAllBitsBack() {
        mining().call("mining.set_version_mask", "[\"00000000\"]");

        assertThat(pool.takeJobs())
                .singleElement()
                .satisfies(job -> assertThat(job.versionRollingAllowed()).isFalse());
        assertThat(pool.command(share(1, 2, VERSION)).takeLines())
                .as("DATUM Gateway refuses a share without version bits once rolling was agreed upon")
                .singleElement()
                .asString()
                .endsWith(",\"00000000\"]}");
        assertThat(pool.command(share(2, 2, VERSION | 0x2000)).takeEvents())
                .containsExactly(new UpstreamEvent.ShareRejected(2, "version-rolling-not-allowed"));
    }

    @Test
    void ignoresAMaskThatWasNotAskedFor() {
        pool.connect().refuse(1, "[20,\"unknown method\",null]").call("mining.set_version_mask", "[\"1fffe000\"]");

        assertThat(pool.takeNotes())
                .last()
                .isEqualTo("ignored mining.set_version_mask: version rolling is not agreed upon");
    }

    @Test
    void rollsFromTheMomentWhereALateAnswerAllowsIt() {
        pool.connect()
                .reach(PoolDeadline.CONFIGURE)
                .answer(2, subscribed(EXTRANONCE1, 8))
                .answer(3, "true")
                .call("mining.set_difficulty", "[1]")
                .notify("j1", PREV_HASH, true);
        pool.takeAll();

        pool.answer(1, "{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\"}");

        assertThat(pool.takeEvents()).containsExactly(active(2, JOB_NTIME));
        assertThat(pool.command(share(1)).takeLines())
                .singleElement()
                .asString()
                .endsWith(",\"00000000\"]}");
    }

    @Test
    void answersTheRequestsOfThePool() {
        mining().receive("{\"id\":\"a7\",\"method\":\"client.get_version\",\"params\":[]}")
                .receive("{\"id\":9,\"method\":\"mining.ping\",\"params\":[]}")
                .receive("{\"id\":10,\"method\":\"mining.dance\",\"params\":[]}");

        assertThat(pool.takeLines())
                .containsExactly(
                        "{\"id\":\"a7\",\"result\":\"Sluice/0.1.0\",\"error\":null}",
                        "{\"id\":9,\"result\":\"pong\",\"error\":null}",
                        "{\"id\":10,\"result\":null,\"error\":[20,\"Not supported.\",null]}");
    }

    @Test
    void answersNothingThatIsNoRequest() {
        mining().call("client.get_version", "[]").call("mining.ping", "[]").call("mining.dance", "[]");

        assertThat(pool.takeLines()).isEmpty();
    }

    @Test
    void showsTheOperatorWhatThePoolSays() {
        mining().call("client.show_message", "[\"maintenance at\\u0007 noon\"]");

        assertThat(pool.takeNotes()).containsExactly("the pool says: maintenance at\ufffd noon");
    }

    @Test
    void ignoresAnswersToRequestsItDidNotMake() {
        mining().answer(99, "true").answer(0, "true").answer(-1, "true").receive("{\"id\":null,\"result\":true}");

        assertThat(pool.takeAll())
                .hasSize(4)
                .allMatch(action -> action instanceof PoolAction.Note note
                        && note.text().startsWith("ignored an answer to a request we did not make"));
    }

    @Test
    void doesNotMindHowTheExtrasAreAnswered() {
        mining().refuse(4, "[-3,\"Method not found\",null]")
                .answer(1, "true")
                .answer(2, "true")
                .answer(3, "false");

        assertThat(pool.takeAll()).isEmpty();
    }

    @Test
    void goesWhereThePoolSendsItInItsOwnDomain() {
        mining().call("client.reconnect", "[\"us.pool.example\",4444,10]");

        assertThat(pool.takeAll())
                .containsExactly(
                        new PoolAction.Emit(new UpstreamEvent.Lost(
                                Step.MINING, "the pool asked us to reconnect to us.pool.example:4444")),
                        new PoolAction.Redirect("us.pool.example", 4444));
        assertThat(pool.session.isConversing()).isFalse();
    }

    @Test
    void reconnectsToTheSameAddressWhereThePoolNamesNone() {
        mining().call("client.reconnect", "[]");

        assertThat(pool.takeAll()).endsWith(new PoolAction.Redirect("eu.pool.example", 3333));
    }

    @Test
    void takesThePortAsAString() {
        mining().call("client.reconnect", "[\"EU.pool.example\",\"4444\"]");

        assertThat(pool.takeAll()).endsWith(new PoolAction.Redirect("EU.pool.example", 4444));
    }

    @Test
    void staysWhereItIsWhenAStrangerCalls() {
        mining().call("client.reconnect", "[\"pool.thief\",3333,0]");

        assertThat(pool.takeAll())
                .containsExactly(new PoolAction.Note(
                        "ignored client.reconnect to pool.thief, which is not in the domain of eu.pool.example"));
        assertThat(pool.session.isConversing()).isTrue();
    }

    private void assertLost(String start) {
        List<PoolAction> actions = pool.takeAll();
        assertThat(actions.getLast())
                .isInstanceOfSatisfying(
                        PoolAction.Disconnect.class,
                        last -> assertThat(last.reason()).startsWith(start));
        assertThat(actions)
                .contains(new PoolAction.Emit(
                        new UpstreamEvent.Lost(Step.MINING, ((PoolAction.Disconnect) actions.getLast()).reason())));
    }
}
