package sluice.proxy.sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.mining.channel.MiningChannel;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.CustomJob;
import sluice.proxy.mining.job.HeaderParts;
import sluice.proxy.mining.job.JobOrigin;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.job.VectorJobs;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.share.ShareValidator;

class ShareRingTest {
    private static final int SMALL = 8;
    private static final MiningJob JOB = RingedShares.job(1);

    private final ShareRing ring = new ShareRing(SMALL, SMALL);

    private void add(int from, int to) {
        IntStream.range(from, to).forEach(which -> RingedShares.add(ring, JOB, which));
    }

    private static List<Long> numbers(ShareRing.Batch batch) {
        return batch.shares().stream().map(AcceptedShare::number).toList();
    }

    @Test
    void aShareThatAMinerIsToldIsGoodCanBeHashedAgain() {
        ring.open();
        ShareValidator validator = new ShareValidator(ring);
        MiningChannel channel = new MiningChannel(
                3,
                16,
                MinerProtocol.SV2_EXTENDED,
                ExtranonceShape.ROLL_4,
                VectorJobs.INDEX,
                "acct.w1",
                MinerOrigin.LOCAL,
                VectorJobs.SHARE_TARGET);
        channel.replaceJobs(VectorJobs.active(7, VectorJobs.SHARE_TIP, Target.fromHex("00".repeat(31) + "01")));
        Instant now = Instant.ofEpochSecond(VectorJobs.SHARE_TIP.minNtime());
        for (long nonce : List.of(VectorJobs.SHARE_NONCE, VectorJobs.SHARE_NONCE, 1L)) {
            channel.submit(7, VectorJobs.ROLLED, nonce, now.getEpochSecond(), VectorJobs.VERSION, validator, now);
        }

        ShareRing.Batch batch = ring.after(0, SMALL);
        assertThat(batch.shares())
                .as("neither the duplicate nor the one that is too easy")
                .hasSize(1);
        AcceptedShare share = batch.shares().getFirst();
        assertThat(share.at()).isEqualTo(now);
        assertThat(List.of(share.connectionId(), share.channelId())).containsExactly(3L, 16L);
        assertThat(share.userIdentity()).isEqualTo("acct.w1");
        assertThat(share.difficulty()).isEqualTo(channel.difficulty());
        assertThat(share.blockFound()).isFalse();
        assertThat(share.job().origin()).isEqualTo(VectorJobs.UPSTREAM);
        assertThat(hashAgain(share)).isEqualTo(share.hash());
        assertThat(share.hash().display())
                .isEqualTo("000054cc966c174fc21b056b994c0aa265c40126222040984f571230b9adde1f");
    }

    @Test
    void soCanOneOfAJobThatAClientMadeItself() {
        ring.open();
        ShareValidator validator = new ShareValidator(ring);
        ChainTip tip = VectorJobs.BLOCK_TIP;
        ExtranonceShape shape = ExtranonceShape.ROLL_8;
        SetCustomMiningJob request = new SetCustomMiningJob(
                16,
                1,
                Bytes.EMPTY,
                VectorJobs.VERSION,
                tip.prevHash(),
                tip.minNtime(),
                tip.nbits(),
                2,
                Bytes.fromHex("520008"),
                0xffff_ffffL,
                TxOut.serialiseList(List.of(new TxOut(1, Bytes.fromHex("51")))),
                0,
                List.of());
        CustomJob custom = CustomJob.of(request, shape.windowSize(), 2, Optional.empty(), Bytes.EMPTY);
        MiningChannel channel = new MiningChannel(
                1, 16, MinerProtocol.SV2_EXTENDED, shape, 1, "jdc", MinerOrigin.LOCAL, tip.networkTarget());
        JobOrigin origin = new JobOrigin(JobOrigin.CLIENT, 1);
        channel.replaceJobs(MiningJob.custom(9, origin, custom, shape.windowSize()));
        Instant now = Instant.ofEpochSecond(tip.minNtime());
        for (long nonce = 0; ring.last() < 3; nonce++) {
            channel.submit(9, Bytes.zeros(8), nonce, now.getEpochSecond(), VectorJobs.VERSION, validator, now);
        }
        assertThat(ring.after(0, SMALL).shares())
                .hasSize(3)
                .allMatch(AcceptedShare::blockFound)
                .allMatch(share -> share.job().origin().equals(origin))
                .allMatch(share -> hashAgain(share).equals(share.hash()));
    }

    private static Hash256 hashAgain(AcceptedShare share) {
        HeaderParts job = share.job();
        Hash256 coinbase = Sha256d.of(
                job.source().coinbasePrefix(), share.extranonce(), job.source().coinbaseSuffix());
        byte[] header = new byte[BlockHeader.LENGTH];
        BlockHeader.write(
                header,
                0,
                share.version(),
                job.tip().prevHash(),
                share.ntime(),
                job.tip().nbits(),
                share.nonce());
        MerklePath.of(job.source().merklePath()).root(coinbase).copyTo(header, BlockHeader.merkleRootOffset(0));
        return Sha256d.of(Bytes.wrap(header));
    }

    @Test
    void itKeepsNothingWhileItIsClosed() {
        add(0, 3);
        assertThat(ring.last()).isZero();
        assertThat(ring.after(0, SMALL)).isEqualTo(new ShareRing.Batch(List.of(), 0, 0));
        ring.open();
        add(3, 5);
        assertThat(ring.after(0, SMALL).shares())
                .containsExactly(RingedShares.expected(1, JOB, 3), RingedShares.expected(2, JOB, 4));
        ring.close();
        add(5, 7);
        assertThat(ring.last()).isEqualTo(2);
        assertThat(ring.after(0, SMALL).shares()).isEmpty();
        ring.open();
        add(7, 8);
        assertThat(ring.after(0, SMALL))
                .as("what it forgot is lost, and no number is given twice")
                .isEqualTo(new ShareRing.Batch(List.of(RingedShares.expected(3, JOB, 7)), 2, 3));
    }

