package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.extranonce.ExtranonceIndexes;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.job.VectorJobs;
import sluice.proxy.mining.share.ShareVerdict;
import sluice.proxy.route.RouteUpdate;

/** Which version bits miners may roll, and that what they hash is what upstream gets. */
class Sv1VersionRollingTest {
    private static final String ACCEPTED = "{\"result\":true,\"error\":null}";
    /** A version with bits of its own inside and outside the mask. */
    private static final long VERSION = 0x2a00_6011L;

    private static final long CLEARED = 0x2000_0011L;
    private static final List<Hash256> PATH =
            List.of(Hash256.fromHex("0a".repeat(32)), Hash256.fromHex("0b".repeat(32)));

    private final Sv1Farm farm = new Sv1Farm(Sv1Farm.EASY);

    private MiningJob job(long id, boolean rolling) {
        return farm.job(id, VectorJobs.SHARE_TIP, VERSION, rolling, PATH, 20, farm.route.target());
    }

    private Sv1Miner minerAsking(String mask) {
        Sv1Miner miner = farm.connect();
        miner.says("{\"id\":0,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\"],"
                + "{\"version-rolling.mask\":\"" + mask + "\"}]}");
        miner.says("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}");
        miner.says("{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"w\",\"x\"]}");
        return miner;
    }

    private void work(boolean rolling) {
        farm.upstream(Sv1Farm.EASIEST, true);
        farm.update(new RouteUpdate.TipChanged(job(1, rolling)));
    }

    private static String submit(Sv1Miner miner, long version, String bits) {
        Sv1Miner.Attempt work = miner.attempt();
        Sv1Miner.Attempt attempt =
                new Sv1Miner.Attempt(work.work(), work.extranonce1(), work.extranonce2(), work.ntime(), version);
        return miner.submits(attempt, attempt.nonce(0, Difficulty.targetOf(miner.difficulty), true), bits);
    }

    private static ShareVerdict verdict(Sv1Miner miner) {
        return miner.events(GatewayEvent.ShareSubmitted.class)
                .reduce((earlier, later) -> later)
                .orElseThrow()
                .verdict();
    }

    /** How firmware turns the bits it rolled into the version it hashes and the sixth param it sends. */
    private enum Convention {
        REPLACE {
            @Override
            long version(long job, long mask, long bits) {
                return (job & ~mask) | bits;
            }
        },
        OR {
            @Override
            long version(long job, long mask, long bits) {
                return job | bits;
            }
        },
        XOR {
            @Override
            long version(long job, long mask, long bits) {
                return job ^ bits;
            }
        };

        abstract long version(long job, long mask, long bits);
    }

    @ParameterizedTest
    @EnumSource(Convention.class)
    void allThreeConventionsOfFirmwareLeadToTheVersionThatWasHashed(Convention convention) {
        work(true);
        Sv1Miner miner = minerAsking("ffffffff");
        assertThat(miner.work.version()).isEqualTo(CLEARED);
        long bits = 0x0aaa_a000L;
        assertThat(submit(miner, convention.version(miner.work.version(), Sv1Farm.MASK, bits), "0aaaa000"))
                .isEqualTo(ACCEPTED);
        assertThat(miner.forwarded.getFirst().version()).isEqualTo(CLEARED | bits);
    }

    @Test
    void aMinerThatRollsNothingMinesTheClearedVersionAndUpstreamGetsIt() {
        work(true);
        Sv1Miner miner = farm.mining();
        assertThat(submit(miner, CLEARED, "")).isEqualTo(ACCEPTED);
        assertThat(miner.forwarded.getFirst().version()).isEqualTo(CLEARED);
        assertThat(miner.forwarded.getFirst().upstreamExtranonce().length()).isEqualTo(20);
    }

    @Test
    void whereTheUpstreamForbidsRollingEveryoneMinesItsVersion() {
        work(false);
        Sv1Miner miner = farm.mining();
        assertThat(miner.work.version()).isEqualTo(VERSION);
        assertThat(submit(miner, VERSION, "")).isEqualTo(ACCEPTED);
        assertThat(miner.forwarded.getFirst().version()).isEqualTo(VERSION);
    }

    @ParameterizedTest
    @CsvSource({
        "ffffffff, 1fffe000",
        "1fffe000, 1fffe000",
        "00c00000, 00c00000",
        "1fffffe0, 1fffe000",
        "0000ffff, 0000e000"
    })
    void theAnswerIsWhatBothSidesCanRoll(String asked, String granted) {
        work(true);
        assertThat(minerAsking(asked).hears().getFirst())
                .contains("\"version-rolling\":true,\"version-rolling.mask\":\"" + granted + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "00001fff", "e0000000"})
    void neverGrantsRollingOfNoBits(String asked) {
        work(true);
        assertThat(minerAsking(asked).hears().getFirst())
                .isEqualTo("{\"id\":0,\"result\":{\"version-rolling\":false},\"error\":null}");
    }

