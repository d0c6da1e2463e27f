package sluice.endtoend.firmware;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sluice.endtoend.EdgeGateway;
import sluice.proxy.event.GatewayEvent;

/** Canaan's machines, which run drivers of cgminer. */
class AvalonFirmwareTest extends FirmwareScenario {
    private static final Dialect AVALON = Dialect.CGMINER_VMASK.as("cgminer/4.11.1");
    private static final Dialect BY_NAME = Dialect.CGMINER_VMASK.as("cgminer/4.11.1 Avalon1246");
    private static final int LONGEST_USER = 63;
    private static final int MOST_BRANCHES = 30;
    private static final int JOBS = 64;

    @Test
    void itsControllerRollsFourBytesAndGetsExactlySoMany() throws IOException {
        assertThat(mining(AVALON).extranonce2Size()).isEqualTo(4);
    }

    @Test
    void noTwoJobsOfATipAreTheSameToItsCrcAndTheirIdsAreShort() throws IOException {
        Firmware avalon = mining(AVALON);
        Set<Integer> remembered = new HashSet<>(Set.of(crc16(avalon.work().jobId())));
        for (int i = 1; i < JOBS; i++) {
            pool.newJob();
            Hasher.Work work = avalon.hearsWork();
            assertThat(work.jobId()).hasSizeLessThanOrEqualTo(8);
            remembered.add(crc16(work.jobId()));
        }
        assertThat(remembered).hasSize(JOBS);
        avalon.mines(1);
    }

    @Test
    void aJobWithAllTheBranchesThatItsControllerTakesIsMined() throws IOException {
        Firmware avalon = mining(AVALON);
        pool.newTipWithBranches(MOST_BRANCHES);
        assertThat(Hasher.branches(avalon.hearsWorkOn(tip()))).hasSize(MOST_BRANCHES);
        avalon.mines(2);
    }

    @Test
    void aUserThatItCutMines() throws IOException {
        String configured = "bc1qcustomerofapoolwithaverylongaddressindeed0123456789.container-7.shelf-12.rig-3";
        Firmware avalon =
                connects(AVALON, configured.substring(0, LONGEST_USER)).logsIn();
        avalon.hearsWork();
        avalon.mines(2);
    }

    @Test
    void itsThreeJobsAreNotPushedOutByRoutineOnesAndANewTipDoesNotWait() throws IOException {
        Firmware avalon = mining(BY_NAME);
        for (int tip = 0; tip < 3; tip++) {
            pool.newTip();
            Hasher.Work onTip = avalon.hearsWorkOn(tip());
            pool.newJob();
            pool.newJob();
            pool.newJob();
            pool.newTip();
            assertThat(avalon.hearsWork().prevHash()).isEqualTo(tip()).isNotEqualTo(onTip.prevHash());
            avalon.mines(1);
        }
        assertThat(gateway.awaitEvent(GatewayEvent.MinerProfiled.class)
                        .profile()
                        .jobInterval())
                .isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void aRoutineJobThatHadToWaitComesWhenTheIntervalHasPassed() throws IOException {
        gateway = gatewayTo(pool, EdgeGateway.Plan.EASY.withProfiles(WrittenProfiles.forAll("job_interval = \"1s\"")));
        Firmware avalon = mining(BY_NAME);
        Hasher.Work first = avalon.work();
        pool.newJob();
        Hasher.Work second = avalon.hearsWork();
        assertThat(second.cleanJobs()).isFalse();
        assertThat(second.prevHash()).isEqualTo(first.prevHash());
        assertThat(avalon.submits(avalon.finds(first)).result().asBoolean()).isTrue();
        avalon.mines(1);
    }

    // As the drivers reckon it: CCITT with the initial value 0.
    private static int crc16(String text) {
        int crc = 0;
        for (byte next : text.getBytes(US_ASCII)) {
            crc ^= (next & 0xff) << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
            }
            crc &= 0xffff;
        }
        return crc;
    }
}
