package sluice.proxy.miner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1ErrorCode;
import sluice.protocol.sv1.Sv1Id;
import sluice.protocol.sv1.Sv1Response;
import sluice.protocol.sv1.Sv1Result;
import sluice.protocol.sv1.Sv1ServerDecoder;
import sluice.protocol.sv1.Sv1ServerMessage;

class Sv1MinerClientTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String PREV = "8648cd1799dc569992d81ce09de378e4a3a063d5be8b3b8000003e9e00000000";
    private static final String OTHER_PREV = "286aaffb5a7a5723204e333a24e4ecca90ceae9ae015c393bdd667c36218be33";

    private Instant now = START;
    private Sv1MinerClient client;

    @BeforeEach
    void makeClient() {
        client = new Sv1MinerClient(new Sv1MinerClient.Settings("acct.worker", "x", OptionalDouble.of(0.5)), 0);
    }

    private Actions on(ClientInput input) {
        return new Actions(client.on(input, now));
    }

    private Actions hear(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return on(new ClientInput.Sv1Received(new Sv1ServerDecoder().decode(bytes, 0, bytes.length)));
    }

    private Actions answer(Sv1Id id, String result) {
        return hear("{\"id\":" + id.json() + ",\"result\":" + result + ",\"error\":null}");
    }

    private Actions call(String method, String params) {
        return hear("{\"id\":null,\"method\":\"" + method + "\",\"params\":" + params + "}");
    }

    private Actions notify(String jobId, String prevHash, boolean clean) {
        return call(
                "mining.notify",
                "[\"" + jobId + "\",\"" + prevHash + "\",\"" + ShareVector.COINBASE_PREFIX + "\",\""
                        + ShareVector.COINBASE_SUFFIX + "\",[],\"20000000\",\"1b00d7c0\",\"680be961\"," + clean + "]");
    }

    /** Connects with the version mask of BIP320 and extranonce2 of 4 bytes. */
    private Actions mine() {
        Sv1Id configure = on(new ClientInput.Connected()).sv1().getFirst().id();
        Sv1Id subscribe = answer(configure, "{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\"}")
                .sv1()
                .getFirst()
                .id();
        Sv1Id authorize =
                answer(subscribe, "[[],\"0a0b0c0d\",4]").sv1().getFirst().id();
        return answer(authorize, "true");
    }

    private Share share(Work work, long nonce) {
        return new Share(work, Bytes.fromHex("00000001"), work.ntime(), nonce, Hash256.ZERO);
    }

    private Actions find(Work work, long nonce) {
        return on(new ClientInput.ShareFound(share(work, nonce)));
    }

    @Test
    void setsUpOneRequestAfterTheOther() {
        Actions connected = on(new ClientInput.Connected());
        assertThat(connected.sv1())
                .containsExactly(Sv1ClientMessage.Configure.versionRolling(Sv1Id.of(1), 0x1fffe000L));
        assertThat(connected.deadlines())
                .containsExactly(
                        new ClientAction.SetDeadline(ClientDeadline.SETUP, START.plus(Sv1MinerClient.SETUP_TIMEOUT)));

        assertThat(answer(Sv1Id.of(1), "{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\"}")
                        .sv1())
                .containsExactly(Sv1ClientMessage.Subscribe.of(Sv1Id.of(2), "sluice-miner"));
        Actions subscribed = answer(Sv1Id.of(2), "[[[\"mining.notify\",\"1\"]],\"0a0b0c0d\",4]");
        assertThat(subscribed.sv1()).containsExactly(new Sv1ClientMessage.Authorize(Sv1Id.of(3), "acct.worker", "x"));
        assertThat(subscribed.events())
                .containsExactly(new ClientEvent.ExtranonceAssigned(Bytes.fromHex("0a0b0c0d"), 4));
        Actions authorized = answer(Sv1Id.of(3), "true");
        assertThat(authorized.sv1())
                .containsExactly(
                        new Sv1ClientMessage.ExtranonceSubscribe(Sv1Id.of(4)),
                        new Sv1ClientMessage.SuggestDifficulty(Sv1Id.of(5), 0.5));
        assertThat(authorized.events()).containsExactly(new ClientEvent.Ready());
    }

    @Test
    void goesOnWhereTheServerDoesNotKnowConfigure() {
        on(new ClientInput.Connected());
        assertThat(hear("{\"id\":1,\"result\":null,\"error\":[20,\"Not supported.\",null]}")
                        .sv1())
                .containsExactly(Sv1ClientMessage.Subscribe.of(Sv1Id.of(2), "sluice-miner"));
    }

    @Test
    void startsWorkWithTheDifficultyAndExtranonceInForce() {
        mine();
        assertThat(call("mining.set_difficulty", "[512]").startsWork()).isFalse();
        Actions notified = notify("2f", PREV, true);
        assertThat(notified.events()).containsExactly(new ClientEvent.JobStarted(true));
        assertThat(notified.work())
                .isEqualTo(new Work(
                        1,
                        "2f",
                        0x20000000L,
                        ShareVector.PREV_HASH,
                        0x1b00d7c0L,
                        0x680be961L,
                        Difficulty.targetOf(512),
                        ShareVector.rolled(Bytes.fromHex("0a0b0c0d"), 4)));
    }

    @Test
    void minesAtDifficultyOneUntilToldOtherwise() {
        mine();
        assertThat(notify("1", PREV, true).work().target()).isEqualTo(Target.DIFFICULTY_1);
    }

    @Test
    void aNewDifficultyWaitsForTheNextJob() {
        mine();
        Work first = notify("1", PREV, true).work();
        call("mining.set_difficulty", "[2]");
        assertThat(find(first, 7).sv1()).hasSize(1);
        Work second = notify("2", PREV, false).work();
        assertThat(first.target()).isEqualTo(Target.DIFFICULTY_1);
        assertThat(second.target()).isEqualTo(Difficulty.targetOf(2));
        assertThat(second.generation()).isGreaterThan(first.generation());
    }

    @Test
    void keepsItsDifficultyWhereTheNewOneIsBeyondAnyTarget() {
        mine();
        assertThat(call("mining.set_difficulty", "[1e300]").told()).hasSize(1);
        assertThat(notify("1", PREV, true).work().target()).isEqualTo(Target.DIFFICULTY_1);
    }

    @Test
    void aNewExtranonceWaitsForTheNextJob() {
        mine();
        Actions set = call("mining.set_extranonce", "[\"ffee\",3]");
        assertThat(set.startsWork()).isFalse();
        assertThat(set.events()).containsExactly(new ClientEvent.ExtranonceAssigned(Bytes.fromHex("ffee"), 3));
        assertThat(notify("1", PREV, true).work().merkle()).isEqualTo(ShareVector.rolled(Bytes.fromHex("ffee"), 3));
    }

    @Test
    void minesAJobThatCameBeforeTheAnswerToAuthorize() {
        on(new ClientInput.Connected());
        answer(Sv1Id.of(1), "null");
        answer(Sv1Id.of(2), "[[],\"0a\",4]");
        call("mining.set_difficulty", "[8]");
        assertThat(notify("early", PREV, true).startsWork()).isFalse();
        Actions authorized = answer(Sv1Id.of(3), "true");
        assertThat(authorized.work().jobId()).isEqualTo("early");
        assertThat(authorized.work().target()).isEqualTo(Difficulty.targetOf(8));
        assertThat(authorized.events()).containsExactly(new ClientEvent.Ready(), new ClientEvent.JobStarted(true));
    }

    @Test
    void submitsAShareWithTheRolledVersionBits() {
        mine();
        notify("1", PREV, true);
        Work rolled = notify("2", PREV, false).work();
        assertThat(rolled.version()).isEqualTo(0x20002000L);
        Actions found = find(rolled, 0x4107);
        assertThat(found.sv1())
                .containsExactly(new Sv1ClientMessage.Submit(
                        Sv1Id.of(6),
                        "acct.worker",
                        "2",
                        Bytes.fromHex("00000001"),
                        0x680be961L,
                        0x4107,
                        OptionalLong.of(0x2000)));
        assertThat(found.events()).containsExactly(new ClientEvent.ShareSent(true));
        assertThat(client.outstandingShares()).isEqualTo(1);
    }

    @Test
    void submitsFiveParamsWhereVersionRollingWasNotGranted() {
        on(new ClientInput.Connected());
        answer(Sv1Id.of(1), "{\"version-rolling\":false}");
        answer(Sv1Id.of(2), "[[],\"0a\",4]");
        answer(Sv1Id.of(3), "true");
        notify("1", PREV, true);
        Work work = notify("2", PREV, false).work();
        assertThat(work.version()).isEqualTo(0x20000000L);
        Sv1ClientMessage.Submit submit =
                (Sv1ClientMessage.Submit) find(work, 1).sv1().getFirst();
        assertThat(submit.versionBits()).isEmpty();
    }

    @Test
    void startsOverWhenTheVersionMaskChanges() {
        mine();
        notify("1", PREV, true);
        Work rolled = notify("2", PREV, false).work();
        Actions changed = call("mining.set_version_mask", "[\"00000000\"]");
        assertThat(changed.work().version()).isEqualTo(0x20000000L);
        assertThat(changed.work().jobId()).isEqualTo("2");
        assertThat(changed.events()).isEmpty();
        assertThat(find(rolled, 1).events()).containsExactly(new ClientEvent.ShareDiscarded());
    }

    @Test
    void matchesVerdictsByIdInAnyOrder() {
        mine();
        Work work = notify("1", PREV, true).work();
        Sv1Id[] ids = new Sv1Id[6];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = find(work, i).sv1().getFirst().id();
        }
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(answer(ids[2], "true").events()).containsExactly(new ClientEvent.SharesAccepted(1));
        assertThat(verdict(ids[0], "[21,\"Stale\",null]")).isEqualTo(new ClientEvent.ShareStale());
        assertThat(verdict(ids[1], "[23,\"Low difficulty share\",null]"))
                .isEqualTo(new ClientEvent.ShareRejected("23 Low difficulty share"));
        assertThat(hear("{\"id\":" + ids[3].json()
                                + ",\"result\":false,\"error\":null,\"reject-reason\":\"Stale share\"}")
                        .events())
                .containsExactly(new ClientEvent.ShareStale());
        assertThat(hear("{\"id\":" + ids[4].json()
                                + ",\"result\":false,\"error\":null,\"reject-reason\":\"Above target\"}")
                        .events())
                .containsExactly(new ClientEvent.ShareRejected("Above target"));
        assertThat(answer(ids[5], "false").events()).containsExactly(new ClientEvent.ShareRejected("result false"));
        assertThat(client.outstandingShares()).isZero();
        assertThat(answer(ids[5], "true").events()).isEmpty();
    }

    private ClientEvent verdict(Sv1Id id, String error) {
        return hear("{\"id\":" + id.json() + ",\"result\":null,\"error\":" + error + "}")
                .events()
                .getFirst();
    }

    @Test
    void sendsNoShareOfAJobThatTheServerEnded() {
        mine();
        Work old = notify("1", PREV, true).work();
        Work alsoValid = notify("2", PREV, false).work();
        assertThat(find(old, 1).sv1()).hasSize(1);
        Actions clean = notify("3", OTHER_PREV, true);
        assertThat(clean.events()).containsExactly(new ClientEvent.JobStarted(true));
        assertThat(find(old, 2).events()).containsExactly(new ClientEvent.ShareDiscarded());
        assertThat(find(alsoValid, 3).events()).containsExactly(new ClientEvent.ShareDiscarded());
        assertThat(find(clean.work(), 4).sv1()).hasSize(1);
    }

    @Test
    void sendsSharesUpToItsLimitOfOutstandingOnes() {
        mine();
        Work work = notify("1", PREV, true).work();
        for (int i = 0; i < MinerClient.MAX_OUTSTANDING_SHARES; i++) {
            assertThat(find(work, i).sv1()).hasSize(1);
        }
        assertThat(find(work, 9999).events()).containsExactly(new ClientEvent.ShareDiscarded());
        assertThat(client.outstandingShares()).isEqualTo(MinerClient.MAX_OUTSTANDING_SHARES);
    }

    @Test
    void givesUpOnAServerThatTakesNoUser() {
        on(new ClientInput.Connected());
        answer(Sv1Id.of(1), "null");
        assertThat(answer(Sv1Id.of(2), "[[{}],\"zz\"]").disconnectReason()).isEqualTo("subscribe-refused");

        makeClient();
        on(new ClientInput.Connected());
        answer(Sv1Id.of(1), "null");
        answer(Sv1Id.of(2), "[[],\"0a\",4]");
        assertThat(hear("{\"id\":3,\"result\":false,\"error\":[24,\"Unauthorized worker\",null]}")
                        .disconnectReason())
                .isEqualTo("not-authorized");
    }

    @Test
    void givesUpOnAServerThatDoesNotAnswer() {
        on(new ClientInput.Connected());
        now = START.plus(Sv1MinerClient.SETUP_TIMEOUT);
        assertThat(on(new ClientInput.DeadlineReached(ClientDeadline.SETUP)).disconnectReason())
                .isEqualTo("setup-timeout");
    }

    @Test
    void theSetupDeadlineMeansNothingToAMinerAtWork() {
        mine();
        assertThat(on(new ClientInput.DeadlineReached(ClientDeadline.SETUP)).all())
                .isEmpty();
    }

    @Test
    void givesUpOnAServerThatFallsSilent() {
        mine();
        now = START.plusSeconds(100);
        notify("1", PREV, true);
        now = START.plus(Sv1MinerClient.SILENCE_TIMEOUT);
        assertThat(on(new ClientInput.DeadlineReached(ClientDeadline.SILENCE)).deadlines())
                .containsExactly(new ClientAction.SetDeadline(
                        ClientDeadline.SILENCE, START.plusSeconds(100).plus(Sv1MinerClient.SILENCE_TIMEOUT)));
        now = START.plusSeconds(100).plus(Sv1MinerClient.SILENCE_TIMEOUT);
        assertThat(on(new ClientInput.DeadlineReached(ClientDeadline.SILENCE)).disconnectReason())
                .isEqualTo("silence");
    }

    @Test
    void givesUpOnAServerThatForgetsAShare() {
        mine();
        Work work = notify("1", PREV, true).work();
        Actions first = find(work, 1);
        assertThat(first.deadlines())
                .containsExactly(new ClientAction.SetDeadline(
                        ClientDeadline.VERDICT, START.plus(OutstandingShares.VERDICT_TIMEOUT)));
        now = START.plusSeconds(50);
        Actions second = find(work, 2);
        assertThat(second.deadlines()).isEmpty();
        answer(first.sv1().getFirst().id(), "true");

        now = START.plus(OutstandingShares.VERDICT_TIMEOUT);
        assertThat(on(new ClientInput.DeadlineReached(ClientDeadline.VERDICT)).deadlines())
                .containsExactly(new ClientAction.SetDeadline(
                        ClientDeadline.VERDICT, START.plusSeconds(50).plus(OutstandingShares.VERDICT_TIMEOUT)));
        now = START.plusSeconds(50).plus(OutstandingShares.VERDICT_TIMEOUT);
        assertThat(on(new ClientInput.DeadlineReached(ClientDeadline.VERDICT)).disconnectReason())
                .isEqualTo("no-verdict");
    }

    @Test
    void setsTheVerdictDeadlineAnewOnceAllVerdictsAreIn() {
        mine();
        Work work = notify("1", PREV, true).work();
        answer(find(work, 1).sv1().getFirst().id(), "true");
        now = START.plus(OutstandingShares.VERDICT_TIMEOUT);
        assertThat(on(new ClientInput.DeadlineReached(ClientDeadline.VERDICT)).all())
                .isEmpty();
        assertThat(find(work, 2).deadlines()).hasSize(1);
    }

    @Test
    void countsSharesWithoutVerdictWhenTheConnectionEnds() {
        mine();
        Work work = notify("1", PREV, true).work();
        find(work, 1);
        find(work, 2);
        Actions closed = on(new ClientInput.Closed());
        assertThat(closed.events()).containsExactly(new ClientEvent.SharesUnanswered(2));
        assertThat(closed.stopsWork()).isTrue();
        assertThat(client.outstandingShares()).isZero();
        assertThat(find(work, 3).events()).containsExactly(new ClientEvent.ShareDiscarded());
        assertThat(notify("2", PREV, true).all()).isEmpty();
    }

    @Test
    void generationsGrowAcrossConnections() {
        mine();
        Work old = notify("1", PREV, true).work();
        client = new Sv1MinerClient(new Sv1MinerClient.Settings("u", "", OptionalDouble.empty()), client.generation());
        mine();
        assertThat(find(old, 1).events()).containsExactly(new ClientEvent.ShareDiscarded());
        assertThat(notify("1", PREV, true).work().generation()).isGreaterThan(old.generation());
    }

    @Test
    void answersTheServersQuestions() {
        mine();
        assertThat(hear("{\"id\":9,\"method\":\"mining.ping\",\"params\":[]}").sv1())
                .containsExactly(Sv1Response.pong(Sv1Id.of(9)));
        assertThat(hear("{\"id\":9,\"method\":\"client.get_version\",\"params\":[]}")
                        .sv1())
                .containsExactly(Sv1Response.of(Sv1Id.of(9), new Sv1Result.Text("sluice-miner")));
        assertThat(hear("{\"id\":9,\"method\":\"mining.frobnicate\",\"params\":[]}")
                        .sv1())
                .containsExactly(Sv1Response.refused(Sv1Id.of(9), Sv1ErrorCode.ILLEGAL_METHOD));
        assertThat(call("mining.frobnicate", "[]").all()).isEmpty();
        assertThat(call("client.show_message", "[\"hi\"]").told()).containsExactly("the server says: hi");
        assertThat(call("mining.notify", "[]").told()).hasSize(1);
        assertThat(call("client.reconnect", "[\"pool.example\",3334]").all())
                .containsExactly(new ClientAction.Reconnect("pool.example", 3334));
    }

    @Test
    void ignoresARefusedWish() {
        mine();
        assertThat(on(new ClientInput.Sv1Received(Sv1Response.refused(Sv1Id.of(4), Sv1ErrorCode.OTHER)))
                        .all())
                .isEmpty();
    }

    @Test
    void countsATipOnlyWhenThePreviousBlockChanges() {
        mine();
        assertThat(List.of(
                        notify("1", PREV, true).events().getFirst(),
                        notify("2", PREV, true).events().getFirst(),
                        notify("3", OTHER_PREV, true).events().getFirst()))
                .containsExactly(
                        new ClientEvent.JobStarted(true),
                        new ClientEvent.JobStarted(false),
                        new ClientEvent.JobStarted(true));
    }

    @Test
    void takesAJobOfTheShareVectorToItsNonce() {
        client = new Sv1MinerClient(new Sv1MinerClient.Settings("w", "", OptionalDouble.empty()), 0);
        on(new ClientInput.Connected());
        answer(Sv1Id.of(1), "null");
        // The rolled part of the vector stands in extranonce1, so that the first header searched is the vector's.
        answer(Sv1Id.of(2), "[[],\"" + ShareVector.EXTRANONCE_PREFIX + ShareVector.EXTRANONCE + "\",0]");
        answer(Sv1Id.of(3), "true");
        call("mining.set_difficulty", "[" + Difficulty.of(ShareVector.TARGET) + "]");
        HashSearch search = HashSearch.ofThread(0, 1);
        search.take(notify("1", PREV, true).work());
        Share share = search.search(1 << 20).share().orElseThrow();
        Sv1ClientMessage.Submit submit = (Sv1ClientMessage.Submit)
                on(new ClientInput.ShareFound(share)).sv1().getFirst();
        assertThat(submit)
                .isEqualTo(new Sv1ClientMessage.Submit(
                        Sv1Id.of(5),
                        "w",
                        "1",
                        Bytes.EMPTY,
                        ShareVector.NTIME,
                        ShareVector.NONCE,
                        OptionalLong.empty()));
    }

    @Test
    void neverTakesAServersRequestForAnAnswer() {
        mine();
        Work work = notify("1", PREV, true).work();
        Sv1Id id = find(work, 1).sv1().getFirst().id();
        on(new ClientInput.Sv1Received(new Sv1ServerMessage.Ping(id)));
        assertThat(client.outstandingShares()).isEqualTo(1);
    }
}