    @Test
    void theOldestGivesWayAndWhoIsTooSlowIsTold() {
        ring.open();
        add(0, SMALL);
        assertThat(ring.lostBehind(0)).isZero();
        assertThat(numbers(ring.after(0, SMALL))).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);

        add(SMALL, SMALL + 1);
        ShareRing.Batch batch = ring.after(0, SMALL);
        assertThat(numbers(batch)).startsWith(2L).endsWith(9L).hasSize(SMALL);
        assertThat(batch.lost()).isEqualTo(1);
        assertThat(ring.lostBehind(0)).isEqualTo(1);
        assertThat(ring.lostBehind(1)).isZero();
    }

    @Test
    void itIsReadInPartsAndFromAnyPlace() {
        ring.open();
        add(0, 5);
        ShareRing.Batch first = ring.after(0, 2);
        assertThat(numbers(first)).containsExactly(1L, 2L);
        assertThat(numbers(ring.after(first.place(), 2))).containsExactly(3L, 4L);
        assertThat(numbers(ring.after(first.place(), 2))).as("again").containsExactly(3L, 4L);
        assertThat(numbers(ring.after(4, SMALL))).containsExactly(5L);
        assertThat(ring.after(5, SMALL)).isEqualTo(new ShareRing.Batch(List.of(), 0, 5));
    }

    @Test
    void sharesOfManyJobsAreReadInSmallerParts() {
        ShareRing large = new ShareRing(4 * ShareRing.MAX_JOBS_READ, ShareRing.MAX_JOBS);
        large.open();
        for (int i = 0; i <= ShareRing.MAX_JOBS_READ; i++) {
            MiningJob job = RingedShares.job(i);
            RingedShares.add(large, job, i);
            RingedShares.add(large, job, i);
        }
        ShareRing.Batch first = large.after(0, ShareRing.CAPACITY);
        assertThat(first.shares()).hasSize(2 * ShareRing.MAX_JOBS_READ);
        assertThat(large.after(first.place(), ShareRing.CAPACITY).shares()).hasSize(2);
    }

    @Test
    void aJobThatGivesWayTakesItsSharesWithIt() {
        ShareRing fewJobs = new ShareRing(4 * SMALL, 4);
        fewJobs.open();
        for (int job : List.of(1, 2, 1, 3, 4)) {
            RingedShares.add(fewJobs, RingedShares.job(job), job);
        }
        assertThat(numbers(fewJobs.after(0, SMALL))).containsExactly(1L, 2L, 3L, 4L, 5L);

        RingedShares.add(fewJobs, RingedShares.job(5), 5);
        ShareRing.Batch first = fewJobs.after(0, SMALL);
        assertThat(numbers(first)).containsExactly(2L);
        assertThat(first.lost()).isEqualTo(1);
        ShareRing.Batch second = fewJobs.after(first.place(), SMALL);
        assertThat(numbers(second)).containsExactly(4L, 5L, 6L);
        assertThat(second.lost()).isEqualTo(1);

        // A loop that has not heard of later jobs yet.
        RingedShares.add(fewJobs, RingedShares.job(1), 1);
        RingedShares.add(fewJobs, RingedShares.job(5), 5);
        ShareRing.Batch third = fewJobs.after(second.place(), SMALL);
        assertThat(numbers(third)).containsExactly(8L);
        assertThat(third.lost()).isEqualTo(1);
    }

    @Test
    void loopsThatAddAtOnceAndAReaderNeverMixUpTwoShares() throws InterruptedException {
        int loops = 3;
        int each = 50_000;
        ShareRing busy = new ShareRing(64, SMALL);
        busy.open();
        CountDownLatch running = new CountDownLatch(loops);
        List<Thread> threads = new ArrayList<>();
        for (int loop = 0; loop < loops; loop++) {
            int first = loop * each;
            threads.add(Thread.ofPlatform().start(() -> {
                IntStream.range(first, first + each).forEach(which -> RingedShares.add(busy, JOB, which));
                running.countDown();
            }));
        }
        long place = 0;
        long lost = 0;
        long read = 0;
        while (place < (long) loops * each
                && (running.getCount() > 0 || busy.after(place, 1).place() > place)) {
            ShareRing.Batch batch = busy.after(place, 16);
            for (AcceptedShare share : batch.shares()) {
                assertThat(share).isEqualTo(RingedShares.expected(share.number(), JOB, (int) share.connectionId()));
            }
            place = batch.place();
            lost += batch.lost();
            read += batch.shares().size();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(busy.last()).isEqualTo((long) loops * each);
        assertThat(read).isPositive();
        assertThat(read + lost).isEqualTo(place);
    }

    @Test
    void aShareThatIsAddedAllocatesNothing() {
        ring.open();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Bytes window = Bytes.zeros(ExtranonceShape.ROLL_4.windowSize());
        byte[] hash = new byte[Hash256.LENGTH];
        long before = 0;
        long after = 0;
        // The first round may load classes.
        for (int round = 0; round < 2; round++) {
            before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000; i++) {
                ring.accepted(
                        RingedShares.AT, 1, 2, "user", JOB, ExtranonceShape.ROLL_4, window, i, i, i, 1, hash, false);
            }
            after = threads.getCurrentThreadAllocatedBytes();
        }
        assertThat(after - before).isLessThan(1_000);
    }
}
