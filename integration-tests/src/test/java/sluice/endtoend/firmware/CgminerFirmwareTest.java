package sluice.endtoend.firmware;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.Sv1Config;
import sluice.endtoend.EdgeGateway;
import sluice.endtoend.ScriptedSv2Pool;
import sluice.proxy.event.GatewayEvent;

/** cgminer, the ancestor of most firmware. */
class CgminerFirmwareTest extends FirmwareScenario {
    private static final String CONFIGURE = Dialect.CGMINER_VMASK.login().getFirst();

    @Test
    void aBuildWithVersionMaskReadsTheVeryNextLineAsTheAnswerToItsConfigure() throws IOException {
        connects(Dialect.CGMINER_VMASK)
                .says(CONFIGURE)
                .hears("{\"id\":0,\"result\":{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\"},"
                        + "\"error\":null}")
                .hearsNothingElse();
    }

    @Test
    void nothingIsPushedBeforeItHasSubscribedAndAuthorizedWhateverHappensMeanwhile() throws IOException {
        gateway.awaitPool();
        Firmware cgminer = connects(Dialect.CGMINER_VMASK);
        for (String line : Dialect.CGMINER_VMASK.login(USER)) {
            pool.newTip();
            pool.newJob();
            cgminer.says(line).hearsAnswer(Heard.of(line).json().path("id"));
        }
        cgminer.hearsWorkOn(tip());
        cgminer.mines(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[\"cgminer/4.12.0\"]", "[\"cgminer/4.12.0\", \"5a17\"]", "[]", "[\"cgminer/4.12.0\", null]"})
    void everyFormOfItsSubscribeIsAnsweredWithAnExtranonce2ThatItCanRoll(String params) throws IOException {
        Firmware cgminer = connects(Dialect.CGMINER);
        cgminer.says("{\"id\": 0, \"method\": \"mining.subscribe\", \"params\": " + params + "}");
        assertThat(cgminer.hearsAnswer(0).json().path("error").isNull()).isTrue();
        assertThat(cgminer.extranonce2Size())
                .as("below 2 it gives up, above 8 it never submits")
                .isBetween(2, 8);
    }

    @Test
    void itsSecondSubscribeOnTheSameConnectionGetsTheSameExtranonce() throws IOException {
        Firmware cgminer = connects(Dialect.CGMINER);
        cgminer.says("{\"id\": 0, \"method\": \"mining.subscribe\", \"params\": [\"cgminer/4.12.0\"]}")
                .hearsAnswer(0);
        String first = cgminer.extranonce1();
        cgminer.says("{\"id\": 1, \"method\": \"mining.subscribe\", \"params\": []}")
                .hearsAnswer(1);
        assertThat(cgminer.extranonce1()).isEqualTo(first);
    }

    @Test
    void aQuietPoolIsNotDeadBecauseItsJobIsRepeatedLongBeforeNinetySeconds() throws IOException {
        assertThat(Sv1Config.KEEPALIVE.most()).isLessThanOrEqualTo(Duration.ofSeconds(60));
        EdgeGateway lively = gatewayTo(
                pool,
                EdgeGateway.Plan.EASY.with(new Sv1Config(Sv1Config.DEFAULT.versionMask(), Duration.ofSeconds(1))));
        Firmware cgminer = connectsTo(lively, Dialect.CGMINER).logsIn();
        Hasher.Work first = cgminer.hearsWork();
        Hasher.Work again = cgminer.hearsWork();
        assertThat(again.cleanJobs()).isFalse();
        assertThat(again.prevHash()).isEqualTo(first.prevHash());
        assertThat(again.jobId()).isNotEqualTo(first.jobId());
        cgminer.mines(1);
    }

    @Test
    void aNewDifficultyIsFollowedByTheNotifyFromWhichOnItCounts() throws IOException {
        Firmware cgminer = mining(Dialect.CGMINER);
        Hasher.Work easy = cgminer.work();
        pool.setTarget(EdgeGateway.Plan.EASY.vardiff().startDifficulty() / 4);
        pool.newJob();
        assertThat(cgminer.hearsPush("mining.set_difficulty").param(0).asDouble())
                .isPositive()
                .isLessThan(easy.difficulty());
        cgminer.hearsPush("mining.notify");
        cgminer.mines(2);
        assertThat(cgminer.submits(cgminer.finds(easy)).result().asBoolean()).isTrue();
    }

    @Test
    void itIsNeverAskedToReconnectNorGivenAnotherExtranonceWhenThePoolChanges() throws IOException {
        ScriptedSv2Pool other = pool("B");
        EdgeGateway gateway = gatewayTo(pool, other);
        Firmware cgminer = connectsTo(gateway, Dialect.CGMINER_VMASK).logsIn();
        cgminer.hearsWork();
        cgminer.mines(1);
        pool.die();
        cgminer.hearsWork();
        cgminer.mines(2);
        other.awaitGoodShares(2);
        assertThat(cgminer.transcript()).noneMatch(line -> line.contains("client.reconnect"));
        assertThat(cgminer.transcript()).noneMatch(line -> line.contains("mining.set_extranonce"));
    }

    @Test
    void aReconnectWithItsSessionKeepsItsExtranonceAndAShareFoundBeforeIsAcceptedOnce() throws IOException {
        Firmware before = mining(Dialect.CGMINER_VMASK);
        Hasher.Share unsent = before.finds();
        Hasher.Share answered = before.finds();
        assertThat(before.submits(answered).result().asBoolean()).isTrue();
        for (int reconnect = 0; reconnect < 3; reconnect++) {
            Firmware again = comesBack(before);
            assertThat(again.session()).isEqualTo(before.session());
            assertThat(again.extranonce1()).isEqualTo(before.extranonce1());
            assertThat(again.hearsWork().cleanJobs()).isTrue();
            assertThat(again.submits(unsent).errorCode()).isEqualTo(reconnect == 0 ? 0 : 22);
            assertThat(again.submits(answered).errorCode()).isEqualTo(22);
            again.mines(2);
            before = again;
        }
        pool.awaitGoodShares(8);
    }

    @Test
    void aShareOfABlockThatIsOverIsStaleBehindTheReconnectAsWell() throws IOException {
        Firmware before = mining(Dialect.CGMINER_VMASK);
        Hasher.Share unsent = before.finds();
        hangsUp(before);
        pool.newTip();
        Firmware again = resumes(before);
        again.hearsWorkOn(tip());
        assertThat(again.submits(unsent).errorCode()).isEqualTo(21);
        again.mines(2);
    }

    @Test
    void aSessionThatIsInUseOrThatNobodyEverHadIsAnsweredWithAFreshExtranonce() throws IOException {
        Firmware first = mining(Dialect.CGMINER_VMASK);
        assertThat(resumes(first).extranonce1()).isNotEqualTo(first.extranonce1());
        assertThat(connects(resuming("no session of ours")).logsIn().extranonce1())
                .isNotEqualTo(first.extranonce1());
        String guessed = first.extranonce1() + "0000000000000001";
        hangsUp(first);
        assertThat(connects(resuming(guessed)).logsIn().extranonce1()).isNotEqualTo(first.extranonce1());
    }

    private Firmware comesBack(Firmware machine) throws IOException {
        hangsUp(machine);
        return resumes(machine);
    }

    private void hangsUp(Firmware machine) {
        int gone = gateway.events().all(GatewayEvent.ChannelClosed.class).size();
        machine.close();
        await("a connection that is gone")
                .until(() ->
                        gateway.events().all(GatewayEvent.ChannelClosed.class).size() > gone);
    }

    private Firmware resumes(Firmware machine) throws IOException {
        return reconnects(machine, resuming(machine.session())).logsIn();
    }

    private static Dialect resuming(String session) {
        return Dialect.CGMINER_VMASK.loggingIn(Dialect.CGMINER_VMASK.login().stream()
                .map(line -> line.replace("\"AGENT\"", "\"AGENT\", \"" + session + "\""))
                .toArray(String[]::new));
    }

    @Test
    void itsOwnWordsInAnswerToNobodyAndItsPingsDisturbNothing() throws IOException {
        Firmware cgminer = mining(Dialect.CGMINER);
        cgminer.says("{\"id\": 7, \"result\": \"cgminer/4.12.0\", \"error\": null}")
                .says("{\"id\": 8, \"result\": \"pong\", \"error\": null}")
                .says("{\"id\": 9, \"method\": \"mining.ping\", \"params\": []}")
                .hears("{\"id\":9,\"result\":\"pong\",\"error\":null}");
        cgminer.mines(1);
    }

    @Test
    void aJobWithoutOrWithOneMerkleBranchIsMinedAllTheSame() throws IOException {
        Firmware cgminer = mining(Dialect.CGMINER);
        for (int branches = 0; branches < 2; branches++) {
            pool.newTipWithBranches(branches);
            assertThat(Hasher.branches(cgminer.hearsWorkOn(tip()))).hasSize(branches);
            cgminer.mines(2);
        }
    }
}