    @Test
    void neverGrantsRollingThatTheUpstreamForbids() {
        work(false);
        assertThat(minerAsking("ffffffff").hears().getFirst()).contains("\"version-rolling\":false");
        farm.upstream(Sv1Farm.EASIEST, false);
        assertThat(minerAsking("ffffffff").hears().getFirst()).contains("\"version-rolling\":false");
    }

    @Test
    void bitsOutsideTheAgreedMaskAreRefusedAlsoWhereOthersMayRollThem() {
        work(true);
        Sv1Miner miner = minerAsking("00c00000");
        assertThat(submit(miner, CLEARED | 0x0040_0000L, "00400000")).isEqualTo(ACCEPTED);
        assertThat(submit(miner, CLEARED | 0x0100_0000L, "01000000")).contains("\"error\":[20,");
        assertThat(verdict(miner)).isEqualTo(ShareVerdict.BAD_VERSION_BITS);
    }

    @Test
    void bitsWithoutAnAgreementAreRefusedUnlessTheyAreNone() {
        work(true);
        Sv1Miner miner = farm.mining();
        assertThat(submit(miner, CLEARED, "00000000")).isEqualTo(ACCEPTED);
        assertThat(submit(miner, CLEARED | 0x0040_0000L, "00400000")).contains("\"error\":[20,");
        assertThat(verdict(miner)).isEqualTo(ShareVerdict.VERSION_ROLLING_NOT_ALLOWED);
    }

    @Test
    void aRollingMinerMayLeaveTheSixthParamOut() {
        work(true);
        Sv1Miner miner = minerAsking("ffffffff");
        assertThat(submit(miner, CLEARED, "")).isEqualTo(ACCEPTED);
        assertThat(miner.forwarded.getFirst().version()).isEqualTo(CLEARED);
    }

    @Test
    void aJobWithoutRollingIsPrecededByAnEmptyMaskAndTheNextWithRollingByTheOldOne() {
        work(true);
        Sv1Miner miner = minerAsking("ffffffff");
        Sv1Miner plain = farm.mining();
        Sv1Miner.Attempt rollingWork = miner.attempt();
        assertThat(miner.hearsMethods()).doesNotContain("mining.set_version_mask");

        farm.update(new RouteUpdate.JobAdded(job(2, false)));
        List<String> lines = miner.hears();
        assertThat(lines.getFirst())
                .isEqualTo("{\"id\":null,\"method\":\"mining.set_version_mask\",\"params\":[\"00000000\"]}");
        assertThat(lines.getLast()).contains("mining.notify").endsWith(",false]}");
        assertThat(plain.hearsMethods()).as("nobody else hears of masks").containsExactly("mining.notify");
        assertThat(submit(miner, VERSION, "00000000")).isEqualTo(ACCEPTED);
        assertThat(submit(miner, VERSION | 0x0001_0000L, "00010000")).contains("\"error\":[20,");

        Sv1Miner.Attempt late = new Sv1Miner.Attempt(
                rollingWork.work(),
                rollingWork.extranonce1(),
                rollingWork.extranonce2(),
                rollingWork.ntime(),
                CLEARED | 0x0002_0000L);
        assertThat(miner.submits(late, late.nonce(0, Difficulty.targetOf(miner.difficulty), true), "00020000"))
                .as("a late share of the job that may roll")
                .isEqualTo(ACCEPTED);

        miner.hears();
        farm.update(new RouteUpdate.JobAdded(job(3, true)));
        assertThat(miner.hears().getFirst()).contains("mining.set_version_mask").contains("1fffe000");
    }

    @Test
    void aMinerThatConfiguresLateRollsFromThenOn() {
        work(true);
        Sv1Miner miner = farm.mining();
        miner.says("{\"id\":5,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\"],{}]}");
        assertThat(miner.hearsMethods()).containsExactly("answer");
        assertThat(submit(miner, CLEARED | 0x0040_0000L, "00400000")).isEqualTo(ACCEPTED);
    }

    @Test
    void aListenerThatOffersNoBitsGrantsNoneAndClearsNone() {
        Sv1Farm fixed = new Sv1Farm(Sv1Farm.EASY, 0, new ExtranonceIndexes(0, 1, 0xffffffffL, 4));
        fixed.upstream(Sv1Farm.EASIEST, true);
        fixed.update(new RouteUpdate.TipChanged(
                fixed.job(1, VectorJobs.SHARE_TIP, VERSION, true, PATH, 20, fixed.route.target())));
        Sv1Miner miner = fixed.mining();
        assertThat(miner.says("{\"id\":5,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\"],{}]}"))
                .first()
                .asString()
                .contains("\"version-rolling\":false");
        assertThat(miner.work.version()).isEqualTo(VERSION);
        assertThat(submit(miner, VERSION, "")).isEqualTo(ACCEPTED);
    }
}
