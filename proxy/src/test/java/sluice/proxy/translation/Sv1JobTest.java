package sluice.proxy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.job.VectorJobs;
import sluice.upstream.UpstreamJob;

class Sv1JobTest {
    private static final long MASK = 0x1fffe000L;

    private static MiningJob job(long id, long version, boolean rolling, List<Hash256> path, int granted) {
        return job(id, version, rolling ? 0x1fffffe0L : 0, path, granted);
    }

    private static MiningJob job(long id, long version, long upstreamMask, List<Hash256> path, int granted) {
        UpstreamJob source = new UpstreamJob(
                7,
                OptionalLong.of(VectorJobs.SHARE_TIP.minNtime()),
                version,
                upstreamMask,
                path,
                VectorJobs.COINBASE_PREFIX,
                VectorJobs.COINBASE_SUFFIX,
                VectorJobs.UPSTREAM_PREFIX);
        return MiningJob.active(id, VectorJobs.UPSTREAM, source, granted, 1, VectorJobs.SHARE_TIP, Target.MAX);
    }

    private static String text(Bytes line) {
        return new String(line.toArray(), StandardCharsets.US_ASCII);
    }

    @Test
    void writesThePublishedJobAsItsNotifyLine() {
        MiningJob job = VectorJobs.active(1, VectorJobs.SHARE_TIP, Target.MAX);
        assertThat(text(Sv1Job.line(job, ExtranonceShape.ROLL_4, MASK, true)))
                .isEqualTo("{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"1\","
                        + "\"8648cd1799dc569992d81ce09de378e4a3a063d5be8b3b8000003e9e00000000\",\""
                        + VectorJobs.COINBASE_PREFIX.hex() + VectorJobs.UPSTREAM_PREFIX.hex() + "\",\""
                        + VectorJobs.COINBASE_SUFFIX.hex()
                        + "\",[],\"20000000\",\"1b00d7c0\",\"680be961\",true]}\n");
    }

    @Test
    void keepsPrefixAndPaddingOfTheUpstreamInCoinbase1AndTheBranchUnswapped() {
        Hash256 sibling = Hash256.fromHex("03".repeat(31) + "7f");
        String line = text(
                Sv1Job.line(job(0xabc, 0x20000000L, true, List.of(sibling), 20), ExtranonceShape.ROLL_4, MASK, false));
        assertThat(line)
                .contains("[\"abc\",")
                .contains(VectorJobs.UPSTREAM_PREFIX.hex() + "00".repeat(12) + "\",\"ffffffff")
                .contains("[\"" + "03".repeat(31) + "7f\"]")
                .contains(",false]");
    }

    @Test
    void isEncodedOnceForEveryone() {
        MiningJob job = VectorJobs.active(1, VectorJobs.SHARE_TIP, Target.MAX);
        assertThat(Sv1Job.line(job, ExtranonceShape.ROLL_4, MASK, true))
                .isSameAs(Sv1Job.line(job, ExtranonceShape.ROLL_4, MASK, true));
        assertThat(Sv1Job.line(job, ExtranonceShape.ROLL_4, MASK, false))
                .isSameAs(Sv1Job.line(job, ExtranonceShape.ROLL_4, MASK, false))
                .isNotEqualTo(Sv1Job.line(job, ExtranonceShape.ROLL_4, MASK, true));
    }

    @Test
    void clearsTheRollableBitsOfTheVersionMinersGet() {
        assertThat(Sv1Job.notification(job(1, 0x3fffffffL, true, List.of(), 8), ExtranonceShape.ROLL_4, MASK, true)
                        .version())
                .isEqualTo(0x20001fffL);
    }

    @Test
    void leavesTheVersionAloneWhereTheUpstreamForbidsRolling() {
        MiningJob fixed = job(1, 0x3fffffffL, false, List.of(), 8);
        assertThat(Sv1Job.notification(fixed, ExtranonceShape.ROLL_4, MASK, true)
                        .version())
                .isEqualTo(0x3fffffffL);
        assertThat(Sv1Job.rollableMask(fixed, MASK)).isZero();
        assertThat(Sv1Job.version(fixed, MASK, 0)).isEqualTo(0x3fffffffL);
    }

    @ParameterizedTest
    @CsvSource({"1fffe000, 1fffe000, 20001fff", "00ffe000, 00ffe000, 3f001fff", "1fffffe0, 1fffe000, 20001fff"})
    void clearsNoBitThatAnSv1PoolKeepsForItself(String upstreamMask, String rollable, String version) {
        MiningJob job = job(1, 0x3fffffffL, Long.parseLong(upstreamMask, 16), List.of(), 8);

        assertThat(Sv1Job.rollableMask(job, MASK)).isEqualTo(Long.parseLong(rollable, 16));
        assertThat(Sv1Job.notification(job, ExtranonceShape.ROLL_4, MASK, true).version())
                .isEqualTo(Long.parseLong(version, 16));
    }

    @Test
    void putsSubmittedBitsWhereTheNotifyHadNone() {
        MiningJob job = job(1, 0x3fffffffL, true, List.of(), 8);
        assertThat(Sv1Job.version(job, MASK, 0)).isEqualTo(0x20001fffL);
        assertThat(Sv1Job.version(job, MASK, 0x0000e000L)).isEqualTo(0x2000ffffL);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 15, 0xabc, 0x7fffffffL, 0xffffffffL})
    void readsItsJobIdsBack(long id) {
        assertThat(Sv1Job.jobId(Sv1Job.jobIdText(id))).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({"ABC, 2748", "00000abc, 2748", "ffffffff, 4294967295"})
    void readsJobIdsOfEitherCaseAndPadded(String text, long id) {
        assertThat(Sv1Job.jobId(text)).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0x1", "g", "000000001", "ffffffffffffffffffff", "-1", "1#2"})
    void knowsThatOtherTextIsNoJobOfOurs(String text) {
        assertThat(Sv1Job.jobId(text)).isEqualTo(Sv1Job.NO_JOB);
    }
}
