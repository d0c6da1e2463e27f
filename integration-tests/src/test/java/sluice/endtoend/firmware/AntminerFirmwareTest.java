package sluice.endtoend.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import sluice.config.Sv1Config;
import sluice.endtoend.EdgeGateway;
import sluice.endtoend.PoolScript;
import sluice.endtoend.ScriptedSv2Pool;
import sluice.proxy.event.GatewayEvent;

/** What Bitmain ships: bmminer in the older machines, closed firmware in the later ones. */
class AntminerFirmwareTest extends FirmwareScenario {
    private static final Dialect BMMINER = Dialect.CGMINER.as("bmminer/2.0.0");
    private static final Dialect S21 = Dialect.CGMINER_VMASK.as("Antminer S21/Fri Feb 2 17:03:40 CST 2024");
    private static final Dialect D9 = Dialect.CGMINER.as("Antminer D9");

    @Test
    void theFirstLineBehindTheSubscribeOfBmminerIsItsAnswer() throws IOException {
        gateway.awaitPool();
        Firmware bmminer = connects(BMMINER).says(BMMINER.login(USER).getFirst());
        pool.newTip();
        bmminer.hearsAnswer(1);
        bmminer.hearsNothingElse();
        bmminer.says(BMMINER.login(USER).getLast()).hearsAnswer(2);
        bmminer.hearsWorkOn(tip());
        bmminer.mines(2);
    }

    @Test
    void bmminerMayAskForMultiVersionAndForOtherExtranoncesAndNeverGetsOne() throws IOException {
        Firmware bmminer = connects(BMMINER)
                .says("{\"id\": 1, \"method\": \"mining.multi_version\", \"params\": [1]}")
                .hears("{\"id\":1,\"result\":true,\"error\":null}")
                .says(BMMINER.login(USER).getFirst());
        bmminer.hearsAnswer(1);
        bmminer.says("{\"id\": 3, \"method\": \"mining.extranonce.subscribe\", \"params\": []}")
                .hears("{\"id\":3,\"result\":true,\"error\":null}")
                .says(BMMINER.login(USER).getLast())
                .hearsAnswer(2);
        bmminer.hearsWork();
        pool.setExtranoncePrefix("ffeeddcc");
        pool.newTip();
        bmminer.hearsWorkOn(tip());
        bmminer.mines(2);
        assertThat(bmminer.transcript()).noneMatch(line -> line.contains("mining.set_extranonce"));
    }

    @Test
    void anS21IsAnsweredInOrderWhileTheUpstreamChannelIsNotOpenYet() throws IOException {
        ScriptedSv2Pool slow = pool("slow", PoolScript.GOOD.open(PoolScript.Reply.NONE));
        EdgeGateway waiting = gatewayTo(slow);
        Firmware s21 = connectsTo(waiting, S21).logsIn().hearsNothingElse();
        slow.grantUnanswered();
        s21.hearsWork();
        s21.mines(2);
    }

    @Test
    void aD9HearsOfAJobLongBeforeItsSixtySecondsAreOver() throws IOException {
        mining(D9);
        assertThat(gateway.awaitEvent(GatewayEvent.MinerProfiled.class)
                        .profile()
                        .keepalive())
                .hasValue(Duration.ofSeconds(25));
    }

    @Test
    void aD9HasItsOwnKeepaliveWhateverThatOfAllOthersIs() throws IOException {
        gateway = gatewayTo(
                pool,
                EdgeGateway.Plan.EASY
                        .with(new Sv1Config(Sv1Config.DEFAULT.versionMask(), Duration.ofSeconds(60)))
                        .withProfiles(WrittenProfiles.forAll("keepalive = \"1s\"")));
        Firmware d9 = mining(D9);
        Hasher.Work first = d9.work();
        Hasher.Work again = d9.hearsWork();
        assertThat(again.cleanJobs()).isFalse();
        assertThat(again.prevHash()).isEqualTo(first.prevHash());
        assertThat(again.ntime()).isGreaterThanOrEqualTo(first.ntime());
        d9.mines(1);
    }
}
